"""What stands in letters: an application's, and the three that carry a text (decision, appeal, answer).

application = ApplicationLetter(consent_record, presentation, note)
ApplicationLetter.read(content, about)
TextLetter(Topic.DECISION, "320000-330000-7", "…").to_json()
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from gateway.recognition.transfers.errors import LetterDiffers, LetterMalformed

if TYPE_CHECKING:
    from collections.abc import Mapping

_APPLICATION: Final = "huren.letter.application.v1"
LONGEST_NOTE: Final = 4_000
LONGEST_TEXT: Final = 200_000
"""Characters of an explanation, an appeal's grounds or the answer to it."""


class Topic(StrEnum):
    """What a letter with a text is: each belongs to one event of a transfer."""

    DECISION = "huren.letter.decision.v1"
    """Why a request was rejected: TransferReturned.explanation."""
    APPEAL = "huren.letter.appeal.v1"
    """The grounds of an appeal: AppealFiled.statement."""
    ANSWER = "huren.letter.answer.v1"
    """Why it was upheld or dismissed: AppealDecided.statement."""


class _Application(Struct, frozen=True, forbid_unknown_fields=True):
    type: str
    consent: dict[str, Any]
    presentation: Annotated[str, Meta(max_length=200_000)]
    note: Annotated[str, Meta(max_length=LONGEST_NOTE)]


class _Text(Struct, frozen=True, forbid_unknown_fields=True):
    type: Topic
    transfer: Annotated[str, Meta(max_length=40)]
    text: Annotated[str, Meta(max_length=LONGEST_TEXT)]


@dataclass(frozen=True, slots=True)
class ApplicationLetter:
    """What goes to the target institution with a request."""

    consent: Mapping[str, Any]
    """The signed record (`gateway.recognition.transfers.consent`)."""
    presentation: bytes
    """A partial certificate, or a whole one: the file's bytes."""
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """The content of the letter."""
        told = {"type": _APPLICATION, "consent": dict(self.consent)}
        return {**told, "presentation": self.presentation.decode(), "note": self.note}

    @classmethod
    def read(cls, content: Mapping[str, Any], about: str) -> ApplicationLetter:
        """The application of a letter's content.

        Raises:
            LetterMalformed: another shape.
        """
        found = _shaped(content, _Application, about)
        if found.type != _APPLICATION:
            raise LetterMalformed(about, why=found.type)
        return cls(found.consent, found.presentation.encode(), found.note)


@dataclass(frozen=True, slots=True)
class TextLetter:
    """A text about one transfer."""

    topic: Topic
    transfer: str
    text: str

    def to_json(self) -> dict[str, Any]:
        """The content of the letter."""
        return {"type": self.topic.value, "transfer": self.transfer, "text": self.text}

    @classmethod
    def read(cls, content: Mapping[str, Any], topic: Topic, about: str) -> TextLetter:
        """The text of a letter's content.

        Raises:
            LetterMalformed: another shape.
            LetterDiffers: it was written on another occasion, or about another transfer.
        """
        found = _shaped(content, _Text, about)
        for member, said, expected in (("type", found.type.value, topic.value), ("transfer", found.transfer, about)):
            if said != expected:
                raise LetterDiffers(about, member=member, letter=said, chain=expected)
        return cls(found.type, found.transfer, found.text)


def _shaped(content: Mapping[str, Any], shape: Any, about: str) -> Any:  # noqa: ANN401 - one of the shapes above
    try:
        return msgspec.convert(dict(content), shape)
    except msgspec.ValidationError as error:
        raise LetterMalformed(about, why=str(error)) from error
