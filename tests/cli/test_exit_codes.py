"""With what every command ends: 0 done, 1 no, 2 it could not be done, 64 the words of the call are off.

The error's class says it (decision 0245). The centre of these tests has no chain: a malformed value ends with 64 all
the same, because it is judged before anything is asked of anybody.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from typing import TYPE_CHECKING

import pytest
import typer

import gateway
from gateway.cli.main import COMMANDS, run
from gateway.domain import errors
from gateway.domain.errors import AGAINST, CANNOT, USAGE, HurenError
from node.client import terminal
from node.client.errors import Exit, NodeError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

OURS = "123300004700007891"
WRONG_CHECK = "123300004700007892"
HASH = "0x" + "ab" * 32
APPLY = ("--agreement", "0x12", "--rule", "1", "--to", OURS, "--programme", "P")
TABLE: list[tuple[int, str, *tuple[str, ...]]] = [
    (64, "account", "delete", "zero"),
    (1, "account", "delete", "999999", "--yes"),
    (1, "account", "delete", "1", "--json"),
    (64, "agreement", "show"),
    (64, "agreement", "check", "/nowhere.yaml"),
    (2, "agreement", "show", "0x12"),
    (64, "audit", "trace", "0x12"),
    (64, "audit", "note", "0x12"),
    (64, "audit", "transfers", "--out", "list.doc"),
    (64, "audit", "report", "--month", "2026-13", "--out", "x.json"),
    (64, "audit", "report", "--out", "x.pdf"),
    (2, "audit", "findings"),
    (64, "backup", "create", "x.backup"),
    (64, "backup", "create", "x.backup", "--to", "0x12"),
    (64, "evaluation", "open", OURS, "a b"),
    (64, "evaluation", "list", "--institution", WRONG_CHECK),
    (2, "evaluation", "show", HASH),
    (64, "export", "--out", "x", "--hash", "0x12"),
    (1, "export", "--out", "x", "--hash", HASH),
    (1, "export", "--out", "x", "--batch", "99"),
    (64, "find"),
    (1, "find", "--name", "NOBODY"),
    (64, "index", "follow", "--every", "often"),
    (2, "index", "follow", "--once"),
    (64, "institution", "show", WRONG_CHECK),
    (1, "institution", "show", OURS),
    (64, "institution", "key", "add", OURS, "0x12"),
    (64, "institution", "suspend", WRONG_CHECK),
    (64, "institution", "officer", "appoint", OURS, "0x" + "cd" * 20, "--from", "someday"),
    (0, "recover"),
    (64, "restore"),
    (64, "issue", "/nowhere.csv"),
    (64, "job", "list", "--limit", "0"),
    (1, "job", "show", "batch-99"),
    (0, "key", "init"),
    (64, "key", "issuing", WRONG_CHECK),
    (64, "options", "0x12"),
    (64, "options", "/nowhere.huren.json"),
    (64, "options", HASH, "--level", "3"),
    (64, "options", f"{OURS}/X", "--level", "11"),
    (64, "options", f"{OURS}/X", "--category", "other"),
    (64, "options", f"{OURS}/X", "--credits", "many"),
    (64, "options", f"{OURS}/X", "--grade", "A+"),
    (64, "options", f"{OURS}/X", "--awarded", "someday"),
    (2, "options", HASH),
    (64, "pending", "confirm", "0x12"),
    (2, "pending", "show", "0x12"),
    (64, "present", "/nowhere.json", "--show", "name"),
    (64, "programme", "declare", WRONG_CHECK, "P"),
    (64, "programme", "show", OURS, "a b"),
    (64, "revoke", HASH),
    (64, "reinstate", "--batch", "nonsense"),
    (64, "suspend", "--file", "/nowhere"),
    (2, "suspend", HASH),
    (64, "serve", "--port", "many"),
    (64, "restore"),
    (64, "backup", "verify"),
    (64, "recover", "--no-such"),
    (64, "trust", "--no-such"),
    (64, "documents", "status", "--no-such"),
    (64, "statement", "learner", "zero"),
    (64, "statement", "institution", WRONG_CHECK),
    (64, "statement", "institution", OURS, "--from", "2026-13"),
    (64, "statement", "institution", OURS, "--from", "2026-06", "--to", "2026-01"),
    (64, "statement", "centre", "Atlantis"),
    (64, "statement", "centre", "--to", "June"),
    (64, "statement", "export", "1", "--out", "."),
    (2, "statement", "centre"),
    (64, "supersede", "only-one"),
    (64, "token", "create", "--role", "king"),
    (64, "token", "create", "--role", "officer"),
    (64, "token", "create", "--role", "auditor", "--account", "1"),
    (64, "token", "create", "--role", "officer", "--institution", WRONG_CHECK),
    (64, "token", "create", "--role", "auditor", "--out", "/"),
    (1, "token", "create", "--role", "officer", "--institution", OURS),
    (1, "token", "create", "--role", "learner", "--account", "999999"),
    (1, "token", "revoke", "9"),
    (0, "token", "list"),
    (64, "transfer", "show", "1-2-3"),
    (64, "transfer", "cancel", "x", "--yes"),
    (64, "transfer", "reverse", "x", "--yes"),
    (64, "transfer", "reject", "x", "--yes"),
    (64, "transfer", "reject", "--institution", WRONG_CHECK),
    (64, "transfer", "reject", "310000-330000-1", "--reason", "dislike"),
    (64, "transfer", "accept", "310000-330000-1", "--credits", "many"),
    (64, "transfer", "expire", "x"),
    (64, "transfer", "inbox", "--institution", WRONG_CHECK),
    (64, "transfer", "retire", "0x12", "--reason", "void"),
    (64, "transfer", "request"),
    (64, "transfer", "confirm"),
    (2, "transfer", "request", HASH, "--consent-on-file", *APPLY),
    (2, "transfer", "show", "310000-330000-1"),
    (64, "trust", "show", "/nowhere.json"),
    (2, "trust", "export", "--out", "trust.json"),
    (64, "export", "0x12", "--out", "x", "--with-finality"),
    (1, "export", HASH, "--with-finality"),
    (64, "verify", "0x12"),
    (64, "verify", "/nowhere.json", "--offline"),
    (64, "verify", HASH, "--offline", "--trust", "trust.json"),
    (64, "verify", "/nowhere.json", "--offline", "--trust", "/nowhere.json"),
    (64, "verify", "/nowhere.json"),
    (2, "verify", HASH),
    (64, "webhook", "add", "ftp://bank.example/"),
    (64, "webhook", "add", "https://10.0.0.1/"),
    (64, "webhook", "add", "https://bank.example/", "--after", "yesterday"),
    (1, "webhook", "test", "9"),
    (1, "webhook", "remove", "9"),
    (0, "webhook", "list"),
]


@pytest.mark.parametrize(("code", "words"), [(row[0], row[1:]) for row in TABLE], ids=[" ".join(r[1:]) for r in TABLE])
def test_a_call_ends_with_what_its_error_means(
    code: int, words: tuple[str, ...], issued: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*words, "--config", str(issued / "gateway.toml")]) == code, capsys.readouterr().err


def test_every_family_of_commands_is_in_the_table() -> None:
    families = {command for commands in COMMANDS.values() for command in commands}
    assert {row[1] for row in TABLE} == families


# --- the classes


def _families(kind: type[HurenError]) -> list[type[HurenError]]:
    return [kind, *(deeper for child in kind.__subclasses__() for deeper in _families(child))]


for _module in pkgutil.walk_packages(gateway.__path__, "gateway."):
    if ".migrations." not in _module.name:
        importlib.import_module(_module.name)
KINDS = sorted(
    {kind for kind in _families(HurenError) if kind.__module__.startswith("gateway.")}, key=lambda one: one.__qualname__
)
NOT_THE_CALLS: set[str] = {
    "BlobNotFound",  # a store's, found missing while something else is done
    "ContractUnknown",  # of the chain
    "HostUnknown",  # to the machine's resolver, now
    "NotALeaf",  # a tree's, made here
    "NotAMember",  # an address that is none: nobody said it
    "NotAReader",  # sealed to somebody else
    "TokenMalformed",  # of a request over HTTP: nobody is let in
    "UnknownLeaf",
    "ValueUnknown",  # a word that a contract holds, of a newer release
    "LetterMalformed",  # what another centre sent: the answer to it is no
    "RowReason",
}
"""Classes whose name speaks of the malformed or unknown, and whose value no person gave with this call."""
OF_THE_CHAIN_OR_THE_DISK = re.compile(
    r"^(Rlp|Receipt|Header|Proof|Tree|Manifest|Leaves|Segment|Cid|KeyFile|Letter|StatusList|MalformedLeaves"
    r"|MalformedMultiproof|Column|Name|Hours|CertificateNumber|Yaml)"
)
FLAWS = ("row.", "agreement.", "yaml", "roster.column")
"""Findings on the lines of a file: a list of them is an answer, which is no."""


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__qualname__)
def test_every_class_says_one_of_the_three_codes(kind: type[HurenError]) -> None:
    assert kind.exit_code in {AGAINST, CANNOT, USAGE}


@pytest.mark.parametrize(
    "kind",
    [
        kind
        for kind in KINDS
        if re.search(
            r"Malformed|^Not(A|An)[A-Z]|^Unknown|^NoSuch|Unknown$|NotFound$|Backwards|OutOfRange|TooFine", kind.__name__
        )
        and not OF_THE_CHAIN_OR_THE_DISK.search(kind.__name__)
        and kind.__name__ not in NOT_THE_CALLS
    ],
    ids=lambda kind: kind.__qualname__,
)
def test_a_value_of_the_call_that_is_malformed_or_unknown_is_never_something_that_could_not_be_done(
    kind: type[HurenError],
) -> None:
    malformed = re.search(r"Malformed|^Not(A|An)[A-Z]|Backwards|OutOfRange|TooFine", kind.__name__)
    if malformed and not kind.code.startswith(FLAWS):
        assert kind.exit_code == USAGE
    else:
        assert kind.exit_code in {AGAINST, USAGE}


@pytest.mark.parametrize(
    "kind",
    [kind for kind in KINDS if isinstance(getattr(kind, "field", None), str)],
    ids=lambda kind: kind.__qualname__,
)
def test_what_names_a_field_is_the_callers_unless_it_says_that_it_could_not_be_checked(kind: type[HurenError]) -> None:
    waits = {"NotOnChain", "ApplicationUnreadable", "LetterNotThere", "LetterForOthers", "NobodyToSealTo",
             "CannotVerify", "DecisionUnderWay"}  # fmt: skip
    assert (kind.exit_code == CANNOT) == (kind.__name__ in waits)


@pytest.mark.parametrize("kind", [*KINDS, NodeError], ids=lambda kind: kind.__qualname__)
def test_the_one_place_ends_the_command_with_what_the_class_says(
    kind: type[Exception], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    error = NodeError("甲", "a") if kind is NodeError else HurenError("x")
    monkeypatch.setattr(type(error), "exit_code", kind.exit_code)  # type: ignore[attr-defined]
    assert _ended(error) == kind.exit_code  # type: ignore[attr-defined]
    assert "error:" in capsys.readouterr().err


def _ended(error: Exception) -> int:
    app = terminal.program("test", "试 / a test")

    @app.command()
    def stopped() -> None:
        raise error

    words: Sequence[str] = ["stopped"]
    return terminal.run(typer.main.get_command(app), words, "test", (HurenError, NodeError))


def test_the_domain_and_the_terminal_mean_the_same_numbers() -> None:
    assert (errors.AGAINST, errors.CANNOT, errors.USAGE) == (Exit.AGAINST, Exit.CANNOT, Exit.USAGE)
