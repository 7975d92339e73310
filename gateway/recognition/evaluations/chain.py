"""Evaluations as the chain has them: which there are, from the index; how each stands, from the node.

book = EvaluationBook(calls, events)
book.progress(book.find("123200004660001235/JS-CLERK-3"))
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.domain.claims import OutcomeCode
from gateway.domain.hashing import hex0x
from gateway.domain.identifiers import Uscc
from gateway.domain.panel import evaluation_id
from gateway.ledger.calls import Call
from gateway.recognition.book import Book
from gateway.recognition.evaluations.values import (
    Evaluation,
    NotInPhase,
    Phase,
    Progress,
    UnknownEvaluation,
    evaluation_from,
    seat_from,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.ledger.recognition_events import Happened

EVALUATIONS: Final = "EvaluationRegistry"
_OPENED: Final = "EvaluationOpened"
_SHORTEST: Final = 10
"""Characters of an id's beginning (0x included) that are enough to look for it."""


class EvaluationBook(Book):
    """Reads evaluations at the newest final block."""

    def opened(self) -> list[Evaluation]:
        """Every evaluation there ever was, oldest first."""
        return [evaluation_from(event.fields, event.time, event.block) for event in self._events.read(_OPENED)]

    def find(self, name: str) -> Evaluation:
        """The evaluation with that id, whose id alone begins like that, or the last one of institution/outcome code.

        Raises:
            UnknownEvaluation: none, several, or too short to look for.
            IdentifierError, OutcomeCodeMalformed: institution or outcome code are none.
        """
        found = self.opened()
        if "/" in name:
            institution, code = name.rsplit("/", 1)
            outcome = OutcomeCode.read(code).word
            found = [one for one in found if (one.institution, one.outcome) == (institution, outcome)][-1:]
            if not found:
                Uscc(institution)  # says what is mistyped; one that a motion permitted may be none
        else:
            wanted = name.lower()
            found = [one for one in found if hex0x(one.evaluation).startswith(wanted) and len(wanted) >= _SHORTEST]
        if len(found) != 1:
            raise UnknownEvaluation(name)
        return found[0]

    def known(self, evaluation: bytes) -> Evaluation:
        """The evaluation with that id of 32 bytes.

        Raises:
            UnknownEvaluation: none.
        """
        for event in self._events.read(_OPENED, about=evaluation):
            return evaluation_from(event.fields, event.time, event.block)
        raise UnknownEvaluation(hex0x(evaluation))

    def history(self, evaluation: bytes) -> list[Happened]:
        """What happened to it, oldest first."""
        return self._events.read(about=evaluation)

    def next_id(self, institution: str, outcome: bytes) -> bytes:
        """The id that the outcome's next evaluation will have."""
        word = Uscc(institution).word
        [count] = self._answers([Call(EVALUATIONS, "countOf", (word, outcome))])
        return evaluation_id(word, outcome, count + 1)

    def phases(self, evaluations: Sequence[bytes]) -> list[Phase]:
        """Where each stands."""
        return [Phase(found) for found in self._answers(Call(EVALUATIONS, "phaseOf", (one,)) for one in evaluations)]

    def progress(self, evaluation: bytes) -> Progress:
        """How one stands: phase, panel, finding."""
        phase, panel, finding = self._answers(
            Call(EVALUATIONS, function, (evaluation,)) for function in ("phaseOf", "panelOf", "findingOf")
        )
        seats = tuple(seat_from(seat) for seat in panel)
        return Progress(Phase(phase), seats, finding.level, finding.credits, finding.closedAt)

    def require(self, evaluation: bytes, wanted: Phase) -> Progress:
        """How one stands, which must be in the phase `wanted`.

        Raises:
            NotInPhase: it is in another.
        """
        progress = self.progress(evaluation)
        if progress.phase is not wanted:
            found = progress.phase
            raise NotInPhase(
                hex0x(evaluation), found_zh=found.zh, found_en=found.en, wanted_zh=wanted.zh, wanted_en=wanted.en
            )
        return progress
