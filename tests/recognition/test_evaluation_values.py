"""What the index keeps of evaluations, read and shown."""

from __future__ import annotations

from typing import Any

import pytest
from rich.console import Console

from gateway.cli.evaluation_views import _entry, _list
from gateway.domain.claims import OutcomeCode
from gateway.domain.hashing import hex0x
from gateway.domain.identifiers import IdentifierError
from gateway.ledger.recognition_events import Happened
from gateway.recognition.evaluations.chain import EvaluationBook
from gateway.recognition.evaluations.values import Phase, UnknownEvaluation, evaluation_from

STRANGE = "[/red]AGENCY\x1b[2J-1"
"""18 characters that a motion permitted: not a credit code, and not fit for a terminal."""
OUTCOME = OutcomeCode("JS-CLERK-3").word


def opened(number: int = 1, institution: str = STRANGE) -> dict[str, Any]:
    return {
        "province": 320_000,
        "evaluation": hex0x(bytes([number]) * 32),
        "institution": hex0x(institution.encode().ljust(32, b"\0")),
        "subject": {
            "institution": hex0x(institution.encode().ljust(32, b"\0")),
            "outcome": hex0x(OUTCOME),
            "category": 2,
            "awardedFrom": 600,
            "awardedUntil": 720,
            "seats": 5,
            "targets": [310_000],
            "nominationsUntil": 1_800_000_000,
            "opinionsUntil": 1_805_000_000,
            "dossier": hex0x(b"\x0d" * 32),
        },
    }


class Nothing:
    """No records, no chain: only what the index kept."""

    def __init__(self, *events: dict[str, Any]) -> None:
        self.events = [
            Happened("EvaluationOpened", None, fields, 320_000, number, "0x" + "11" * 20, number, number)
            for number, fields in enumerate(events, 1)
        ]

    def read(self, *_names: str, **_about: object) -> list[Happened]:
        return self.events

    def code_of(self, _digest: bytes) -> None:
        return None


def test_an_institution_that_a_motion_permitted_breaks_no_list() -> None:
    """Everybody lists everybody's evaluations: one strange code must not take them away."""
    found = evaluation_from(opened(), 1, 1)
    assert found.institution == STRANGE
    console = Console(record=True, width=200)
    _list([_entry(found, Phase.NOMINATING, Nothing())], [Phase.NOMINATING], console)  # type: ignore[arg-type]
    shown = console.export_text()
    assert "[/red]AGENCY" in shown
    assert "\x1b" not in shown


def test_an_evaluation_is_found_by_institution_and_code_and_the_last_one_is_meant() -> None:
    events = Nothing(opened(1), opened(2), opened(3, "123200004660001235"))
    book = EvaluationBook(None, events)  # type: ignore[arg-type]
    assert book.find(f"{STRANGE}/JS-CLERK-3").evaluation == b"\x02" * 32
    assert book.find("123200004660001235/JS-CLERK-3").evaluation == b"\x03" * 32
    assert book.find("0x01010101").evaluation == b"\x01" * 32
    with pytest.raises(UnknownEvaluation):
        book.find("123200004660001235/JS-CLERK-4")
    with pytest.raises(IdentifierError):
        book.find("123200004660001234/JS-CLERK-3")
    with pytest.raises(UnknownEvaluation):
        book.find("0x0101")
