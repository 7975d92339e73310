"""Who may seal, era by era: recomputed from the first block on by whoever has the headers.

    eras = Eras(genesis)
    for header in headers:             # 1, 2, 3 …
        eras.follow(header)            # linked, sealed by those who may, votes counted
    eras.found[-1].validators          # who may seal what comes next
    check_eras(found)                  # each set follows from the one before by the votes that it names

The law of Clique is followed as EIP-225 states it ("Authorization strategies", "Voting on signers"). In QBFT each
header lists the set that signs it; that a set changed is believed only where more than half of the one before voted so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from gateway.domain.errors import DomainError, Said
from gateway.domain.hashing import hex0x
from gateway.domain.seals import (
    Ballot,
    Consensus,
    clique_ballot,
    clique_listed,
    clique_sealer,
    consensus_of,
    majority,
    qbft_ballot,
    qbft_listed,
    qbft_sealers,
    quorum,
    shown,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.domain.header import Header

AHEAD: Final = Said("不是前一区块的后继", "it does not follow the block before it")


class NotLawful(DomainError):
    """A block that the law of its consensus does not allow."""

    code = "seal.not_lawful"
    zh = "区块 {value} 不符合共识规则：{why}"
    en = "block {value} breaks the rules of its consensus: {why}"
    hint_zh = "区块头被改动，或不属于这条链；请换一个来源"
    hint_en = "the header was altered, or is another chain's; ask another source"


class NotVoted(DomainError):
    """Sets of validators of which one does not follow from the one before."""

    code = "seal.not_voted"
    zh = "自区块 {value} 起的验证者名单与所列表决不符"
    en = "the validators from block {value} on are not what the votes beside them make of those before"
    hint_zh = "名单被改动；请换一个来源"
    hint_en = "the list was altered; ask another source"


@dataclass(frozen=True, slots=True)
class Vote:
    """A vote that counted: in which block, whose, about whom, and whether to admit."""

    block: int
    voter: bytes
    candidate: bytes
    admit: bool


@dataclass(frozen=True, slots=True)
class Era:
    """A span of blocks with one set of validators.

    Attributes:
        first: the first block that this set seals; after: the hash of the block before it.
        validators: addresses (20 bytes), ascending.
        votes: those that made it, in the order of their blocks; none for the first set, which the first block lists.
    """

    first: int
    after: bytes
    validators: tuple[bytes, ...]
    votes: tuple[Vote, ...] = ()


def check_eras(eras: Sequence[Era]) -> None:
    """Check that each set of validators follows from the one before it by the votes that it names.

    That their blocks held those votes is left to whoever has the headers (`Eras`).

    Raises:
        NotVoted: a first set that was voted for; or a later one that begins too early, that is not the one before with
            one address more or less, or for which no majority of those before voted, each once, before it began.
    """
    for at, era in enumerate(eras):
        if not (_is_made(eras[at - 1], era) if at else not era.votes):
            raise NotVoted(era.first)


def _is_made(before: Era, era: Era) -> bool:
    candidates = {*before.validators} ^ {*era.validators}
    if len(candidates) != 1 or era.first <= before.first:
        return False
    [candidate] = candidates
    blocks, voters = [vote.block for vote in era.votes], {vote.voter for vote in era.votes}
    return (
        {(vote.candidate, vote.admit) for vote in era.votes} == {(candidate, candidate in era.validators)}
        and blocks == sorted({*blocks})
        and 1 <= blocks[0] <= blocks[-1] < era.first
        and voters <= {*before.validators}
        and len(voters) == len(blocks) >= majority(len(before.validators))
    )


def check_qbft(header: Header, validators: Sequence[bytes]) -> None:
    """Check that a quorum of `validators` sealed a QBFT block, and nobody else.

    Raises:
        NotLawful: fewer, one twice, or a stranger.
        SealMalformed, HeaderMalformed: what should be a seal, or the header's extraData, is none.
    """
    if not header.is_qbft:
        raise NotLawful(header.number, why=Said("不是 QBFT 区块", "not a block of QBFT"))
    sealers = qbft_sealers(header)
    strangers = [one for one in sealers if one not in validators]
    if strangers:
        names = shown(strangers)
        raise NotLawful(header.number, why=Said(f"签名者不是验证者：{names}", f"sealed by {names}"))
    needed = quorum(len(validators))
    if len(set(sealers)) != len(sealers) or len(sealers) < needed:
        have = len(set(sealers))
        why = Said(f"需要 {needed} 个不同验证者的签名，只有 {have} 个", f"{have} distinct seals of {needed} needed")
        raise NotLawful(header.number, why=why)


def turn(number: int, sealer: bytes, signers: Sequence[bytes]) -> int:
    """Return the difficulty of a Clique block: 2 where it is the sealer's turn (ascending `signers`), 1 elsewhere."""
    return 2 if signers[number % len(signers)] == sealer else 1


