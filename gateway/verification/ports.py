"""What verification needs of the rest of the gateway, and nothing more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.domain.verdict import Source
    from gateway.ledger.values import Accreditation, Anchor, BlockRef, InstitutionKey, LeafState


class LedgerReader(Protocol):
    """The contracts' state as of one block: read live from a node, or from the index of what was followed."""

    def anchors(self, batches: Sequence[tuple[str, bytes]], block: BlockRef) -> list[Anchor | None]:
        """The anchors of (institution, root) pairs, None where none is anchored."""

    def leaf_states(self, leaves: Sequence[tuple[str, bytes]], block: BlockRef) -> list[LeafState]:
        """The own status of (institution, leaf) pairs."""

    def accreditations(self, versions: Sequence[tuple[str, int]], block: BlockRef) -> list[Accreditation | None]:
        """The accreditations of (institution, version) pairs."""

    def keys(self, keys: Sequence[tuple[str, bytes]], block: BlockRef) -> list[InstitutionKey | None]:
        """The lives of (institution, public key) pairs, None where the key is not the institution's."""


@dataclass(frozen=True, slots=True)
class View:
    """A reader bound to the block that its answers hold for."""

    reader: LedgerReader
    block: BlockRef
    source: Source


class Views(Protocol):
    """The two ways to look at the ledger."""

    def live(self) -> View:
        """A view of the newest final block, asked of the node.

        Raises:
            HurenError: the chain cannot be read.
        """

    def indexed(self) -> View:
        """A view of what this gateway has followed.

        Raises:
            HurenError: there is no index, or it is staler than its bound.
        """


class Held(Protocol):
    """A batch whose manifest is held here and holds a leaf."""

    @property
    def institution(self) -> str:
        """USCC."""

    @property
    def root(self) -> bytes:
        """32 bytes."""


class Holdings(Protocol):
    """The manifests of all provinces that this gateway holds and has checked."""

    def find(self, leaf: bytes) -> Sequence[Held]:
        """Every batch that holds the leaf, compared in full."""

    def lacking(self) -> int:
        """How many anchored batches up to the index's block have no checked manifest here."""


class NameBook(Protocol):
    """Names of institutions as far as they are known here."""

    def name_of(self, institution: str) -> str:
        """The name, or an empty text."""
