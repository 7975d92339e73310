"""Live reads: what the contracts answer at one named, final block.

    reader = ChainReader(ChainCalls(rpc, deployment))
    block = reader.final_block()
    [anchor] = reader.anchors([(institution, root)], block)

An institution is text here (18 characters, GB 32100) and `bytes32` on the chain. Every read of many things is one HTTP
request. `None` says that the chain does not know the thing: an answer, not a failure. A failure is `ChainUnavailable`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.domain.errors import Said
from gateway.ledger.calls import Call, ChainCalls
from gateway.ledger.errors import ChainUnavailable
from gateway.ledger.values import (
    Accreditation,
    Anchor,
    InstitutionKey,
    KeyKind,
    LeafState,
    Reason,
    Standing,
    Status,
    Tenure,
)
from node.client.abi import ContractRevert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.ledger.values import BlockRef

CONSORTIUM = "Consortium"
CREDENTIALS = "CredentialRegistry"
INSTITUTIONS = "InstitutionRegistry"
_ZERO = bytes(32)


def institution_word(institution: str) -> bytes:
    """Return the 32 bytes by which the chain names an institution: its ASCII code, left-aligned, zero-padded."""
    return institution.encode("ascii").ljust(32, b"\0")


def institution_text(word: bytes) -> str:
    """Return the institution's code from its 32 bytes on the chain."""
    return word.rstrip(b"\0").decode("ascii", "replace")


class ChainReader:
    """The contracts' answers as values, for verification, status changes and the outbox."""

    def __init__(self, calls: ChainCalls) -> None:
        """Read through `calls`."""
        self.calls = calls

    def final_block(self) -> BlockRef:
        """Return the newest final block."""
        return self.calls.final_block()

    def registry_at(self, time: int) -> bytes:
        """Return the address (20 bytes) of the CredentialRegistry in force at `time` (seconds, up to now).

        A batch was anchored in the one in force at its time; who proves it in the state of the chain needs that one.
        """
        entry = self.calls.listing().in_force(CREDENTIALS, time)
        return bytes.fromhex(entry.address[2:])

    def custodians(self, provinces: Sequence[int], block: BlockRef) -> dict[int, int]:
        """Return by gone member the province that keeps its statuses and transfers; others are left out."""
        calls = [Call(CONSORTIUM, "custodianOf", (province,)) for province in provinces]
        answers = zip(provinces, self.calls.answers(calls, block), strict=True)
        return {province: int(custodian) for province, custodian in answers if custodian}

    def anchors(self, batches: Sequence[tuple[str, bytes]], block: BlockRef) -> list[Anchor | None]:
        """Return the anchors of (institution, root) pairs, None where none is anchored."""
        calls = [Call(CREDENTIALS, "anchorOf", (institution_word(i), root)) for i, root in batches]
        answers = self.calls.read(calls, block)
        return [
            None if isinstance(answer, ContractRevert) else _anchor(institution, root, answer)
            for (institution, root), answer in zip(batches, answers, strict=True)
        ]

    def leaf_states(self, leaves: Sequence[tuple[str, bytes]], block: BlockRef) -> list[LeafState]:
        """Return the own status of (institution, leaf) pairs; that of a leaf nobody ever changed is valid."""
        calls = [Call(CREDENTIALS, "leafState", (institution_word(i), leaf)) for i, leaf in leaves]
        return [_leaf_state(answer) for answer in self.calls.answers(calls, block)]

    def accreditations(self, versions: Sequence[tuple[str, int]], block: BlockRef) -> list[Accreditation | None]:
        """Return the accreditations of (institution, version) pairs, None where there is no such version."""
        calls = [Call(INSTITUTIONS, "accreditation", (institution_word(i), version)) for i, version in versions]
        answers = self.calls.read(calls, block)
        return [
            None if isinstance(answer, ContractRevert) else _accreditation(version, answer)
            for (_, version), answer in zip(versions, answers, strict=True)
        ]

    def accreditation_at(self, institution: str, time: int, block: BlockRef) -> Accreditation | None:
        """Return the accreditation in force at `time`, None before the first."""
        word = institution_word(institution)
        calls = [
            Call(INSTITUTIONS, "versionAt", (word, time)),
            Call(INSTITUTIONS, "accreditationAt", (word, time)),
        ]
        version, answer = self.calls.read(calls, block)
        if isinstance(version, ContractRevert) or isinstance(answer, ContractRevert) or version == 0:
            return None
        return _accreditation(version, answer)

    def keys(self, keys: Sequence[tuple[str, bytes]], block: BlockRef) -> list[InstitutionKey | None]:
        """Return the (institution, public key) pairs' lives, None where the key is not the institution's."""
        calls = [Call(INSTITUTIONS, "key", (institution_word(i), key)) for i, key in keys]
        answers = self.calls.read(calls, block)
        return [
            None if isinstance(answer, ContractRevert) else _key(key, answer)
            for (_, key), answer in zip(keys, answers, strict=True)
        ]

    def officer(self, institution: str, account: str, block: BlockRef) -> Tenure | None:
        """Return the life of officer `account` (0x hex), None where it never was one."""
        [answer] = self.calls.read([Call(INSTITUTIONS, "officer", (institution_word(institution), account))], block)
        if isinstance(answer, ContractRevert):
            return None
        tenure = _tenure(answer)
        return tenure if tenure.valid_from else None

    def attested_by(self, batches: Sequence[tuple[str, bytes]], province: int, block: BlockRef) -> list[bool]:
        """Tell of (institution, root) pairs whether `province` attested them."""
        calls = [Call(CREDENTIALS, "attestedBy", (institution_word(i), root, province)) for i, root in batches]
        return [bool(answer) for answer in self.calls.answers(calls, block)]

    def heads(self, contract: str, subjects: Sequence[int], block: BlockRef) -> list[tuple[bytes, int]]:
        """Return the stored (head, sequence) of subjects of a contract; the sequence is 0 before the first event."""
        calls = [Call(contract, "headOf", (subject,)) for subject in subjects]
        return [(bytes(head), int(sequence)) for head, sequence in self.calls.answers(calls, block)]

    def prove(
        self, opening: Sequence[object], root: bytes, proof: Sequence[bytes], block: BlockRef
    ) -> tuple[bytes, Anchor, LeafState]:
        """Return (leaf, anchor, status) that the chain itself derives from an opening and an inclusion proof.

        `opening` is (commitment, institution word, mask, values, salts, digests) as ICredentialRegistry.Opening has it.

        Raises:
            CallRefused: the chain does not accept the proof, and says why.
        """
        from gateway.ledger.refusals import refusal  # noqa: PLC0415 - the words are needed only here

        [answer] = self.calls.read([Call(CREDENTIALS, "prove", (opening, root, proof))], block)
        if isinstance(answer, ContractRevert):
            raise refusal(answer).error()
        institution = institution_text(bytes(opening[1]))  # type: ignore[call-overload]
        anchor = _anchor(institution, root, answer.batch)
        if anchor is None:
            raise ChainUnavailable(
                Said(
                    "CredentialRegistry.prove 所答批次不存在", "CredentialRegistry.prove answered for an unknown batch"
                )
            )
        return bytes(answer.leaf), anchor, _leaf_state(answer.state)


