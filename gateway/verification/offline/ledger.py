"""What the contracts hold, read from their storage.

The Directory is walked; a record is asked of the contract in force and, where nothing was written there, of those that
it continues.

    ledger = StateLedger(state, trust.directory, block_time)
    ledger.anchors([(institution, root)], block)

Follows contracts/base/Governed.sol, contracts/Directory.sol and docs/storage.md; `node.client.directory` and
`gateway.ledger.reader` ask a node the same.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeVar

from gateway.domain.hashing import WORD, hex0x
from gateway.domain.identifiers import institution_word
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
from gateway.verification.offline.errors import CodeDiffers, ValueUnknown
from gateway.verification.offline.state import array_of, slot_of, unpacked
from gateway.verification.offline.trust import CREDENTIALS, DIRECTORY, INSTITUTIONS, Listed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from enum import IntEnum

    from gateway.ledger.values import BlockRef
    from gateway.verification.offline.state import State

_E = TypeVar("_E", bound="IntEnum")

_ENTRIES = _BATCHES = _ACCREDITATIONS = 1
_LEAVES = _KEYS = 4
_VERSIONS: Final = 2
"""Within the record of an institution: [version] @ +2."""
_ADDRESS, _FLAG, _COARSE, _CODE, _TIME = 160, 8, 8, 32, 64
_ENTRY: Final = (_ADDRESS, 32, _TIME)
_BATCH: Final = (_CODE, _CODE, _CODE, _TIME, _TIME, 32)
_STATUS: Final = (_COARSE, _COARSE, _CODE, _TIME)
_VERSION: Final = (_CODE, _COARSE, _COARSE, _COARSE, 32, _TIME)
_TENURE: Final = (_TIME, _TIME, _TIME, _FLAG, _CODE)


class StateLedger:
    """The four things that verification asks, as `gateway.verification.ports.LedgerReader` has them."""

    def __init__(self, state: State, directory: bytes, time: int) -> None:
        """Read `state`, which is that after a block of `time` (seconds), from the first Directory on (20 bytes)."""
        self._state = state
        self._first = directory
        self._time = time
        self._lists: dict[str, tuple[Listed, ...]] = {}

    # --- the Directory

    def listed(self, name: str) -> tuple[Listed, ...]:
        """Return the contracts in force under a name at the block's time and before, oldest first.

        Raises:
            ProofInvalid: the proofs do not lead there.
        """
        found = self._lists.get(name)
        if found is None:
            found = self._lists[name] = self._listed(name)
        return found

    def _listed(self, name: str) -> tuple[Listed, ...]:
        """An entry counts only if it took effect while its own Directory was in force."""
        found: dict[bytes, Listed] = {}
        for directory, following in self._directories:
            for entry in self._entries(directory, name):
                void = following is not None and entry.since >= following.since and entry != following
                if entry.since <= self._time and not void:
                    found.setdefault(entry.address, entry)
        return tuple(found.values())

    @cached_property
    def _directories(self) -> list[tuple[bytes, Listed | None]]:
        """Each Directory that was ever in force, and the one after it."""
        walked: list[tuple[bytes, Listed | None]] = []
        here, since = self._first, 0
        while here not in [directory for directory, _ in walked]:
            after = [e for e in self._entries(here, DIRECTORY) if since <= e.since <= self._time]
            following = after[-1] if after and after[-1].address != here else None
            walked.append((here, following))
            if following is None:
                break
            here, since = following.address, following.since
        return walked

    def _entries(self, directory: bytes, name: str) -> list[Listed]:
        slot = slot_of(_ENTRIES, name.encode("ascii").ljust(WORD, b"\0"))
        count, first = int.from_bytes(self._state.word(directory, slot), "big"), array_of(slot)
        found = []
        for at in range(first, first + 2 * count, 2):
            target, version, since = unpacked(self._state.word(directory, at), _ENTRY)
            found.append(Listed(name, target.to_bytes(20, "big"), version, since, self._state.word(directory, at + 1)))
        return found

    def in_force(self, name: str) -> list[bytes]:
        """Return the contract in force and those that it continues, the newest first, their code checked.

        Raises:
            CodeDiffers: other code lies there than was listed.
            ProofInvalid: the proofs do not lead there.
        """
        return [self._checked(entry) for entry in reversed(self.listed(name))]

    def _checked(self, entry: Listed) -> bytes:
        if self._state.code_hash(entry.address) != entry.code_hash:
            raise CodeDiffers(f"{entry.name} {hex0x(entry.address)}")
        return entry.address

    # --- records

    def anchors(self, batches: Sequence[tuple[str, bytes]], block: BlockRef) -> list[Anchor | None]:  # noqa: ARG002
        """Return the anchors of (institution, root) pairs, None where none is anchored.

        Raises (as the others here): ProofInvalid, CodeDiffers, ValueUnknown.
        """
        return [self._anchor(institution, root) for institution, root in batches]

    def leaf_states(self, leaves: Sequence[tuple[str, bytes]], block: BlockRef) -> list[LeafState]:  # noqa: ARG002
        """Return the own status of (institution, leaf) pairs."""
        return [self._leaf_state(institution, leaf) for institution, leaf in leaves]

    def accreditations(
        self,
        versions: Sequence[tuple[str, int]],
        block: BlockRef,  # noqa: ARG002 - this state is of one block
    ) -> list[Accreditation | None]:
        """Return the accreditations of (institution, version) pairs."""
        return [self._accreditation(institution, version) for institution, version in versions]

    def keys(self, keys: Sequence[tuple[str, bytes]], block: BlockRef) -> list[InstitutionKey | None]:  # noqa: ARG002
        """Return the lives of (institution, public key) pairs, None where the key is not the institution's."""
        return [self._key(institution, key) for institution, key in keys]

    def _anchor(self, institution: str, root: bytes) -> Anchor | None:
        slot = slot_of(_BATCHES, institution_word(institution), root)
        for address in self.in_force(CREDENTIALS):
            leaves, province, accreditation, anchored_at, sequence, attestations = unpacked(
                self._state.word(address, slot + 1), _BATCH
            )
            if anchored_at:
                status, reason, set_by, since = unpacked(self._state.word(address, slot + 2), _STATUS)
                return Anchor(
                    institution,
                    root,
                    self._state.word(address, slot),
                    leaves,
                    province,
                    accreditation,
                    anchored_at,
                    sequence,
                    attestations,
                    _known(Status, status),
                    _known(Reason, reason),
                    set_by,
                    since,
                )
        return None

    def _leaf_state(self, institution: str, leaf: bytes) -> LeafState:
        slot = slot_of(_LEAVES, institution_word(institution), leaf)
        for address in self.in_force(CREDENTIALS):
            status, reason, set_by, since = unpacked(self._state.word(address, slot), _STATUS)
            if since:
                successor = self._state.word(address, slot + 1)
                return LeafState(
                    _known(Status, status), _known(Reason, reason), set_by, since, successor if any(successor) else None
                )
        return LeafState()

    def _accreditation(self, institution: str, version: int) -> Accreditation | None:
        record = slot_of(_ACCREDITATIONS, institution_word(institution))
        slot = slot_of(record + _VERSIONS, version.to_bytes(WORD, "big"))
        for address in self.in_force(INSTITUTIONS):
            province, standing, categories, level, credits_, since = unpacked(self._state.word(address, slot), _VERSION)
            if since:
                return Accreditation(version, province, _known(Standing, standing), categories, level, credits_, since)
        return None

    def _key(self, institution: str, key: bytes) -> InstitutionKey | None:
        slot = slot_of(_KEYS, institution_word(institution), key)
        for address in self.in_force(INSTITUTIONS):
            valid_from, retired, compromised, founding, _ = unpacked(self._state.word(address, slot), _TENURE)
            if valid_from:
                [kind] = unpacked(self._state.word(address, slot + 1), (_COARSE,))
                return InstitutionKey(
                    key, _known(KeyKind, kind), Tenure(valid_from, retired, compromised, bool(founding))
                )
        return None


def _known(kind: type[_E], value: int) -> _E:
    try:
        return kind(value)
    except ValueError as error:
        raise ValueUnknown(f"{kind.__name__} {value}") from error
