"""An officer's desk as the commands use it: many decisions, one opening of keys, each told by itself."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer

from gateway.cli import console
from gateway.cli.acting import table
from gateway.cli.agreement_report import plain
from gateway.cli.transfer_common import credits_text
from gateway.domain.credits import read_credits
from gateway.domain.errors import HurenError, cause_of
from gateway.domain.hashing import hex0x
from gateway.keys.secrets import Purpose
from gateway.ledger.errors import ChainUnavailable
from gateway.ledger.reader import institution_text
from gateway.recognition.acts import RecognitionActs
from gateway.recognition.transfer_decision import Desk, enrolment_of
from gateway.recognition.transfer_values import Ref
from node.client.errors import NodeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.bootstrap import Gateway
    from gateway.domain.verdict import Verdict
    from gateway.recognition.transfer_chain import TransferBook
    from gateway.recognition.transfer_values import Request, Return

COLUMNS: Final = ("transfer", "student")
MORE: Final = ("credits", "presentation")


class PresentationUnreadable(HurenError):
    """A certificate file that was to be shown cannot be read."""

    code = "transfer.presentation_file"
    zh = "无法读取出示的证书文件 {value}（{why}）"
    en = "the certificate file {value} cannot be read ({why})"
    hint_zh = "路径相对于 CSV 所在的文件夹"
    hint_en = "the path is relative to the folder of the CSV"


@dataclass(frozen=True, slots=True)
class Wish:
    """One award that is wanted: what the officer typed, or a row of the file."""

    ref: str
    student: str
    amount: str | None = None
    presentation: Path | None = None


@dataclass(slots=True)
class Case:
    """A request on the desk, and what became of it."""

    ref: str
    request: Request | None = None
    amount: int = 0
    enrolment: bytes = b""
    presentation: bytes | None = field(default=None, repr=False)
    verdict: Verdict | None = None
    block: int | None = None
    problem: HurenError | None = None

    def to_json(self) -> dict[str, Any]:
        """The form that --json shows."""
        told: dict[str, Any] = {"transfer": self.ref, "block": self.block}
        if self.verdict is not None:
            told |= {"verdict": self.verdict.kind.value, "awarded": credits_text(self.amount)}
            told["enrolment"] = hex0x(self.enrolment)
        return told | {"problem": None if self.problem is None else self.problem.to_json()}


class Office:
    """Decides with an officer's key; a refusal stays with its case and stops no other."""

    def __init__(self, gateway: Gateway, officer: str | None) -> None:
        """Decide as the officer with that label; by default the institution's first."""
        self._gateway = gateway
        self._officer = officer
        self._desks: dict[bytes, Desk] = {}

    def examined(self, wish: Wish, book: TransferBook) -> Case:
        """A request, its credential verified, its award and enrolment made ready."""
        case = Case(wish.ref)
        try:
            request = case.request = book.find(Ref.read(wish.ref))
            case.amount = request.quoted if wish.amount is None else read_credits(wish.amount)
            case.presentation = _shown(wish.presentation)
            case.verdict = self._desk(request).verify(request, case.presentation)
            details = request.details
            case.enrolment = enrolment_of(self._key, details.target_institution, wish.student, details.programme)
        except (HurenError, NodeError) as error:
            case.problem = _problem(error)
        return case

    def award(self, case: Case) -> None:
        """Award the credits of an examined case."""
        if case.request is None:
            return
        try:
            case.block = self._desk(case.request).award(case.request, case.enrolment, case.amount)
        except (HurenError, NodeError) as error:
            case.problem = _problem(error)

    def reject(self, case: Case, why: Return, explanation: bytes) -> None:
        """Send a request back."""
        if case.request is None:
            return
        try:
            case.block = self._desk(case.request).reject(case.request, why, explanation)
        except (HurenError, NodeError) as error:
            case.problem = _problem(error)

    @cached_property
    def _key(self) -> bytes:
        return self._gateway.keys.master().derive(Purpose.ENROLMENTS)

    def _desk(self, request: Request) -> Desk:
        institution = request.details.target_institution
        if institution not in self._desks:
            account = self._gateway.keys.officer_account(institution_text(institution), self._officer)
            acts = RecognitionActs(self._gateway.rpc, self._gateway.calls, [account])
            self._desks[institution] = Desk(acts, self._gateway.verifier)
        return self._desks[institution]


def _shown(path: Path | None) -> bytes | None:
    try:
        return None if path is None else path.read_bytes()
    except (OSError, ValueError) as error:
        raise PresentationUnreadable(str(path), why=getattr(error, "strerror", None) or str(error)) from None


def _problem(error: HurenError | NodeError) -> HurenError:
    """What stopped one case, the node's own troubles included: what was awarded before stays told."""
    return error if isinstance(error, HurenError) else ChainUnavailable(cause_of(error))


def read_wishes(file: Path) -> list[Wish]:
    """The rows of a CSV with the columns transfer and student, and perhaps credits and presentation (a path).

    Raises:
        typer.BadParameter: other columns, or no text in UTF-8.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            rows = list(csv.DictReader(text))
    except (UnicodeDecodeError, csv.Error) as error:
        raise typer.BadParameter(f"{file}: {error}", param_hint="--file") from None
    columns = list(rows[0]) if rows else []
    if not set(COLUMNS) <= set(columns) <= {*COLUMNS, *MORE}:
        raise typer.BadParameter(f"{file}: {', '.join(map(str, columns))}", param_hint="--file")
    return [
        Wish(
            row["transfer"] or "",
            row["student"] or "",
            row.get("credits") or None,
            file.parent / row["presentation"] if row.get("presentation") else None,
        )
        for row in rows
    ]


def decisions_table(cases: Sequence[Case]) -> Any:  # noqa: ANN401 - a rich table
    """What is about to be awarded, and what is not."""
    rows = table("转换 / transfer", "核验 / verified", "授予 / awards")
    for case in cases:
        if case.problem is not None or case.verdict is None:
            wrong = case.problem
            said = "" if wrong is None else console.say(wrong.message("zh"), wrong.message("en"))
            rows.add_row(plain(case.ref), plain(f"✗ {said}"), "—")
        else:
            kind = case.verdict.kind
            rows.add_row(case.ref, console.say(kind.zh, kind.en), credits_text(case.amount))
    return rows
