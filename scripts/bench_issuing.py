"""Issuing, measured from the bytes of a roster to batches that are fact: with a signature of each credential, without.

One process does all of it (no workers), so that its processor seconds are those of one core: parsing, validation, the
look-up of accounts and of what is issued, encryption, packs, tree, manifest, approval, commit, fsync.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench_rows import BenchError, Spent, expect, measured
from synthetic_rosters import write_roster

from gateway.bootstrap import Gateway
from gateway.issuance.minting import Minter
from gateway.issuance.service import Issuer
from gateway.issuance.workers import InlineMint
from gateway.settings import load_settings
from gateway.store.models import OutboxState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from stage import Centre

    from gateway.domain.issue import Sealed
    from gateway.domain.proof import Signer
    from gateway.issuance.ports import BlobStore
    from gateway.issuance.report import IssueReport
    from gateway.issuance.workers import Mint

SETTLE_SECONDS = 120.0


@contextmanager
def opened(centre: Centre) -> Iterator[Gateway]:
    """A centre's gateway in this process."""
    gateway = Gateway(load_settings(centre.config))
    try:
        yield gateway
    finally:
        gateway.close()


class _UnsignedMinter(Minter):
    """Leaves the proof out: its credentials stand by their anchor alone."""

    def secured(self, sealed: Sealed, signer: Signer, created: str) -> bytes:  # noqa: ARG002
        """The document as it is."""
        return sealed.document


class _UnsignedMint(InlineMint):
    def __init__(self, seeds: Mapping[str, bytes], blobs: BlobStore) -> None:
        super().__init__(seeds, blobs)
        self._minter = _UnsignedMinter(dict(seeds), blobs)


class _SignedIssuer(Issuer):
    def _mint(self, seeds: dict[str, bytes], rows: int) -> Mint:  # noqa: ARG002
        return InlineMint(seeds, self.blobs)


class _UnsignedIssuer(Issuer):
    def _mint(self, seeds: dict[str, bytes], rows: int) -> Mint:  # noqa: ARG002
        return _UnsignedMint(seeds, self.blobs)


class Issuing:
    """Issues rosters of synthetic persons at one centre, each of other persons than those before."""

    def __init__(self, centre: Centre, gateway: Gateway, folder: Path) -> None:
        self._centre = centre
        self._gateway = gateway
        self._folder = folder
        self._next = 0
        self.leaves = 0
        """Issued and anchored by now."""

    def issue(self, rows: int, *, signed: bool = True) -> tuple[IssueReport, Spent]:
        """Issue a roster of ``rows`` rows and anchor it; what is measured ends before the anchoring.

        Raises:
            BenchError: not every row was issued, or not every batch anchored.
        """
        path = self._folder / f"roster-{self._next}.csv"
        home = self._centre.home
        write_roster(path, rows, province=home.province, institution=home.institution, seed=7, first=self._next)
        self._next += rows
        ordinary = self._gateway.issuer(lambda _: True)
        parts = {name: getattr(ordinary, name) for name in Issuer.__dataclass_fields__}
        issuer = (_SignedIssuer if signed else _UnsignedIssuer)(**parts)
        with measured() as spent:
            report = issuer.issue(path)
        path.unlink()
        expect("rows issued", (report.issued, report.errors), (rows, 0))
        expect("leaves in batches", sum(batch.leaf_count for batch in report.batches), rows)
        ended = self._gateway.sender.settle([batch.outbox for batch in report.batches], SETTLE_SECONDS)
        if any(entry.state is not OutboxState.FINAL for entry in ended):
            raise BenchError(f"an anchor was refused: {[entry.error for entry in ended]}")
        self.leaves += rows
        return report, spent

    def rate(self, rows: int, times: int, *, signed: bool) -> tuple[IssueReport, float]:
        """The last report, and the best rate of several runs: credentials a second of one core."""
        runs = [self.issue(rows, signed=signed) for _ in range(times)]
        return runs[-1][0], max(rows / spent.cpu for _, spent in runs)
