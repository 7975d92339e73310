"""Sets of validators by era: the cases of EIP-225 for Clique, chains of our own for QBFT, blocks against the law."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sealing import Validator, clique_block, clique_genesis, qbft_block, qbft_genesis, validators

from gateway.domain.header import Header
from gateway.domain.seals import SealMalformed, quorum
from gateway.domain.validators import Eras, NotLawful, NotVoted, Vote, check_eras, check_qbft

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMED = {name: Validator.of(name) for name in "ABCDE"}
LETTERS = {one.address: name for name, one in NAMED.items()}
EPOCH = 3

# EIP-225, "Test cases": signers; blocks as signer, "+" or "-" and whom the vote is about, "|" for a checkpoint; signers
# afterwards. (Those that leave nobody are left out: nothing can be sealed after them.)
CASES = {
    "no votes cast": ("A", "A", "A"),
    "a single signer adds one, the second needs two votes": ("A", "A+B B A+C", "AB"),
    "two signers add two, the third needs three votes": ("AB", "A+C B+C A+D B+D C A+E B+E", "ABCD"),
    "one vote of two drops nobody": ("AB", "A-B", "AB"),
    "two votes of two drop one": ("AB", "A-B B-B", "A"),
    "two of three drop the third": ("ABC", "A-C B-C", "AB"),
    "two of four drop nobody": ("ABCD", "A-C B-C", "ABCD"),
    "three of four drop the fourth": ("ABCD", "A-D B-D C-D", "ABC"),
    "authorizations count once": ("AB", "A+C B A+C B A+C", "AB"),
    "several may be voted in at the same time": ("AB", "A+C B A+D B A B+D A B+C", "ABCD"),
    "deauthorizations count once": ("AB", "A-B B A-B B A-B", "AB"),
    "several may be voted out at the same time": ("ABCD", "A-C B C A-D B C A B-D C-D A B-C", "AB"),
    "votes against, of a dropped signer, are void": ("ABC", "C-B A-C B-C A-B", "AB"),
    "votes for, of a dropped signer, are void": ("ABC", "C+D A-C B-C A+D", "AB"),
    "only who is voted about changes": ("ABCD", "A-C B C A-D B-C C A B-D C-D", "ABC"),
    "what a drop made a majority passes when it is touched": ("ABCD", "A-C B C A-D B-C C A B-D C-D A C+C", "AB"),
    "what a drop made a majority may lose it when it is touched": ("ABCD", "A-C B C A-D B-C C A B-D C-D A B+C", "ABC"),
    "a checkpoint makes votes void": ("AB", "A+C B A|AB B+C", "AB"),
}


def named(names: str) -> list[Validator]:
    return [NAMED[name] for name in names]


def signing(headers: Sequence[Header]) -> tuple[bytes, ...]:
    """Who may seal the block after these; as far as they are lawful."""
    eras = Eras(headers[0])
    with suppress(NotLawful):
        for header in headers[1:]:
            eras.follow(header)
    return eras.found[-1].validators


def chain_of(signers: str, blocks: str) -> list[Header]:
    headers = [clique_genesis(named(signers))]
    for block in blocks.split():
        sealer, vote, listed = NAMED[block[0]], block[1:2], block[2:]
        headers.append(
            clique_block(
                headers[-1],
                sealer,
                about=NAMED[listed].address if vote in {"+", "-"} else None,
                admit=vote == "+",
                listed=named(listed) if vote == "|" else (),
                among=[NAMED[LETTERS[one]] for one in signing(headers)],
            )
        )
    return headers


def followed(headers: Sequence[Header]) -> Eras:
    eras = Eras(headers[0])
    for header in headers[1:]:
        eras.follow(header)
    return eras


@pytest.mark.parametrize(("signers", "blocks", "after"), CASES.values(), ids=CASES)
def test_the_cases_of_the_standard(signers: str, blocks: str, after: str) -> None:
    eras = followed(chain_of(signers, blocks))
    assert "".join(sorted(LETTERS[one] for one in eras.found[-1].validators)) == after


def test_an_era_names_its_first_block_what_is_before_it_and_the_votes_that_made_it() -> None:
    headers = chain_of("AB", "A+C B+C A C B")
    first, second = followed(headers).found
    a, b, c = (NAMED[name].address for name in "ABC")
    assert (first.first, first.after, first.votes) == (1, headers[0].hash, ())
    assert (second.first, second.after) == (3, headers[2].hash)
    assert second.votes == (Vote(1, a, c, admit=True), Vote(2, b, c, admit=True))
    assert second.validators == tuple(sorted((a, b, c)))


@pytest.mark.parametrize(
    ("signers", "blocks", "why"),
    [
        ("A", "B", "no validator"),
        ("ABCD", "A B A", "too soon"),
        ("AB", "A A", "too soon"),
        ("AB", "A-B B-B B", "no validator"),
        ("AB", "A B|ABC", "other signers"),
        ("ABCD", "A B C|ABC", "other signers"),
    ],
)
def test_a_block_against_the_law_of_clique_is_refused(signers: str, blocks: str, why: str) -> None:
    with pytest.raises(NotLawful, match=why) as caught:
        followed(chain_of(signers, blocks))
    assert caught.value.value == len(blocks.split())


@pytest.mark.parametrize("difficulty", [b"", b"\x01", b"\x02", b"\x03"])
def test_a_block_weighs_two_in_its_sealers_turn_and_one_elsewhere(difficulty: bytes) -> None:
    order = sorted(named("ABC"), key=lambda one: one.address)
    for sealer in order:
        block = clique_block(clique_genesis(order), sealer, among=order, difficulty=difficulty)
        if difficulty == (b"\x02" if sealer is order[1] else b"\x01"):
            assert followed([clique_genesis(order), block]).last is block
        else:
            with pytest.raises(NotLawful, match="turn"):
                followed([clique_genesis(order), block])


@pytest.mark.parametrize(("signers", "blocks", "after"), CASES.values(), ids=CASES)
def test_eras_that_were_followed_hang_together(signers: str, blocks: str, after: str) -> None:
    eras = followed(chain_of(signers, blocks)).found
    check_eras(eras)
    assert len(eras) > (sorted(signers) != sorted(after))


def test_a_set_that_does_not_follow_from_its_votes_is_refused() -> None:
    first, second = followed(chain_of("ABC", "A+D B+D C A")).found
    check_eras([first, second])
    a, b, c, d, e = (NAMED[name].address for name in "ABCDE")
    wrong = [
        replace(second, votes=()),
        replace(second, votes=second.votes[:1]),
        replace(second, votes=(second.votes[0], second.votes[0])),
        replace(second, votes=second.votes[::-1]),
        replace(second, votes=(Vote(1, a, d, admit=True), Vote(2, a, d, admit=True))),
        replace(second, votes=(Vote(1, a, d, admit=True), Vote(2, e, d, admit=True))),
        replace(second, votes=(Vote(1, a, d, admit=True), Vote(2, b, e, admit=True))),
        replace(second, votes=(Vote(1, a, d, admit=True), Vote(2, b, d, admit=False))),
        replace(second, votes=(Vote(0, a, d, admit=True), Vote(2, b, d, admit=True))),
        replace(second, votes=(Vote(1, a, d, admit=True), Vote(second.first, b, d, admit=True))),
        replace(second, validators=tuple(sorted((a, b, c, e)))),
        replace(second, validators=tuple(sorted((a, b, c, d, e)))),
        replace(second, validators=tuple(sorted((a, b)))),
        replace(second, validators=first.validators),
        replace(second, first=first.first),
    ]
    for one in wrong:
        with pytest.raises(NotVoted) as caught:
            check_eras([first, one])
        assert caught.value.value == one.first
    with pytest.raises(NotVoted):
        check_eras([replace(first, votes=second.votes), second])


def test_a_block_that_does_not_follow_is_refused() -> None:
    headers = chain_of("ABC", "A B C")
    for wrong in ([headers[0], headers[2]], [*headers[:2], headers[1]]):
        with pytest.raises(NotLawful, match="does not follow"):
            followed(wrong)
    earlier = clique_block(headers[1], NAMED["B"], among=named("ABC"), time=b"")
    with pytest.raises(NotLawful, match="does not follow"):
        followed([*headers[:2], earlier])
    with pytest.raises(NotLawful):
        Eras(headers[1])


# --- QBFT


def qbft_chain(members: Sequence[Validator], votes: Sequence[tuple[int, Validator, bool]]) -> list[Header]:
    """A block a vote: which of the members proposes it, about whom, whether to admit."""
    headers = [qbft_genesis(members)]
    for proposer, candidate, admit in votes:
        turned = [members[proposer], *members[:proposer], *members[proposer + 1 :]]
        headers.append(qbft_block(headers[-1], turned, about=candidate.address, admit=admit))
    return headers


def test_in_qbft_the_header_after_the_deciding_vote_begins_an_era() -> None:
    members, fifth = validators(4), Validator.of("fifth")
    headers = qbft_chain(members, [(0, fifth, True), (1, fifth, True), (1, fifth, True), (2, fifth, True)])
    five = [*members, fifth]
    headers.append(qbft_block(headers[-1], five))
    eras = followed(headers)
    assert [era.first for era in eras.found] == [1, 5]
    assert eras.found[1].after == headers[4].hash
    assert eras.found[1].validators == tuple(sorted(one.address for one in five))
    assert [(vote.block, vote.voter) for vote in eras.found[1].votes] == [
        (1, members[0].address), (3, members[1].address), (4, members[2].address),
    ]  # fmt: skip
    headers += [qbft_block(headers[-1], five, about=fifth.address, admit=False)]
    assert len(followed(headers).found) == 2


@pytest.mark.parametrize("after", [1, 2])
def test_a_set_that_changes_without_the_votes_for_it_is_refused(after: int) -> None:
    members, fifth = validators(4), Validator.of("fifth")
    headers = qbft_chain(members, [(at, fifth, True) for at in range(after)])
    with pytest.raises(NotLawful, match="without the votes"):
        followed([*headers, qbft_block(headers[-1], [*members, fifth])])
    with pytest.raises(NotLawful, match="without the votes"):
        followed([*headers, qbft_block(headers[-1], members[:3])])


def test_a_qbft_block_without_a_quorum_of_its_own_list_is_refused() -> None:
    members, stranger = validators(4), Validator.of("stranger")
    genesis = qbft_genesis(members)
    listed = tuple(one.address for one in members)
    for sealers, why in (
        (members[:2], "2 distinct seals of 3 needed"),
        ([members[0], members[1], members[1]], "2 distinct seals of 3 needed"),
        ([*members[:3], members[0]], "3 distinct seals of 3 needed"),
        ([*members[:2], stranger], "sealed by 0x"),
        ([*members[:3], stranger], "sealed by 0x"),
    ):
        with pytest.raises(NotLawful, match=why):
            check_qbft(qbft_block(genesis, members, sealers=sealers), listed)
    check_qbft(qbft_block(genesis, members, sealers=members), listed)
    check_qbft(qbft_block(genesis, members, round_=3), listed)


def test_a_proposer_who_is_no_validator_and_another_consensus_are_refused() -> None:
    members = validators(4)
    genesis = qbft_genesis(members)
    with pytest.raises(NotLawful, match="proposer"):
        followed([genesis, qbft_block(genesis, members, coinbase=bytes(20))])
    with pytest.raises(NotLawful, match="not a block of QBFT"):
        check_qbft(clique_block(clique_genesis(members), members[0]), [one.address for one in members])
    with pytest.raises(SealMalformed):
        followed([clique_genesis(members), bare(members)])


def bare(members: Sequence[Validator]) -> Header:
    """A block of Clique without any seal."""
    genesis = clique_genesis(members)
    sealed = clique_block(genesis, members[0])
    return Header((*sealed.parts[:12], bytes(97), *sealed.parts[13:]))


@pytest.mark.parametrize("count", range(1, 11))
def test_no_block_of_a_larger_set_is_made_by_fewer_than_its_quorum(count: int) -> None:
    members = validators(count)
    genesis, listed = qbft_genesis(members), [one.address for one in members]
    check_qbft(qbft_block(genesis, members, sealers=members[: quorum(count)]), listed)
    with pytest.raises(NotLawful):
        check_qbft(qbft_block(genesis, members, sealers=members[: quorum(count) - 1]), listed)
