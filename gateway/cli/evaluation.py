"""``huren evaluation``: a panel of experts finds what an outcome is worth, from its opening to its closing.

Exit codes: 0 done; 2 it could not be done or checked; 64 usage.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Final

import typer

from gateway.cli import acting, console, evaluation_dossier, evaluation_views
from gateway.cli.acting import Hands, InstitutionArgument, binding, once, twice
from gateway.cli.context import opened
from gateway.cli.evaluation_common import EvaluationArgument, book_of, read_option, records_of
from gateway.domain.civil_time import DAY
from gateway.domain.claims import OutcomeCode
from gateway.domain.credits import as_decimal, read_credits
from gateway.domain.hashing import hex0x, sha256
from gateway.domain.identifiers import Uscc
from gateway.recognition.agreements import units
from gateway.recognition.evaluations.chain import EVALUATIONS
from gateway.recognition.evaluations.dossier import dossier_digest, new_salt, usable_key
from gateway.recognition.evaluations.json import finding_json
from gateway.recognition.evaluations.records import DossierRecord
from gateway.recognition.evaluations.values import Phase
from node.client.hands import YesOption

HELP: Final = "成果评估：发起、提名专家、发表意见、结束 / evaluations: open, nominate, opine, close"
_SLACK: Final = 3_600
"""Seconds on top of the days for nominations: the contract counts from the block in which the call is mined."""
_MONTH: Final = re.compile(r"(19[7-9]\d|[2-9]\d{3})-(0[1-9]|1[0-2])\Z")
_ADDRESS: Final = re.compile(r"0x[0-9a-f]{40}\Z")


class NotAMonth(units.UnitError):
    """Not a month of the calendar from 1970 on."""

    code = "evaluation.month"
    zh = "“{value}”不是月份"
    en = "{value!r} is no month"
    hint_zh = "请写作 2020-01"
    hint_en = "write it like 2020-01"


class NotAnAddress(units.UnitError):
    """Not the address of an account."""

    code = "evaluation.address"
    zh = "“{value}”不是账户地址"
    en = "{value!r} is no account's address"
    hint_zh = "应为 0x 加 40 位十六进制（huren evaluation expert）"
    hint_en = "it is 0x and 40 hexadecimal digits (huren evaluation expert)"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help=HELP, no_args_is_help=True, rich_markup_mode=None)
    group.command("open", help="发起成果评估（两个账户） / open the evaluation of an outcome; two accounts")(
        binding(open_evaluation)
    )
    group.command("nominate", help="提名本省专家（两个账户） / nominate an expert of the province; two accounts")(
        binding(nominate)
    )
    group.command("opine", help="专家发表意见 / give an expert's one opinion")(binding(opine))
    group.command("close", help="结束评估，得出结论 / close an evaluation: what was found")(binding(close))
    evaluation_views.register(group)
    evaluation_dossier.register(group)
    app.add_typer(group, name="evaluation")


def open_evaluation(
    hands: Hands,
    institution: InstitutionArgument,
    outcome: Annotated[str, typer.Argument(help="成果编码 / the outcome's code", metavar="OUTCOME")],
    dossier: Annotated[
        Path,
        typer.Option(
            "--dossier",
            help="申报材料；链上只留加盐摘要 / the dossier, of which the chain keeps a salted digest",
            metavar="FILE",
            exists=True,
            dir_okay=False,
        ),
    ],
    target: Annotated[
        list[str],
        typer.Option("--target", help="拟认可的省份，可多次给出 / a province that is to recognise it; repeat it"),
    ],
    awarded_from: Annotated[
        str, typer.Option("--awarded-from", help="首个授予月份 / first month of award", metavar="YYYY-MM")
    ],
    awarded_to: Annotated[
        str, typer.Option("--awarded-to", help="最后授予月份（含） / last month of award, included", metavar="YYYY-MM")
    ],
    category: Annotated[
        str, typer.Option("--category", help="类别 / category: academic, vocational, culture")
    ] = "vocational",
    seats: Annotated[
        int,
        typer.Option(
            "--seats",
            min=5,
            max=15,
            help="专家席位；6、7、9、12 席时一省不能独自否决 / seats; of 6, 7, 9 or 12 no single province can block",
        ),
    ] = 5,
    nomination_days: Annotated[
        int, typer.Option("--nomination-days", min=7, max=179, help="提名期限（天） / days for nominations")
    ] = 30,
    opinion_days: Annotated[
        int, typer.Option("--opinion-days", min=7, max=179, help="此后意见期限（天） / days for opinions after that")
    ] = 60,
    yes: YesOption = False,
) -> None:
    """Open: the outcome waits for its panel; the dossier is sealed once that is complete (huren evaluation seal)."""
    uscc, code = Uscc(institution), OutcomeCode.read(outcome)
    months = (
        read_option("--awarded-from", awarded_from, _month),
        read_option("--awarded-to", awarded_to, _month) + 1,
    )
    kind = read_option("--category", category, units.category)
    targets = sorted({read_option("--target", one, units.province) for one in target})
    salt, file = new_salt(), dossier.read_bytes()
    digest = dossier_digest(salt, file)
    with opened(hands.config) as gateway:
        gateway.codes.learn([code.text])
        book = book_of(gateway)
        evaluation = book.next_id(uscc.text, code.word)
        nominations = book.block.time + nomination_days * DAY + _SLACK
        subject = (
            uscc.word,
            code.word,
            kind,
            *months,
            seats,
            targets,
            nominations,
            nominations + opinion_days * DAY,
            digest,
        )
        console.confirmed(
            yes,
            f"发起对 {uscc.text} {code.text} 的评估？{seats} 席，拟认可：{'、'.join(map(str, targets))}；不可撤回",
            f"Open the evaluation of {uscc.text} {code.text}? {seats} seats, to be recognised by {targets}; for good",
            as_json=hands.as_json,
        )
        records_of(gateway).keep(digest, DossierRecord(code.text, salt, dossier.name))
        block = twice(gateway, hands, EVALUATIONS, "open", subject)
    acting.report("evaluation", hex0x(evaluation), "opened", ("已发起评估", "opened"), block, hands, dossier=digest)


def nominate(
    hands: Hands,
    evaluation: EvaluationArgument,
    expert: Annotated[str, typer.Option("--expert", help="专家账户地址 / the expert's account", metavar="ADDRESS")],
    key: Annotated[str, typer.Option("--key", help="专家加密公钥（X25519） / the expert's X25519 key", metavar="KEY")],
    yes: YesOption = False,
) -> None:
    """Nominate: seats an expert of the province. Both values come from the expert (huren evaluation expert)."""
    account = read_option("--expert", expert, _address)
    public = usable_key(read_option("--key", key, units.identity))
    with opened(hands.config) as gateway:
        found = book_of(gateway).find(evaluation)
        console.confirmed(
            yes,
            f"提名 {account} 为 {evaluation} 的专家？不可更换",
            f"Nominate {account} for {evaluation}? The seat is not given again",
            as_json=hands.as_json,
        )
        block = twice(gateway, hands, EVALUATIONS, "nominate", found.evaluation, account, public)
        taken = len(book_of(gateway).progress(found.evaluation).panel)
    words = (f"已提名（{taken}/{found.seats} 席）", f"nominated ({taken} of {found.seats} seats)")
    acting.report(
        "evaluation",
        hex0x(found.evaluation),
        "nominated",
        words,
        block,
        hands,
        expert=account,
        taken=taken,
        seats=found.seats,
    )


def opine(
    hands: Hands,
    evaluation: EvaluationArgument,
    report: Annotated[
        Path,
        typer.Option(
            "--report",
            help="评审报告；链上只留 SHA-256 / the expert's report, of which the chain keeps the SHA-256",
            metavar="FILE",
            exists=True,
            dir_okay=False,
        ),
    ],
    favourable: Annotated[
        bool, typer.Option("--favourable/--unfavourable", help="赞成或反对 / in favour or against", show_default=False)
    ],
    level: Annotated[
        int | None, typer.Option("--level", min=1, max=10, help="赞成时：等级 / in favour: the level, 1 to 10")
    ] = None,
    credit: Annotated[
        str | None, typer.Option("--credits", help="赞成时：学分 / in favour: the credits", metavar="CREDITS")
    ] = None,
    yes: YesOption = False,
) -> None:
    """Opine, with the expert's own account: once, and for good."""
    if (level is not None, credit is not None) != (favourable, favourable):
        raise typer.BadParameter(
            "赞成须同时给出等级与学分，反对则都不给 / in favour: level and credits; against: neither",
            param_hint="--level, --credits",
        )
    hundredths = 0 if credit is None else read_credits(credit)
    digest = sha256(report.read_bytes())
    with opened(hands.config) as gateway:
        book = book_of(gateway)
        found = book.find(evaluation)
        book.require(found.evaluation, Phase.OPINING)
        opinion = (found.evaluation, favourable, level or 0, hundredths, digest)
        worth = f"{level}, {as_decimal(hundredths)}" if favourable else "—"
        console.confirmed(
            yes,
            f"就 {evaluation} 发表{'赞成' if favourable else '反对'}意见（等级、学分：{worth}）？每人一次，不可更改",
            f"Say {'yes' if favourable else 'no'} to {evaluation} (level, credits: {worth})? Once, and for good",
            as_json=hands.as_json,
        )
        block = once(gateway, hands, EVALUATIONS, "opine", *opinion)
    words = (
        ("已发表赞成意见", "opinion given: in favour") if favourable else ("已发表反对意见", "opinion given: against")
    )
    acting.report(
        "evaluation", hex0x(found.evaluation), "opined", words, block, hands, favourable=favourable, report=digest
    )


def close(hands: Hands, evaluation: EvaluationArgument) -> None:
    """Close, by any member, once all opinions are there or their time is over."""
    with opened(hands.config) as gateway:
        book = book_of(gateway)
        found = book.find(evaluation)
        book.require(found.evaluation, Phase.DUE)
        block = once(gateway, hands, EVALUATIONS, "close", found.evaluation)
        progress = book_of(gateway).progress(found.evaluation)
    finding = evaluation_views.finding(progress)
    words = (f"已结束：{finding.zh}", f"closed: {finding.en}")
    acting.report("evaluation", hex0x(found.evaluation), "closed", words, block, hands, **finding_json(progress))


def _month(text: str) -> int:
    """Months since 1970-01."""
    match = _MONTH.match(units.plain(text))
    if match is None:
        raise NotAMonth(text)
    return (int(match[1]) - 1970) * 12 + int(match[2]) - 1


def _address(text: str) -> str:
    clean = units.plain(text)
    if _ADDRESS.match(clean) is None:
        raise NotAnAddress(text)
    return clean