@dataclass(slots=True)
class Sealing:
    """The order of Clique's signers: whoever sealed waits until half of the others did."""

    recent: dict[int, bytes] = field(default_factory=dict)
    """Block → who sealed it, as far as it still counts."""

    def take(self, header: Header, signers: Sequence[bytes]) -> bytes:
        """Return who sealed a block; `signers` in ascending order.

        Raises:
            SealMalformed: not sealed at all.
            NotLawful: sealed by none of `signers`; see `place`.
        """
        sealer = clique_sealer(header)
        if sealer not in signers:
            why = Said(f"签名者 {hex0x(sealer)} 不是验证者", f"sealed by {hex0x(sealer)}, who is no validator")
            raise NotLawful(header.number, why=why)
        self.place(header, sealer, signers)
        return sealer

    def place(self, header: Header, sealer: bytes, signers: Sequence[bytes]) -> None:
        """Take a block by one of `signers`.

        Raises:
            NotLawful: its sealer sealed too recently, its difficulty is not its turn's, or it lists other signers.
        """
        number, waiting = header.number, majority(len(signers))
        self.recent.pop(number - waiting, None)
        if sealer in self.recent.values():
            why = Said(f"{hex0x(sealer)} 连续签名过密", f"{hex0x(sealer)} sealed again too soon")
            raise NotLawful(number, why=why)
        if header.difficulty != turn(number, sealer, signers):
            why = Said(
                f"难度 {header.difficulty} 与轮次不符", f"difficulty {header.difficulty} is not its sealer's turn"
            )
            raise NotLawful(number, why=why)
        if clique_listed(header) not in {(), tuple(signers)}:
            raise NotLawful(number, why=Said("检查点名单不符", "a checkpoint that lists other signers"))
        self.recent[number] = sealer

    def shrunk(self, number: int, signers: int) -> None:
        """Forget what a smaller set does not wait for any more."""
        self.recent.pop(number - majority(signers), None)


class Eras:
    """Follows headers from the first block on."""

    def __init__(self, genesis: Header) -> None:
        """Begin with the first block, which lists the first set.

        Raises:
            NotLawful: it is not the first, or nobody seals this chain.
            SealMalformed, HeaderMalformed: the list is none.
        """
        self.consensus = consensus_of(genesis)
        if genesis.number or self.consensus is Consensus.NONE:
            raise NotLawful(
                genesis.number, why=Said("不是有验证者的首个区块", "no first block of a chain with validators")
            )
        listed = clique_listed if self.consensus is Consensus.CLIQUE else qbft_listed
        self.found = [Era(1, genesis.hash, listed(genesis))]
        """Every era so far, oldest first."""
        self._last = genesis
        self._sealing = Sealing()
        self._votes: list[Vote] = []

    @property
    def last(self) -> Header:
        """The header followed last."""
        return self._last

    def follow(self, header: Header) -> None:
        """Take the next header.

        Raises:
            NotLawful: it does not follow the last one, or breaks the law.
            SealMalformed, HeaderMalformed: it is not sealed as it should be.
        """
        if header.number != self._last.number + 1 or header.parent != self._last.hash or header.time < self._last.time:
            raise NotLawful(header.number, why=AHEAD)
        if self.consensus is Consensus.CLIQUE:
            self._clique(header)
        else:
            self._qbft(header)
        self._last = header

    def _clique(self, header: Header) -> None:
        signers = self.found[-1].validators
        sealer = self._sealing.take(header, signers)
        if clique_listed(header):  # a checkpoint: votes that did not pass by now are void
            self._votes.clear()
        ballot = clique_ballot(header)
        self._count(header.number, sealer, ballot)
        changed = self._passed(signers, ballot)
        if changed is not None:
            if len(changed[0]) < len(signers):
                self._sealing.shrunk(header.number, len(changed[0]))
            self.found.append(Era(header.number + 1, header.hash, *changed))

    def _qbft(self, header: Header) -> None:
        listed, known = qbft_listed(header), self.found[-1].validators
        if listed != known:
            changed = self._passed(known, qbft_ballot(self._last))
            if changed is None or changed[0] != listed:
                why = Said("验证者名单的变动没有表决依据", "the validators changed without the votes for it")
                raise NotLawful(header.number, why=why)
            self.found.append(Era(header.number, header.parent, *changed))
        check_qbft(header, listed)
        if header.coinbase not in listed:
            why = Said("提议者不是验证者", "its proposer is no validator")
            raise NotLawful(header.number, why=why)
        self._count(header.number, header.coinbase, qbft_ballot(header))

    def _count(self, block: int, voter: bytes, ballot: Ballot | None) -> None:
        """Add a vote: it takes the place of the voter's last one about the same candidate."""
        if ballot is None:
            return
        candidate = ballot.candidate
        self._votes = [vote for vote in self._votes if (vote.voter, vote.candidate) != (voter, candidate)]
        if (candidate in self.found[-1].validators) != ballot.admit:
            self._votes.append(Vote(block, voter, candidate, ballot.admit))

    def _passed(
        self, members: tuple[bytes, ...], ballot: Ballot | None
    ) -> tuple[tuple[bytes, ...], tuple[Vote, ...]] | None:
        """Return the set that follows once more than half of `members` voted so, and their votes; None: not yet.

        What was voted about whoever came or went, and what whoever went has voted, is void from then on.
        """
        if ballot is None:
            return None
        candidate = ballot.candidate
        votes = tuple(vote for vote in self._votes if vote.candidate == candidate)
        if len(votes) < majority(len(members)):
            return None
        admit = votes[0].admit
        after = {*members, candidate} if admit else {*members} - {candidate}
        self._votes = [
            vote for vote in self._votes if vote.candidate != candidate and (admit or vote.voter != candidate)
        ]
        return tuple(sorted(after)), votes
