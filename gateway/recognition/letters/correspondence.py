"""The texts that go with a transfer's events: why it was rejected, the grounds of an appeal, the answer to it.

    digest = correspondence.post(Topic.DECISION, row, "…", at=block_time)      # for the call that makes the event
    letter = correspondence.read(Topic.DECISION, row)                          # at either institution's centre

Each is a letter that both institutions' centres can open, and nobody else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.domain.hashing import hmac_sha256
from gateway.recognition.letters.box import Post
from gateway.recognition.letters.contents import LONGEST_TEXT, TextLetter, Topic
from gateway.recognition.transfers.errors import LetterTooLarge
from gateway.recognition.transfers.values import Ref

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.ledger.transfer_rows import TransferRow
    from gateway.recognition.letters.box import LetterBox

NO_TEXT: Final = bytes(32)
"""What an event carries where nothing was written."""
_DIGESTS: Final = {Topic.DECISION: "explanation", Topic.APPEAL: "statement", Topic.ANSWER: "appeal_answer"}
"""Which column of a transfer has the digest."""


class Correspondence:
    """Writes and reads texts about transfers."""

    def __init__(self, letters: LetterBox, marks: Callable[[], bytes]) -> None:
        """Write by ``letters``; ``marks`` keys the digests (32 bytes) by which a text is known again."""
        self._letters = letters
        self._marks = marks

    def post(self, topic: Topic, row: TransferRow, text: str, *, at: int) -> bytes:
        """Write a letter and return its digest; the same text again is the same letter. No text: zeros.

        Raises:
            NobodyToSealTo: an institution has published no key.
            LetterTooLarge: above LONGEST_TEXT characters.
        """
        if not text:
            return NO_TEXT
        if len(text) > LONGEST_TEXT:
            raise LetterTooLarge(len(text), most=LONGEST_TEXT)
        name = str(Ref(*row.key))
        mark = hmac_sha256(self._marks(), f"{topic}\0{name}\0{text}".encode()).hex()
        content = TextLetter(topic, name, text).to_json()
        [digest] = self._letters.post(
            [Post(f"{name}:{mark}", row.leaf, (row.institution, row.target_institution), content)], at=at
        )
        return digest

    def read(self, topic: Topic, row: TransferRow) -> TextLetter | None:
        """The letter that an event of a transfer carries; None where there is no such event, or nothing was written.

        Raises:
            LetterProblem: it is not there yet, is not for us, or is not what it should be.
        """
        digest = getattr(row, _DIGESTS[topic])
        if digest is None or digest == NO_TEXT:
            return None
        name = str(Ref(*row.key))
        content = self._letters.open(digest, name, (row.target_institution, row.institution))
        return TextLetter.read(content, topic, name)
