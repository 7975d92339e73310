"""A verdict of the mutation run holds exactly as long as what it was reached on is the same."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import mutation_report
import pytest
from mutants import Mutant
from mutation_history import MOST, History
from mutation_sources import Sources, Stage
from mutation_verdicts import Present, Verdict, Verdicts

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "pragma solidity 0.8.30;\n"
SOURCES = {
    "contracts/A.sol": HEAD + 'import {L} from "./libraries/L.sol";\ncontract A {}\n',
    "contracts/B.sol": HEAD + 'import {L} from "./libraries/L.sol";\ncontract B {}\n',
    "contracts/C.sol": HEAD + "contract C {}\n",
    "contracts/libraries/L.sol": HEAD + "library L {}\n",
    "contracts/libraries/Unused.sol": HEAD + "library Unused {}\n",
}
TESTS = {
    "A.t.sol": 'import {A} from "../../contracts/A.sol";\ncontract T { function test_a() public {} }\n',
    "L.t.sol": 'import {L} from "../../contracts/libraries/L.sol";\ncontract U { function test_l() public {} }\n',
}
PRINTS = {"A": "aa", "B": "bb", "C": "cc"}


def mutant(file: str, ident: str = "0123456789ab", **changed: object) -> Mutant:
    made = Mutant(ident, file, "f", "body", 3, "literal", 0, 1, "1", "2")
    return replace(made, **changed)  # type: ignore[arg-type]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tests = tmp_path / "hardhat-config" / "forge"
    tests.mkdir(parents=True)
    for name, text in TESTS.items():
        (tests / name).write_text(text, encoding="utf-8")
    return tests


def present(folder: Path, texts: dict[str, str] | None = None, **prints: str) -> Present:
    texts = SOURCES if texts is None else texts
    return Present(Sources(texts, [], root=folder.parent.parent), PRINTS | prints, folder)


def test_sources_know_which_contract_and_which_harness_a_source_is_part_of(folder: Path) -> None:
    sources = Sources(SOURCES, [], root=folder.parent.parent)
    assert sources.deployables == ["contracts/A.sol", "contracts/B.sol", "contracts/C.sol"]
    assert sources.deployables_of("contracts/libraries/L.sol") == ["contracts/A.sol", "contracts/B.sol"]
    assert sources.harnesses_of("contracts/libraries/L.sol") == ["hardhat-config/forge/L.t.sol"]
    assert sources.harnesses_of("contracts/A.sol") == []  # a test that deploys is no harness
    assert sources.tests_of(["contracts/B.sol"]) == []
    assert sources.defining("test_l") == {"hardhat-config/forge/L.t.sol"}
    assert sources.stages_of("contracts/libraries/L.sol") == [
        Stage(["hardhat-config/forge/L.t.sol"], ["hardhat-config/forge/L.t.sol"]),
        Stage(["contracts/A.sol"], ["hardhat-config/forge/A.t.sol"]),
        Stage(["contracts/B.sol"], []),
    ]
    assert sources.stages_of("contracts/C.sol") == [Stage(["contracts/C.sol"], [])]
    assert sources.stages_of("contracts/libraries/Unused.sol") == []
    assert sources.tests_of(["contracts/A.sol"]) == ["hardhat-config/forge/A.t.sol"]
    assert sources.tests_of(["hardhat-config/forge/L.t.sol"]) == ["hardhat-config/forge/L.t.sol"]
    assert sources.deployed_by("test_a") == ["contracts/A.sol"]
    assert sources.deployed_by("test_l") == []
    assert sources.deployed_by("test_nobody_knows") == sources.deployables


def test_a_kill_holds_while_the_contracts_it_was_seen_in_are_the_same(folder: Path) -> None:
    one = mutant("contracts/libraries/L.sol")
    killed = Verdict("killed", {"A": "aa"}, "test_a")
    assert present(folder).holds(one, killed, excused=False)
    assert present(folder, B="other", C="other").holds(one, killed, excused=False)
    assert not present(folder, A="other").holds(one, killed, excused=False)


def test_a_kill_holds_while_the_test_that_failed_is_there(folder: Path) -> None:
    one = mutant("contracts/libraries/L.sol")
    assert not present(folder).holds(one, Verdict("killed", {"A": "aa"}, "test_gone"), excused=False)
    assert present(folder).holds(one, Verdict("killed", {"A": "aa"}, "setUp"), excused=False)
    assert present(folder).holds(one, Verdict("killed", {"A": "aa"}, "timeout"), excused=False)


def test_a_kill_by_a_harness_holds_while_the_function_reads_the_same(folder: Path) -> None:
    one = mutant("contracts/libraries/L.sol")
    killed = Verdict("killed", present(folder).part(one, []), "test_l")
    assert present(folder, A="other", B="other").holds(one, killed, excused=False)
    assert not present(folder).holds(replace(one, body="another body"), killed, excused=False)


@pytest.mark.parametrize("outcome", ["survived", "equivalent"])
def test_what_nothing_refused_is_undone_by_any_contract_or_harness_more(folder: Path, outcome: str) -> None:
    one = mutant("contracts/libraries/L.sol")
    detail = present(folder).tests if outcome == "survived" else ""
    verdict = Verdict(outcome, present(folder).whole(one), detail)
    assert present(folder).holds(one, verdict, excused=False)
    assert present(folder, C="other").holds(one, verdict, excused=False)
    assert not present(folder, B="other").holds(one, verdict, excused=False)
    grown = SOURCES | {"contracts/D.sol": SOURCES["contracts/A.sol"].replace("contract A", "contract D")}
    assert not present(folder, grown, D="dd").holds(one, verdict, excused=True)
    (folder / "M.t.sol").write_text(TESTS["L.t.sol"], encoding="utf-8")
    assert not present(folder).holds(one, verdict, excused=True)


def test_a_survivor_is_examined_again_when_a_test_changed_unless_a_reason_is_given(folder: Path) -> None:
    one = mutant("contracts/A.sol")
    survived = Verdict("survived", {"A": "aa"}, present(folder).tests)
    (folder / "A.t.sol").write_text(TESTS["A.t.sol"] + "// more\n", encoding="utf-8")
    assert not present(folder).holds(one, survived, excused=False)
    assert present(folder).holds(one, survived, excused=True)


def test_what_no_contract_uses_stands_on_its_own_text(folder: Path) -> None:
    one = mutant("contracts/libraries/Unused.sol")
    verdict = Verdict("equivalent", present(folder).whole(one))
    assert verdict.basis == {"contracts/libraries/Unused.sol#f": "body"}
    assert not present(folder).holds(replace(one, body="another body"), verdict, excused=False)


def test_verdicts_come_back_as_they_were_kept_one_mutant_a_line(tmp_path: Path) -> None:
    path = tmp_path / "verdicts.json"
    verdicts = Verdicts(path)
    first, second = mutant("contracts/A.sol", "0" * 12), mutant("contracts/B.sol", "1" * 12)
    verdicts.put(second, Verdict("equivalent", {"B": "bb"}), "c0ffee+")
    verdicts.put(first, Verdict("killed", {"A": "aa"}, "test_a"), "c0ffee")
    verdicts.save()
    text = path.read_text(encoding="utf-8")
    assert sum("0" * 12 in line for line in text.splitlines()) == 1
    assert json.loads(text)["verdicts"]["contracts/A.sol"]["0" * 12].startswith("killed ")
    again = Verdicts(path)
    assert again.of(first.ident) == Verdict("killed", {"A": "aa"}, "test_a")
    assert again.of(second.ident) == Verdict("equivalent", {"B": "bb"})
    assert again.of("2" * 12) is None
    again.save()
    assert path.read_text(encoding="utf-8") == text


def test_a_basis_keeps_the_first_commit_that_is_sure(tmp_path: Path) -> None:
    verdicts = Verdicts(tmp_path / "verdicts.json")
    one = mutant("contracts/A.sol")
    verdicts.put(one, Verdict("killed", {"A": "aa"}, "test_a"), "c0ffee+")
    assert verdicts.commit_of(one.ident) == "c0ffee+"
    verdicts.confirm(one.ident, "decade")
    verdicts.confirm(one.ident, "facade")
    assert verdicts.commit_of(one.ident) == "decade"


def test_mutants_that_are_no_more_are_forgotten(tmp_path: Path) -> None:
    verdicts = Verdicts(tmp_path / "verdicts.json")
    one = mutant("contracts/A.sol")
    verdicts.put(one, Verdict("killed", {"A": "aa"}, "test_a"), "c0ffee")
    verdicts.forget_all_but(set())
    assert verdicts.of(one.ident) is None


def test_what_killed_a_mutant_before_comes_first_then_its_lines_its_functions_and_its_files() -> None:
    history = History()
    history.add(mutant("contracts/A.sol", "a", line=9), "test_function")
    history.add(mutant("contracts/A.sol", "b", line=3), "test_line")
    history.add(mutant("contracts/A.sol", "c", line=9, function="g"), "test_elsewhere")
    history.add(mutant("contracts/A.sol", "d", line=3), "setUp")
    history.add(mutant("contracts/A.sol", "e", line=3), "invariant_slow")
    assert history.of(mutant("contracts/A.sol", "new")) == ["test_line", "test_function", "test_elsewhere"]
    history.add(mutant("contracts/A.sol", "own", line=99), "invariant_own")
    assert history.of(mutant("contracts/A.sol", "own")) == [
        "invariant_own",
        "test_line",
        "test_function",
        "test_elsewhere",
    ]
    for number in range(2 * MOST):
        history.add(mutant("contracts/A.sol", f"n{number}"), f"test_{number}")
    assert len(history.of(mutant("contracts/A.sol", "new"))) == MOST


def test_the_report_names_commits_and_survivors_and_wants_a_reason_for_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    verdicts = Verdicts(tmp_path / "verdicts.json")
    several = [mutant("contracts/A.sol", f"{number:012}") for number in range(40)]
    for one in several:
        verdicts.put(one, Verdict("killed", {"A": "aa"}, "test_a"), "c0ffee")
    verdicts.put(several[7], Verdict("survived", {"A": "aa"}, "dd"), "c0ffee")
    path = tmp_path / "report.md"
    judged = {one.ident for one in several}
    assert not mutation_report.write_report(several, judged, verdicts, {}, path)
    assert f"no reason given: {several[7].ident} contracts/A.sol:3" in capsys.readouterr().out
    assert mutation_report.write_report(several, judged, verdicts, {several[7].ident: "the same law"}, path)
    report = path.read_text(encoding="utf-8")
    assert "40 mutants: 39 killed, **1 survived (2.5%)**" in report
    assert "| A | aa | c0ffee (40) |" in report
    assert f"| {several[7].ident} | contracts/A.sol:3 | literal: `1` → `2` | the same law |" in report
    for one in several[:3]:
        verdicts.put(one, Verdict("survived", {"A": "aa"}, "dd"), "c0ffee")
    excuses = {one.ident: "the same law" for one in several}
    assert not mutation_report.write_report(several, judged, verdicts, excuses, path)  # more than one in twenty
    assert "40 mutants, 4 survived (10.0%), 0 without a reason, 0 not judged" in capsys.readouterr().out


def test_the_report_names_what_is_not_judged_yet(tmp_path: Path) -> None:
    verdicts = Verdicts(tmp_path / "verdicts.json")
    first, second = mutant("contracts/A.sol", "a"), mutant("contracts/B.sol", "b")
    for one in (first, second):
        verdicts.put(one, Verdict("killed", {"A": "aa"}, "test_a"), "c0ffee")
    path = tmp_path / "report.md"
    assert mutation_report.write_report([first, second], {"a", "b"}, verdicts, {}, path)
    assert not mutation_report.write_report([first, second], {"a"}, verdicts, {}, path)
    report = path.read_text(encoding="utf-8")
    assert "1 mutants: 1 killed" in report
    assert "**Not judged yet: 1**" in report
    assert "| contracts/B.sol | 0 | 0 | 0 | 1 |" in report
