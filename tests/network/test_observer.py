"""The regional office as processes: a gateway with no key file follows four provinces, and acts for nobody."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from killing import fresh_roster
from stage import fetch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stage import Centre, Stage

pytestmark = [pytest.mark.network, pytest.mark.timeout(600)]

ROSTER = Path(__file__).parents[1] / "rosters" / "shanghai-courses-2024.csv"
SHANGHAI, JIANGSU = 310000, 320000
REFUSED = [
    ("key", "init"),
    ("key", "issuing", "123100004250004560"),
    ("issue", str(ROSTER), "--yes"),
    ("find", "--certificate", "X1"),
    ("account", "delete", "1", "--yes"),
    ("institution", "accredit", "123100004250004560", "--name-zh", "甲", "--name-en", "A"),
    ("audit", "findings", "--numbers"),
]


@pytest.fixture(scope="module")
def office(stage: Stage) -> Iterator[Centre]:
    office = stage.office
    office.prepare()
    office.serve()
    yield office
    office.stop()


def test_it_follows_the_chain_and_says_what_it_is(stage: Stage, office: Centre) -> None:
    _, report = fetch(f"{office.url}/readyz")
    assert (report["role"], report["province"]) == ("observer", None)
    block = stage.block()
    office.run("index", "follow", "--once")
    assert office.run("index", "status", "--json").json["index"]["block"] >= block


def test_it_has_manifests_like_any_other_and_attests_none(stage: Stage, office: Centre) -> None:
    shanghai, jiangsu = stage.centres[SHANGHAI], stage.centres[JIANGSU]
    shanghai.serve()
    jiangsu.serve()  # what Jiangsu issued in other tests, nobody else may have yet
    try:
        roster = fresh_roster(shanghai, office.folder, 20, 71)
        shanghai.run("issue", str(roster), "--yes", "--wait")
        office.wait_until_indexed(stage.block())
        leaf = shanghai.run("export", "--roster", str(roster), "--out", str(office.folder / "c"), "--json")
        assert leaf.code == 0
        paper = next((office.folder / "c").glob("*.huren.json"))
        assert office.run("verify", str(paper), "--json").json["verdict"] == "valid"
        told = office.run("audit", "trace", str(paper), "--json").json
        assert told["known"]
        assert "Anchored" in [event["event"] for event in told["events"]]
        attested = [event for event in told["events"] if event["event"] == "Attested"]
        assert all(event["fields"]["province"] in stage.centres for event in attested)
        assert office.run("index", "status", "--json").json["outbox"]["queued"] == 0
    finally:
        jiangsu.stop()
        shanghai.stop()


@pytest.mark.parametrize("words", REFUSED, ids=lambda words: " ".join(words[:2]))
def test_whatever_needs_a_key_is_refused_in_one_sentence(office: Centre, words: tuple[str, ...]) -> None:
    done = office.run(*words, "--json", ok=(2,))
    assert done.json["error"]["code"] == "keys.observer", done.stdout
    assert "acts for nobody" in done.json["error"]["en"]


def test_there_is_no_key_file_anywhere(office: Centre) -> None:
    assert [path for path in office.folder.rglob("*") if "key" in path.name] == []
    assert "[keys]" not in office.config.read_text()
