"""What an officer decides on, as the commands read it: options, a CSV, or a filter; and the officer's own key."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from gateway.cli import console
from gateway.cli.acting import table
from gateway.cli.agreement_report import plain
from gateway.domain.credits import credits_text, read_credits
from gateway.domain.errors import USAGE, HurenError
from gateway.domain.wire import read_hex
from gateway.ledger.reader import institution_text
from gateway.recognition.transfers.decisions import Accept
from gateway.recognition.transfers.errors import TransferProblem
from gateway.recognition.transfers.values import Ref
from node.client.hands import unlocked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eth_account.signers.local import LocalAccount

    from gateway.bootstrap import Gateway
    from gateway.recognition.transfers.decisions import Decided

OfficerOption = Annotated[
    str | None,
    typer.Option("--officer", help="审核人密钥的标签 / the label of the officer's key", metavar="LABEL"),
]
AccountOption = Annotated[
    Path | None,
    typer.Option(
        "--account",
        help="审核人自己的密钥文件（在其本人设备上） / the officer's own key file, on a device of theirs",
        metavar="FILE",
        exists=True,
        dir_okay=False,
    ),
]
AccountPassphraseOption = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file", help="该密钥的口令文件，默认询问 / its passphrase's file; by default you are asked"
    ),
]
COLUMNS: Final = ("transfer",)
MORE: Final = ("student", "enrolment", "credits", "presentation", "name")
"""`name` is for the officer who fills the file in (`huren transfer inbox --out`); nothing reads it."""


class PresentationUnreadable(TransferProblem):
    """A certificate file that was to be shown cannot be read."""

    code = "transfer.presentation_file"
    exit_code = USAGE
    field = "presentation"
    zh = "无法读取出示的证书文件 {value}（{why}）"
    en = "the certificate file {value} cannot be read ({why})"
    hint_zh = "路径相对于 CSV 所在的文件夹"
    hint_en = "the path is relative to the folder of the CSV"


class SeveralInstitutions(TransferProblem):
    """Decisions for more than one institution in one go: each has officers of its own."""

    code = "transfer.several_institutions"
    exit_code = USAGE
    field = "institution"
    zh = "这些申请属于不同的机构：{value}"
    en = "these requests go to different institutions: {value}"
    hint_zh = "请按机构分别办理（--institution）"
    hint_en = "decide for one institution at a time (--institution)"


class StudentMissing(TransferProblem):
    """A row of an officer's file that does not say for whom."""

    code = "transfer.student"
    exit_code = USAGE
    field = "student"
    zh = "第 {value} 行的 student 列为空"
    en = "the column `student` is empty in line {value}"
    hint_zh = "请填写学号，或在 enrolment 列填写其化名"
    hint_en = "write the student's number there, or the pseudonym into the column `enrolment`"


def officer_of(
    gateway: Gateway, cases: Sequence[Decided], label: str | None, account: Path | None, passphrase: Path | None
) -> LocalAccount:
    """The account that decides: the file that was given, or one of the institution's kept here.

    Raises:
        SeveralInstitutions: the cases have no institution in common.
        KeyringError, KeystoreError, PassphraseError: the key cannot be opened.
    """
    institutions = sorted({institution_text(case.opened.request.details.target_institution) for case in cases})
    if len(institutions) != 1:
        raise SeveralInstitutions(", ".join(institutions))
    if account is not None:
        [opened] = unlocked([account], None if passphrase is None else [passphrase])
        return opened
    return gateway.keys.officer_account(institutions[0], label)


def shown(path: Path | None) -> bytes | None:
    """The bytes of a presentation's file.

    Raises:
        PresentationUnreadable: it cannot be read.
    """
    try:
        return None if path is None else path.read_bytes()
    except (OSError, ValueError) as error:
        raise PresentationUnreadable(str(path), why=getattr(error, "strerror", None) or str(error)) from None


def read_wishes(file: Path) -> tuple[list[Accept], list[tuple[str, HurenError]]]:
    """The rows of a CSV: transfer and student (or enrolment), and perhaps credits and presentation (a path).

    Returns:
        The awards that are wanted, and by transfer what is wrong with other rows.

    Raises:
        typer.BadParameter: other columns, or no text in UTF-8.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            rows = list(csv.DictReader(text))
    except (UnicodeDecodeError, csv.Error) as error:
        raise typer.BadParameter(f"{file}: {error}", param_hint="--file") from None
    columns = list(rows[0]) if rows else []
    if not set(COLUMNS) <= set(columns) <= {*COLUMNS, *MORE} or not {"student", "enrolment"} & set(columns):
        raise typer.BadParameter(f"{file}: {', '.join(map(str, columns))}", param_hint="--file")
    wishes: list[Accept] = []
    wrong: list[tuple[str, HurenError]] = []
    for line, row in enumerate(rows, 2):
        name = row["transfer"] or ""
        try:
            wishes.append(_wish(row, file.parent, line))
        except HurenError as error:
            wrong.append((name, error))
    return wishes, wrong


def _wish(row: dict[str, Any], folder: Path, line: int) -> Accept:
    given = row.get("enrolment") or None
    if given is None and not (row.get("student") or "").strip():
        raise StudentMissing(line)
    return Accept(
        Ref.read(row["transfer"] or ""),
        student=row.get("student") or "",
        enrolment=None if given is None else read_hex(given, "enrolment"),
        amount=read_credits(row["credits"]) if row.get("credits") else None,
        shown=shown(folder / row["presentation"] if row.get("presentation") else None),
    )


def decisions_table(cases: Sequence[Decided], wrong: Sequence[tuple[str, HurenError]]) -> Any:  # noqa: ANN401 - a table
    """What is about to be decided, and what is not."""
    rows = table("转换 / transfer", "核验 / verified", "决定 / decision")
    for case in cases:
        verdict = case.opened.verdict
        said = "—" if verdict is None else console.say(verdict.kind.zh, verdict.kind.en)
        if case.problem is not None:
            why = console.say(case.problem.message("zh"), case.problem.message("en"))
            rows.add_row(str(case.ref), said, plain(f"✗ {why}"))
        elif case.act == "accept":
            gives = console.say(f"授予 {credits_text(case.amount)} 学分", f"{credits_text(case.amount)} credits")
            if case.opened.letter is None:
                gives += console.say("（无密信：未见同意书）", " (no letter: the consent was not seen)")
            rows.add_row(str(case.ref), said, gives)
        else:
            rows.add_row(str(case.ref), said, console.say(case.reason.zh, case.reason.en))
    for name, error in wrong:
        rows.add_row(plain(name), "—", plain(f"✗ {console.say(error.message('zh'), error.message('en'))}"))
    return rows
