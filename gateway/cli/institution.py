"""``huren institution``: whom a province vouches for. Acts of two of its accounts; the chain holds them."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway.cli import console, institution_tenures, institution_views
from gateway.cli.acting import (
    Hands,
    InstitutionArgument,
    accounts_of,
    binding,
    perform,
    report,
)
from gateway.cli.context import ConfigOption, opened
from gateway.domain.credits import read_credits
from gateway.domain.crosswalk import CATEGORIES
from gateway.domain.identifiers import Uscc
from gateway.issuance.profiles import name_institution
from gateway.ledger.acts import ProvinceActs, Scope

CategoriesOption = Annotated[
    str,
    typer.Option("--categories", help="类别，逗号分隔 / categories, separated by commas: academic,vocational,culture"),
]
LevelOption = Annotated[int, typer.Option("--highest-level", min=1, max=10, help="最高等级 / highest level, 1 to 10")]
CreditsOption = Annotated[str, typer.Option("--most-credits", help="每项成果学分上限 / most credits of one outcome")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="机构：认证、审核人、密钥 / institutions: accreditation, officers, keys",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    group.command("accredit", help="认证机构及其首批审核人 / accredit an institution, with its first officers")(
        accredit
    )
    group.command("narrow", help="缩小认证范围 / make an accreditation's scope smaller")(narrow)
    group.command("suspend", help="暂停机构（一个账户即可） / suspend an institution; one account suffices")(suspend)
    group.command("resume", help="恢复机构 / end the suspension of an institution")(resume)
    group.command("withdraw", help="撤销认证 / withdraw the accreditation")(withdraw)
    group.command("name", help="登记机构名称（本中心） / note the institution's names, in this centre")(name)
    institution_tenures.register(group)
    institution_views.register(group)
    app.add_typer(group, name="institution")


@binding
def accredit(
    hands: Hands,
    institution: InstitutionArgument,
    categories: CategoriesOption = "academic,vocational,culture",
    highest_level: LevelOption = 10,
    most_credits: CreditsOption = "999.99",
    officer: Annotated[
        list[str] | None,
        typer.Option("--officer", help="首批审核人地址，默认为本地审核人 / first officers; by default those kept here"),
    ] = None,
    name_zh: Annotated[str | None, typer.Option("--name-zh", help="中文名称，用于签发 / Chinese name")] = None,
    name_en: Annotated[str | None, typer.Option("--name-en", help="英文名称 / English name")] = None,
) -> None:
    """Accredit an institution. Its first officers may approve batches at once."""
    uscc = Uscc(institution).text
    scope = _scope(categories, highest_level, most_credits)
    with opened(hands.config) as gateway:
        officers = officer or [one.address for one in gateway.keys.officers(uscc)]
        acts = ProvinceActs(gateway.rpc, gateway.calls, accounts_of(gateway, hands))
        if name_zh:  # first: where the act waits for a second account, the name is known already
            name_institution(gateway.database, uscc, name_zh, name_en or name_zh)
        block = acts.accredit(uscc, scope, officers)
        gateway.indexer(attesting=False).advance()
    report("institution", uscc, "accredited", ("已认证", "accredited"), block, hands, officers=officers)


@binding
def narrow(
    hands: Hands,
    institution: InstitutionArgument,
    categories: CategoriesOption,
    highest_level: LevelOption,
    most_credits: CreditsOption,
) -> None:
    """Make the scope smaller; it never grows."""
    scope = _scope(categories, highest_level, most_credits)
    perform(institution, "narrowed", ("已缩小范围", "narrowed"), lambda acts, uscc: acts.narrow(uscc, scope), hands)


@binding
def suspend(hands: Hands, institution: InstitutionArgument) -> None:
    """Suspend: nothing can be anchored for it until it is resumed."""
    perform(institution, "suspended", ("已暂停", "suspended"), ProvinceActs.suspend, hands)


@binding
def resume(hands: Hands, institution: InstitutionArgument) -> None:
    """End a suspension."""
    perform(institution, "resumed", ("已恢复", "resumed"), ProvinceActs.resume, hands)


@binding
def withdraw(hands: Hands, institution: InstitutionArgument) -> None:
    """Withdraw the accreditation; what was anchored under it stays judged by it."""
    perform(institution, "withdrawn", ("已撤销认证", "withdrawn"), ProvinceActs.withdraw, hands)


def name(
    institution: InstitutionArgument,
    name_zh: Annotated[str, typer.Option("--name-zh", help="中文名称 / Chinese name")],
    name_en: Annotated[str, typer.Option("--name-en", help="英文名称 / English name")],
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Note the names that credentials of the institution show."""
    uscc = Uscc(institution).text
    with opened(config) as gateway:
        name_institution(gateway.database, uscc, name_zh, name_en)
    payload = {"institution": uscc, "nameZh": name_zh, "nameEn": name_en}
    console.emit(payload, as_json=as_json, text=lambda out: out.print(f"{uscc}  {name_zh}  {name_en}"))


def _scope(categories: str, highest_level: int, most_credits: str) -> Scope:
    mask = 0
    for word in categories.split(","):
        number = CATEGORIES.get(word.strip())
        if number is None:
            raise typer.BadParameter(f"{word!r}: {', '.join(CATEGORIES)}", param_hint="--categories")
        mask |= 1 << number
    return Scope(mask, highest_level, read_credits(most_credits))
