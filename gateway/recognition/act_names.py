"""What the 32 bytes of an agreement or an evaluation stand for, for whoever is asked to confirm an act about one.

names = ActNames(calls, events)
names("agreement", word)           # Said("上海市、浙江省，1 条规则", "Shanghai, Zhejiang; 1 rule")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.domain.errors import HurenError, Said
from gateway.domain.hashing import hex0x
from gateway.recognition.agreements.chain import AgreementBook
from gateway.recognition.agreements.sentences import province_names, span_text
from gateway.recognition.evaluations.chain import EvaluationBook

if TYPE_CHECKING:
    from gateway.ledger.calls import ChainCalls
    from gateway.ledger.recognition_events import RecognitionEvents

_SHOWN = 10


class ActNames:
    """Looks them up in the index."""

    def __init__(self, calls: ChainCalls, events: RecognitionEvents) -> None:
        """Read from the index, which the caller has brought up to date."""
        self._calls = calls
        self._events = events

    def __call__(self, name: str, word: bytes) -> Said | None:
        """What an argument called ``name`` is about; None where it is not known here."""
        if name == "agreement":
            return self._agreement(word)
        return self._evaluation(word) if name == "evaluation" else None

    def _agreement(self, word: bytes) -> Said | None:
        try:
            found = AgreementBook(self._calls, self._events).known(word)
        except HurenError:  # terms that are not those of the id: nothing may be said in their name
            return None
        if found is None:
            return None
        parties = [province_names(code) for code in found.terms.parties]
        span, count = span_text(found.terms.valid_from, found.terms.valid_until), len(found.terms.rules)
        return Said(
            f"{'、'.join(one.zh for one in parties)}，{count} 条规则，{span.zh}",
            f"{', '.join(one.en for one in parties)}; {count} rules, {span.en}",
        )

    def _evaluation(self, word: bytes) -> Said | None:
        try:
            found = EvaluationBook(self._calls, self._events).known(word)
        except HurenError:
            return None
        outcome = hex0x(found.outcome)[:_SHOWN]
        return Said(f"机构 {found.institution} 的成果 {outcome}…", f"outcome {outcome}… of {found.institution}")
