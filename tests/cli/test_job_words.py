"""``huren job``: each kind of transaction and each state is said in both languages."""

from __future__ import annotations

from pathlib import Path

import gateway
from gateway.cli.job_words import KINDS, STATES, shown
from gateway.ledger import anchoring, attesting, status, superseding
from gateway.recognition.transfers import decisions, request
from gateway.store.models import BatchState, OutboxState, RosterState

SOURCES = Path(gateway.__file__).parent


def test_every_kind_that_is_ever_queued_has_words() -> None:
    queued = {anchoring.KIND, attesting.KIND, status.KIND, superseding.KIND, decisions.DECISION}
    queued |= {request.REQUEST, request.CANCEL, request.APPEAL, request.EXPIRE}
    assert set(KINDS) == queued
    making = {path.name for path in SOURCES.rglob("*.py") if " Intent(" in path.read_text(encoding="utf-8")}
    assert making == {"anchoring.py", "attesting.py", "status.py", "superseding.py", "decisions.py", "request.py"}


def test_every_state_has_words() -> None:
    assert set(STATES) == {one.value for states in (RosterState, BatchState, OutboxState) for one in states}


def test_words_are_of_both_languages_and_no_code_goes_unsaid() -> None:
    for name, words in (("kind", KINDS), ("state", STATES)):
        for code, said in words.items():
            assert any("\u4e00" <= letter <= "\u9fff" for letter in said.zh), code
            assert said.en.isascii(), code
            assert shown(name, code) == f"{said.zh} / {said.en}"
    assert shown("kind", "of-tomorrow") is None
    assert shown("reference", "queued") is None
