from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from node.client.artifact import CONTRACTS, load
from node.client.kinds import KINDS

ROOT = Path(__file__).resolve().parents[3]
HUNDREDS = {
    "Consortium": 1,
    "Directory": 2,
    "InstitutionRegistry": 3,
    "CredentialRegistry": 4,
    "EvaluationRegistry": 5,
    "AgreementRegistry": 6,
    "ClaimBook": 7,
    "TransferLedger": 8,
}


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_event_that_extends_a_head_has_a_kind(name: str) -> None:
    in_heads = {
        entry["name"]
        for entry in load(name).abi
        if entry["type"] == "event" and [part["name"] for part in entry["inputs"][-3:]] == ["actor", "sequence", "head"]
    }
    assert set(KINDS[name]) == in_heads


def test_the_kinds_are_those_that_the_contracts_write_into_the_heads() -> None:
    written = {}
    for library in ("Kinds", "RegistryKinds", "RecognitionKinds"):
        text = (ROOT / "contracts" / "libraries" / f"{library}.sol").read_text(encoding="utf-8")
        for constant, kind in re.findall(r"constant (\w+) = (\d+);", text):
            written["".join(word.capitalize() for word in constant.split("_"))] = int(kind)
    deployed = {HUNDREDS[name] for name in CONTRACTS}
    written = {event: kind for event, kind in written.items() if kind // 100 in deployed}
    assert {event: kind for events in KINDS.values() for event, kind in events.items()} == written


# The law: "One table in the docs gives each kind's number, event and types."
def test_the_kinds_are_those_of_the_documented_table() -> None:
    text = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\|\s*(\d{3})\s*\|\s*`?(\w+)`?\s*\|", text, re.MULTILINE)
    documented = {event: int(kind) for kind, event in rows}
    assert {event: kind for events in KINDS.values() for event, kind in events.items()} == documented


def _type(part: dict[str, Any]) -> str:
    if not part["type"].startswith("tuple"):
        return str(part["type"])
    inner = ", ".join(f"{_type(each)} {each['name']}" for each in part["components"])
    return f"({inner}){part['type'][5:]}"


@pytest.mark.parametrize("name", CONTRACTS)
def test_the_documented_fields_are_those_that_a_head_commits_to(name: str) -> None:
    text = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
    documented = dict(re.findall(r"^\|\s*\d{3}\s*\|\s*`?(\w+)`?\s*\|\s*(.*?)\s*\|$", text, re.MULTILINE))
    for entry in load(name).abi:
        if entry["type"] == "event" and entry["name"] in KINDS[name]:
            fields = ", ".join(f"{_type(part)} {part['name']}" for part in entry["inputs"][:-3])
            assert documented[entry["name"]] == fields
