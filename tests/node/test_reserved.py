"""The calls reserved to the consortium: which there are, how words become one, and how one becomes words."""

from __future__ import annotations

import re

import pytest

from node.client.abi import encode_call
from node.client.artifact import load
from node.client.deployment import Province
from node.compiler import Sources
from node.reserved import RESERVED, MotionCallError, arguments, decoded, in_words, inputs, parse

PROVINCES = {320000: Province(name_zh="江苏", name_en="Jiangsu"), 330000: Province(name_zh="浙江", name_en="Zhejiang")}
USCC = "121000004000000010"
WORDS = {
    "expel": ["province=320000"],
    "pause": ["province=320000"],
    "unpause": ["province=320000"],
    "nameCustodian": ["province=320000", "custodian=330000"],
    "cancelRecovery": ["province=320000"],
    "replaceRecovery": ["province=320000", "recovery=0x" + "Ab" * 20],
    "schedule": ["name=ClaimBook", "target=0x" + "cd" * 20],
    "cancel": ["name=ClaimBook"],
    "move": [f"institution={USCC}", "toProvince=330000"],
    "permit": ["province=320000", f"institution={USCC}"],  # in any order
    "settle": ["agreement=0x" + "12" * 32, "number=2", "goesOn=是"],
    "admit": [
        'joining={"province": 500000, "admin": "0x' + "a1" * 20 + '", "recovery": "0x' + "b2" * 20 + '", "operators": '
        '[{"account": "0x' + "c3" * 20 + '", "roles": 16, "dailyLeaves": 0}]}'
    ],
}


def test_the_table_names_every_function_that_the_contracts_reserve_to_the_consortium() -> None:
    found = [
        function
        for text in Sources.shipped().texts().values()
        for function in re.findall(r"function (\w+)\([^)]*\)[^{;]*\bbyMotion\b", text)
    ]
    assert sorted(found) == sorted(reserved.function for reserved in RESERVED) == sorted(WORDS)


@pytest.mark.parametrize("name", WORDS)
def test_a_call_from_words_is_the_contracts_own_and_comes_back_as_it_was(name: str) -> None:
    call = parse(name, WORDS[name])
    assert call.data == encode_call(load(call.contract), name, *call.args.values())
    again = decoded(call.contract, call.data)
    assert again is not None
    assert (again.function, again.data) == (name, call.data)
    assert list(arguments(again)) == [one["name"] for one in inputs(next(r for r in RESERVED if r.function == name))]
    said = in_words(call.contract, call.data, PROVINCES)
    assert said.zh != said.en
    assert "{" not in said.zh + said.en
    if "province" in call.args:
        assert "江苏（320000）" in said.zh
        assert "Jiangsu (320000)" in said.en


def test_a_settlement_says_what_becomes_of_the_agreement() -> None:
    for word, zh, en in (("true", "协议继续", "goes on"), ("false", "协议失效", "lapses")):
        call = parse("AgreementRegistry.settle", [*WORDS["settle"][:2], f"goesOn={word}"])
        said = in_words(call.contract, call.data, PROVINCES)
        assert zh in said.zh
        assert en in said.en
        assert "0x" + "12" * 32 in said.en


@pytest.mark.parametrize(
    ("contract", "data"),
    [
        (None, b"\x01\x02\x03\x04"),
        ("Consortium", b"\x01\x02\x03\x04"),
        ("Consortium", encode_call(load("Consortium"), "giveNotice")),  # a function, and none of a motion
        ("Consortium", encode_call(load("Consortium"), "pause", 320000)[:-1]),
        ("Whiteboard", encode_call(load("Consortium"), "pause", 320000)),
    ],
)
def test_a_call_that_is_not_known_is_shown_as_it_is(contract: str | None, data: bytes) -> None:
    said = in_words(contract, data, PROVINCES)
    assert data.hex() in said.zh
    assert data.hex() in said.en


@pytest.mark.parametrize("roles", ['["king"]', '"law"', "[1]"])
def test_roles_that_there_are_not_are_refused_with_how_to_write_them(roles: str) -> None:
    word = WORDS["admit"][0].replace('"roles": 16', f'"roles": {roles}')
    with pytest.raises(MotionCallError) as raised:
        parse("admit", [word])
    assert '"roles": ["law", "anchor"]' in raised.value.en
