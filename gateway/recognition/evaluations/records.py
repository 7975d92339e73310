"""What the province that opens an evaluation keeps of it: the outcome's code and the dossier's salt.

    records = DossierRecords(folder)
    records.keep(digest, DossierRecord("JS-CLERK-3", salt, "dossier.zip"))     # before the chain is told the digest
    records.of(digest)

One small file a dossier, written whole before anything is sent. Without the salt the dossier cannot be sealed, since
its digest cannot be shown any more; with the salt alone nothing can be done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from gateway.domain.errors import HurenError
from gateway.domain.hashing import hex0x
from node.client.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

_MODE: Final = 0o600


class RecordMissing(HurenError):
    """This gateway did not open the evaluation, or its record was lost."""

    code = "evaluation.record"
    zh = "本网关没有该申报材料（摘要 {value}）的记录"
    en = "this gateway keeps no record of the dossier with the digest {value}"
    hint_zh = "请在发起评估的网关上办理；记录在其数据目录的 dossiers 中，应随之备份"
    hint_en = "do it at the gateway that opened the evaluation; the record lies in dossiers of its data folder"


class DossierRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One dossier. Bytes are base64 in the file."""

    outcome: str
    """The outcome's code."""
    salt: bytes
    """The 32 random bytes in front of the file."""
    name: str
    """What the file was called."""


class DossierRecords:
    """The records of one gateway."""

    def __init__(self, folder: Path) -> None:
        """Keep them in `folder`, which is made when it is needed."""
        self._folder = folder

    def keep(self, digest: bytes, record: DossierRecord) -> None:
        """Write the record of a dossier."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(self._path(digest), msgspec.json.encode(record) + b"\n", _MODE)

    def of(self, digest: bytes) -> DossierRecord:
        """The record of the dossier with this digest.

        Raises:
            RecordMissing: there is none, or none that can be read.
        """
        try:
            return msgspec.json.decode(self._path(digest).read_bytes(), type=DossierRecord)
        except (OSError, msgspec.MsgspecError) as error:
            raise RecordMissing(hex0x(digest)) from error

    def code_of(self, digest: bytes) -> str | None:
        """The outcome's code, where this gateway opened the evaluation."""
        try:
            return self.of(digest).outcome
        except RecordMissing:
            return None

    def _path(self, digest: bytes) -> Path:
        return self._folder / f"{digest.hex()}.json"
