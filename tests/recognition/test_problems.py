"""What can be wrong with an application, a letter or a decision: each class names its member and what to do."""

from __future__ import annotations

import importlib
import inspect
import pickle
import pkgutil
import re
import string
from typing import TYPE_CHECKING

import pytest

from gateway import api, cli, recognition
from gateway.recognition.transfers.errors import TransferProblem

if TYPE_CHECKING:
    from gateway.domain.errors import HurenError


def _families(kind: type[HurenError]) -> list[type[HurenError]]:
    return [kind, *(deeper for child in kind.__subclasses__() for deeper in _families(child))]


for _package in (recognition, cli, api):
    for _module in pkgutil.walk_packages(_package.__path__, f"{_package.__name__}."):
        importlib.import_module(_module.name)
ALL = sorted({kind for kind in _families(TransferProblem) if kind.__module__.startswith("gateway.")}, key=str)
LEAVES = [kind for kind in ALL if not kind.__subclasses__()]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
MEMBERS = {
    "agreement", "application", "certificate", "deadline", "evidence", "givenAt", "institution", "letter",
    "presentation", "rule", "student", "transfer",
}  # fmt: skip
"""What a person gives: members of a wish, options of a command."""


def _named(template: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(template) if field}


def _example(kind: type[TransferProblem]) -> TransferProblem:
    templates = (kind.zh, kind.en, kind.hint_zh, kind.hint_en)
    details = {name: f"<{name}>" for template in templates for name in _named(template) if name != "value"}
    return kind("<value>", **details)


@pytest.mark.parametrize("kind", LEAVES, ids=lambda kind: kind.__name__)
def test_each_names_its_values_in_both_languages_and_says_what_to_do(kind: type[TransferProblem]) -> None:
    assert inspect.getdoc(kind)
    assert _named(kind.zh) == _named(kind.en)
    assert _named(kind.hint_zh) == _named(kind.hint_en)
    told = _example(kind).to_json()
    assert told["field"] in MEMBERS
    assert told["code"] == kind.code
    assert all(CHINESE.search(told[name]) for name in ("zh", "hintZh"))
    assert not any(CHINESE.search(told[name]) for name in ("en", "hintEn"))
    assert told["hintEn"] != told["en"]
    for name in _named(kind.en):
        assert f"<{name}>" in told["en"]
        assert f"<{name}>" in told["zh"]


@pytest.mark.parametrize("kind", LEAVES, ids=lambda kind: kind.__name__)
def test_each_travels_between_processes_whole(kind: type[TransferProblem]) -> None:
    error = _example(kind)
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 (made one expression ago)
    assert (type(again), again.to_json()) == (kind, error.to_json())


def test_no_code_and_no_sentence_is_used_twice() -> None:
    for said in ("code", "zh", "en"):
        own = [getattr(kind, said) for kind in LEAVES]
        assert sorted(own) == sorted(set(own)), said


def test_there_are_as_many_as_the_work_on_transfers_can_go_wrong_in_ways() -> None:
    assert {kind.code.partition(".")[0] for kind in LEAVES} == {"transfer", "letter"}
    assert len(LEAVES) >= 32, "the test finds them all: none is imported too late"
