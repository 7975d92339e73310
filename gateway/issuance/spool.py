"""The spool: good rows between the pass that judges a file and the pass that issues it.

It lies in a temporary file that has no name (nobody can open it, a kill leaves nothing behind), sealed under a key that
exists only in this process: names and numbers never reach a disk in the clear.
"""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING, Final, Self

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from types import TracebackType


class SpooledRow(msgspec.Struct, array_like=True, gc=False):
    """A good row on its way to a worker. `offering` counts in the run's list of offerings."""

    offering: int
    name: str
    document_type: str
    number: str
    grade: str
    awarded: int
    """Proleptic ordinal of the civil date."""
    certificate_number: str
    row_key: bytes
    row_digest: bytes
    line: int
    valid_until: int = 0
    """The last day likewise, 0 where there is no end."""
    replaces: bytes = b""
    """The leaf of the credential that it takes the place of."""


_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(list[SpooledRow]).decode


class Spool:
    """Chunks of rows, written once, read once in the same order."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (closed by __exit__)
        self._seal = AESGCM(AESGCM.generate_key(256))
        self._lengths: list[int] = []
        self.rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def append(self, rows: Sequence[SpooledRow]) -> None:
        """Keep a chunk of rows."""
        sealed = self._seal.encrypt(self._nonce(len(self._lengths)), _encode(rows), None)
        self._file.write(sealed)
        self._lengths.append(len(sealed))
        self.rows += len(rows)

    def chunks(self) -> Iterator[list[SpooledRow]]:
        """The chunks, in order."""
        self._file.seek(0, os.SEEK_SET)
        for number, length in enumerate(self._lengths):
            yield _decode(self._seal.decrypt(self._nonce(number), self._file.read(length), None))

    @staticmethod
    def _nonce(number: int) -> bytes:
        # The key is this spool's own, so counting never repeats a nonce.
        return number.to_bytes(12, "big")
