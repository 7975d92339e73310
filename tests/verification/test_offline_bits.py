"""One bit changed anywhere in a file with evidence, or in a trust file, and it is refused, with the step."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from proving import Ground
from sealing import Validator

from gateway.domain.evidence import joined, split
from gateway.domain.header import Header, HeaderMalformed
from gateway.domain.seals import Consensus
from gateway.domain.validators import Era, Vote
from gateway.domain.verdict import Kind, Step, StepState
from gateway.verification.offline import FingerprintDiffers, Trust, TrustRefused, check_fingerprint, verify
from gateway.verification.offline.trust import USED

if TYPE_CHECKING:
    from gateway.domain.verdict import Verdict

REGISTRY = bytes(range(20))
DAY = 86_400


@pytest.fixture(params=[Consensus.CLIQUE, Consensus.QBFT])
def made(request: pytest.FixtureRequest, case: Any) -> tuple[bytes, Trust, float]:  # noqa: ANN401
    """A file with evidence, a trust file, the time."""
    ground = Ground.of(case.live, REGISTRY)
    data = ground.file(case.data, request.param, case.now - 5)
    return data, ground.trust(request.param, case.now + 60 * DAY), case.now


def bent(data: bytes, at: int, bit: int) -> bytes:
    return data[:at] + bytes((data[at] ^ 1 << bit,)) + data[at + 1 :]


def refused(verdict: Verdict) -> Step | None:
    """At which step; None where it is not refused."""
    if verdict.kind.favourable or verdict.reason is None:
        return None
    noted = (one.step for one in verdict.steps if one.note is not None and one.note.code == verdict.reason.code)
    return verdict.failed_at or next(noted, None)


def test_the_control_holds(made: tuple[bytes, Trust, float]) -> None:
    data, trust, now = made
    assert verify(data, trust, now=now).kind is Kind.VALID


@pytest.mark.parametrize("stride", [37, pytest.param(1, marks=pytest.mark.slow)])
def test_one_bit_of_a_file_turned_anywhere_is_refused_with_the_step(
    made: tuple[bytes, Trust, float], stride: int
) -> None:
    data, trust, now = made
    steps = set()
    for at in range(0, len(data), stride):
        step = refused(verify(bent(data, at, (at * 5 + at // 8) % 8), trust, now=now))
        assert step is not None, (at, data[max(at - 40, 0) : at + 40])
        steps.add(step)
    assert {Step.WELL_FORMED, Step.RECOMPUTED, Step.ANCHORED} <= steps


@pytest.mark.parametrize("stride", [61, pytest.param(1, marks=pytest.mark.slow)])
def test_every_bit_of_the_headers_and_their_seals_counts(made: tuple[bytes, Trust, float], stride: int) -> None:
    data, trust, now = made
    own, evidence = split(data)
    assert evidence is not None
    for number, header in enumerate(evidence.headers):
        encoded = header.encoded()
        for bit in range(0, len(encoded) * 8, stride):
            try:
                other = Header.of_rlp(bent(encoded, bit // 8, bit % 8))
            except HeaderMalformed:
                continue
            headers = (*evidence.headers[:number], other, *evidence.headers[number + 1 :])
            verdict = verify(joined(own, msgspec.structs.replace(evidence, headers=headers)), trust, now=now)
            assert refused(verdict) is Step.ANCHORED, (number, bit)


@pytest.mark.parametrize("stride", [97, pytest.param(23, marks=pytest.mark.slow)])
def test_every_bit_of_the_proofs_counts(made: tuple[bytes, Trust, float], stride: int) -> None:
    data, trust, now = made
    own, evidence = split(data)
    assert evidence is not None
    for number, node in enumerate(evidence.nodes):
        for bit in range(0, len(node) * 8, stride):
            nodes = (*evidence.nodes[:number], bent(node, bit // 8, bit % 8), *evidence.nodes[number + 1 :])
            other = msgspec.structs.replace(evidence, nodes=tuple(sorted(nodes)))
            verdict = verify(joined(own, other), trust, now=now)
            assert verdict.kind is Kind.INVALID, (number, bit)
            assert verdict.failed_at in {Step.ANCHORED, Step.ISSUER, Step.STATUS}


def test_every_bit_of_a_trust_file_counts(made: tuple[bytes, Trust, float]) -> None:
    _, trust, _ = made
    written = trust.to_json()
    assert Trust.parse(written) == trust
    for bit in range(len(written) * 8):
        with pytest.raises(TrustRefused):
            Trust.parse(bent(written, bit // 8, bit % 8))


def test_a_trust_file_altered_together_with_its_fingerprint_is_another_to_whoever_compares(
    made: tuple[bytes, Trust, float],
) -> None:
    _, trust, _ = made
    other = Trust.parse(msgspec.structs.replace(trust, expires=trust.expires + 1).to_json())
    told = trust.fingerprint.replace(" ", " - ")
    check_fingerprint(trust, told)
    check_fingerprint(trust, told.translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)}))
    with pytest.raises(FingerprintDiffers):
        check_fingerprint(other, told)
    with pytest.raises(FingerprintDiffers):
        check_fingerprint(trust, "")


@pytest.mark.parametrize(
    "changes",
    [
        {"eras": ()},
        {"consensus": Consensus.NONE},
        {"contracts": ()},
        {"genesis": bytes(32)},
        {"expires": 2**53 - 1},
        {"network": "试验\x9b2J"},
        {"network": "试验\u202e"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_trust_file_that_does_not_hang_together_is_refused(
    made: tuple[bytes, Trust, float], changes: dict[str, Any]
) -> None:
    with pytest.raises(TrustRefused):
        Trust.parse(msgspec.structs.replace(made[1], **changes).to_json())
    with pytest.raises(TrustRefused):
        Trust.parse(b"[]")


def test_the_name_of_a_network_is_any_text_that_stays_where_it_is_shown(made: tuple[bytes, Trust, float]) -> None:
    for name in ("长三角　试验", "长三角·学分银行 (2026)", "é"):
        assert Trust.parse(msgspec.structs.replace(made[1], network=name).to_json()).network == name


def test_a_trust_file_of_validators_that_nobody_voted_for_or_of_contracts_that_lack_is_refused(
    made: tuple[bytes, Trust, float],
) -> None:
    """A digest over it all is no excuse: whoever writes a file writes that too."""
    trust = made[1]
    [era] = trust.eras
    thieves = tuple(sorted(Validator.of(("thief", at)).address for at in range(4)))
    votes = tuple(Vote(at + 1, voter, thieves[0], admit=True) for at, voter in enumerate(era.validators[:3]))
    grown = Era(50, b"\x01" * 32, tuple(sorted((*era.validators, thieves[0]))), votes)
    contracts = trust.contracts
    assert Trust.parse(msgspec.structs.replace(trust, eras=(era, grown)).to_json()).validators == grown.validators
    for changes in (
        {"eras": (era, Era(50, b"\x01" * 32, thieves))},
        {"eras": (era, replace(grown, votes=votes[:2]))},
        {"eras": (era, replace(grown, votes=(*votes[:2], replace(votes[2], voter=thieves[1]))))},
        {"eras": (era, grown, grown)},
        {"eras": (Era(1, trust.genesis, era.validators, votes),)},
        {"eras": (grown, era)},
        *({"contracts": tuple(one for one in contracts if one.name != name)} for name in USED),
        {"contracts": (*contracts, contracts[0])},
        {"contracts": tuple(msgspec.structs.replace(one, since=2**53 - 1) for one in contracts)},
    ):
        with pytest.raises(TrustRefused):
            Trust.parse(msgspec.structs.replace(trust, **changes).to_json())


def test_evidence_that_is_not_shaped_as_it_should_be_fails_the_first_step(made: tuple[bytes, Trust, float]) -> None:
    data, trust, now = made
    own, evidence = split(data)
    assert evidence is not None
    disordered = joined(own, msgspec.structs.replace(evidence, nodes=evidence.nodes[::-1]))
    for wrong in (
        disordered,
        joined(own, msgspec.structs.replace(evidence, headers=())),
        joined(own, msgspec.structs.replace(evidence, headers=evidence.headers * 129)),
        data.replace(b'"version":1},"receipt"', b'"version":2},"receipt"'),
        data.replace(b'"finality":', b'"finality":{},"finality":'),
        data.replace(b'"headers":["0x', b'"headers":["0X'),
        data + b" " * 600_000,
    ):
        verdict = verify(wrong, trust, now=now)
        assert (verdict.kind, verdict.failed_at) == (Kind.INVALID, Step.WELL_FORMED)
    spaced = data.replace(b'"finality":', b'\n  "finality" : ')
    assert verify(spaced, trust, now=now).kind is Kind.VALID
    assert all(one.state is StepState.PASSED for one in verify(spaced, trust, now=now).steps)
