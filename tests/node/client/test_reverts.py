from __future__ import annotations

import pytest

from node.client.abi import ContractRevert, decode_revert, interface
from node.client.artifact import CONTRACTS, load
from node.client.reverts import ContractReverted, explain
from node.client.sentences import SENTENCES
from node.client.sentences.values import shown

ERRORS = sorted(
    {
        (entry["name"], tuple((part["name"], part["type"]) for part in entry["inputs"]))
        for name in CONTRACTS
        for entry in load(name).abi
        if entry["type"] == "error"
    }
)


def sample(kind: str) -> int | str | bytes:
    if kind.startswith("uint"):
        return 1
    if kind == "bool":
        return True
    return {"address": "0x" + "ab" * 20, "string": "text"}.get(kind, b"52310000MJ4881003X".ljust(32, b"\0"))


@pytest.mark.parametrize(("name", "fields"), ERRORS, ids=[name for name, _ in ERRORS])
def test_every_error_of_the_contracts_has_a_sentence_in_both_languages(
    name: str, fields: tuple[tuple[str, str], ...]
) -> None:
    assert name in SENTENCES, f"write a sentence for {name}{fields}"
    sentence = explain(ContractRevert(name, {field: sample(kind) for field, kind in fields}, b""))
    assert any("一" <= character <= "鿿" for character in sentence.zh)
    assert sentence.en.isascii()
    assert "{" not in sentence.zh + sentence.en


def test_every_sentence_belongs_to_an_error_that_exists() -> None:
    known = {error for name in CONTRACTS for error, _ in interface(load(name)).errors.values()}
    assert set(SENTENCES) <= known


def test_every_value_of_an_error_is_told() -> None:
    for name, fields in ERRORS:
        for field, _ in fields:
            assert "{" + field + "}" in SENTENCES[name][0], (name, field)
            assert "{" + field + "}" in SENTENCES[name][1], (name, field)


def test_a_refusal_reads_as_a_person_would_say_it() -> None:
    revert = ContractRevert(
        "AnchorStanding", {"institution": b"52310000MJ4881003X".ljust(32, b"\0"), "standing": 2}, b""
    )
    assert explain(revert).en == "the institution 52310000MJ4881003X is suspended and cannot anchor"
    assert explain(revert).zh == "机构 52310000MJ4881003X 目前已中止，不能锚定"
    refused = ContractReverted("anchor", revert)
    assert refused.revert is revert
    assert "anchor" in refused.zh
    assert "anchor" in refused.en


def test_an_error_nobody_wrote_a_sentence_for_is_shown_as_it_is() -> None:
    assert explain(ContractRevert("Strange", {"value": 7}, b"")).en == "Strange (value=7)"
    assert explain(decode_revert(None)).en == "it gave no reason"
    assert explain(decode_revert("0x01020304")).en == "it gave no reason 0x01020304"


@pytest.mark.parametrize(
    ("name", "value", "zh", "en"),
    [
        ("roles", 24, "批次状态、法律行为", "batch status, law"),
        ("roles", 0, "—", "—"),
        ("deadline", 1_792_715_881, "2026-10-23 08:38:01+08:00", "2026-10-23 08:38:01+08:00"),
        ("until", 0, "从未", "never"),
        ("until", (1 << 64) - 1, "永远", "for ever"),
        ("time", 1 << 60, str(1 << 60), str(1 << 60)),
        ("standing", 9, "9", "9"),
        ("categories", 0b0110, "学历、职业", "academic, vocational"),
        ("categories", 0b10000, "16", "16"),
        ("categories", 0, "0", "0"),
        ("favourable", True, "是", "yes"),
        ("phase", 3, "待结束", "due to be closed"),
        ("cap", 1_805, "18.05", "18.05"),
        ("subject", b"\xff" * 32, "0x" + "ff" * 32, "0x" + "ff" * 32),
        ("subject", bytes(32), "0x" + "00" * 32, "0x" + "00" * 32),
    ],
)
def test_values_are_shown_as_words_and_times(name: str, value: object, zh: str, en: str) -> None:
    assert shown(name, value, "zh") == zh
    assert shown(name, value, "en") == en
