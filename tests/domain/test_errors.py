from __future__ import annotations

import importlib
import inspect
import pickle
import pkgutil
import string

import pytest

from gateway import domain
from gateway.domain.errors import HurenError, Said, cause_of
from gateway.domain.identifiers import ResidentNumberCheckCharacter, UsccCheckCharacter
from gateway.domain.partial import SHORT_NAMES, UnknownField
from node.client.rpc import RpcError


def families(kind: type[HurenError]) -> list[type[HurenError]]:
    return [kind, *(deeper for child in kind.__subclasses__() for deeper in families(child))]


for module in pkgutil.iter_modules(domain.__path__, "gateway.domain."):
    importlib.import_module(module.name)
DOMAIN_ERRORS = [kind for kind in families(HurenError) if kind.__module__.startswith("gateway.domain")]


def test_an_error_names_the_value_in_both_languages_and_says_what_to_do() -> None:
    error = UsccCheckCharacter("91350100M000100Y4Z", expected="3")
    assert "91350100M000100Y4Z" in error.message("zh")
    assert "3" in error.message("en")
    assert error.hint("zh")
    assert error.hint("en") in str(error)
    assert error.to_json()["code"] == "identifier.uscc.check"


def test_personal_data_is_masked_where_an_error_ends_in_a_log() -> None:
    error = ResidentNumberCheckCharacter("110105194912310021", expected="X")
    assert "110105194912310021" not in str(error)
    assert "110105194912310021" in error.message("zh")


def test_an_error_crosses_a_process_boundary_whole() -> None:
    error = pickle.loads(pickle.dumps(UsccCheckCharacter("x", expected="3")))  # noqa: S301 (made one expression ago)
    assert (type(error), error.value, error.details) == (UsccCheckCharacter, "x", {"expected": "3"})


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("hostile", ["\x1b[2J", "\x07", "\r", "\x00", "\u202e", "\x9b"])
def test_a_value_can_do_nothing_to_the_terminal_that_shows_it(language: str, hostile: str) -> None:
    error = HurenError(f"roster{hostile}.csv", detail=hostile)
    shown = error.message(language)
    assert shown.isprintable()
    assert "roster�" in shown
    assert error.value == f"roster{hostile}.csv"


def test_a_long_value_is_shortened_in_the_message_and_kept_in_the_error() -> None:
    error = HurenError("x" * 500)
    assert len(error.message()) < 120
    assert error.value == "x" * 500
    assert len(HurenError("x", known="y" * 5000)._fill("{known}", "en", masked=False)) == 401


def test_a_list_of_what_is_allowed_is_shown_whole() -> None:
    assert ", ".join(SHORT_NAMES) in UnknownField("x", known=", ".join(SHORT_NAMES)).hint("zh")


def test_a_cause_is_told_in_the_language_of_the_message() -> None:
    inner = UsccCheckCharacter("91350100M000100Y4Z", expected="3")
    outer = HurenError(cause_of(HurenError(cause_of(inner))))
    assert outer.message("zh") == f"出错：出错：{inner.message('zh')}"
    assert outer.message("en") == f"error: error: {inner.message('en')}"
    assert str(outer) == outer.message("en")
    assert HurenError("x", why=inner)._fill("{why}", "zh", masked=False) == inner.message("zh")


def test_a_cause_of_another_layer_keeps_its_two_sentences_apart() -> None:
    outer = HurenError(cause_of(RpcError(-32000, "busy\x1b[2J"), "eth_call"))
    assert outer.message("zh") == "出错：eth_call：节点拒绝了请求（-32000：busy�[2J）"
    assert outer.message("en") == "error: eth_call: the node refused the request (-32000: busy�[2J)"
    assert HurenError(cause_of(OSError("gone"))).message("zh") == "出错：gone"
    again = pickle.loads(pickle.dumps(outer))  # noqa: S301 (made above)
    assert again.to_json() == outer.to_json()


def test_personal_data_of_a_cause_is_masked_as_well() -> None:
    inner = ResidentNumberCheckCharacter("110105194912310021", expected="X")
    assert "110105194912310021" not in str(HurenError(inner))
    assert "110105194912310021" in HurenError(inner).message("en")
    assert str(Said("甲", "a")) == "甲 / a"


@pytest.mark.parametrize("kind", DOMAIN_ERRORS, ids=lambda kind: kind.__name__)
def test_every_error_of_the_domain_has_a_code_and_both_languages_name_the_same_details(kind: type[HurenError]) -> None:
    def named(template: str) -> set[str]:
        return {field for _, field, _, _ in string.Formatter().parse(template) if field}

    assert kind.code
    assert inspect.getdoc(kind)
    assert named(kind.zh) == named(kind.en)
    assert named(kind.hint_zh) == named(kind.hint_en)


def test_codes_are_not_used_twice() -> None:
    own = [kind.code for kind in DOMAIN_ERRORS if "code" in vars(kind)]
    assert len(own) == len(set(own))
