"""At a centre: what the regional office announced, and which block was the newest final one when that came.

    noted = Announcements(folder).note(announcement, reader.final_block())
    Announcements(folder).of(announcement)            # None where it never came

A record says which block draws; an announcement tells nothing of it. So whoever opens must know that the block was not
there yet when the announcement came: otherwise the office could try records until a block of the past draws whom it
wants.
The first note of an announcement stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from gateway.audit.samples.errors import SampleFileMalformed
from gateway.domain.hashing import hex0x
from node.client.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.ledger.values import BlockRef


@dataclass(frozen=True, slots=True)
class Noted:
    """An announcement, and the newest final block when it came."""

    announcement: bytes
    block: int
    time: int

    def to_json(self) -> dict[str, Any]:
        """The note as JSON."""
        return {"announcement": hex0x(self.announcement), "block": self.block, "time": self.time}


class Announcements:
    """Notes in ``folder``, a file each."""

    def __init__(self, folder: Path) -> None:
        """Keep them there."""
        self._folder = folder

    def note(self, announcement: bytes, newest: BlockRef) -> Noted:
        """Note that it came while ``newest`` was the newest final block; a note that is there stands."""
        known = self.of(announcement)
        if known is not None:
            return known
        noted = Noted(announcement, newest.number, newest.time)
        self._folder.mkdir(parents=True, exist_ok=True)
        write_whole(self._path(announcement), orjson.dumps(noted.to_json()))
        return noted

    def of(self, announcement: bytes) -> Noted | None:
        """The note, None where it never came.

        Raises:
            SampleFileMalformed: somebody damaged the file.
        """
        try:
            told = orjson.loads(self._path(announcement).read_bytes())
            noted = Noted(announcement, int(told["block"]), int(told["time"]))
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            raise SampleFileMalformed(str(self._path(announcement))) from error
        if told != noted.to_json():
            raise SampleFileMalformed(str(self._path(announcement)))
        return noted

    def _path(self, announcement: bytes) -> Path:
        return self._folder / f"{announcement.hex()}.json"