def _anchor(institution: str, root: bytes, value: Any) -> Anchor | None:  # noqa: ANN401 - a struct
    if not value.anchoredAt:
        return None
    return Anchor(
        institution=institution,
        root=root,
        manifest=bytes(value.manifest),
        leaf_count=value.leafCount,
        province=value.province,
        accreditation=value.accreditation,
        anchored_at=value.anchoredAt,
        sequence=value.sequence,
        attestations=value.attestations,
        status=Status(value.status),
        reason=Reason(value.reason),
        set_by=value.setBy,
        since=value.since,
    )


def _leaf_state(value: Any) -> LeafState:  # noqa: ANN401 - a struct
    successor = bytes(value.successor)
    return LeafState(
        status=Status(value.status),
        reason=Reason(value.reason),
        set_by=value.setBy,
        since=value.since,
        successor=None if successor == _ZERO else successor,
    )


def _accreditation(version: int, value: Any) -> Accreditation | None:  # noqa: ANN401 - a struct
    if not value.province:
        return None
    return Accreditation(
        version=version,
        province=value.province,
        standing=Standing(value.standing),
        categories=value.scope.categories,
        highest_level=value.scope.highestLevel,
        most_credits=value.scope.mostCredits,
        since=value.from_,
    )


def _key(public_key: bytes, value: Any) -> InstitutionKey | None:  # noqa: ANN401 - (kind, struct)
    kind, tenure = value
    if not kind:
        return None
    return InstitutionKey(public_key, KeyKind(kind), _tenure(tenure))


def _tenure(value: Any) -> Tenure:  # noqa: ANN401 - a struct
    return Tenure(value.validFrom, value.retiredAt, value.compromisedSince, value.founding)
