"""``huren institution list`` and ``show``: what the index knows of institutions, with the block it holds for."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli import console
from gateway.cli.acting import InstitutionArgument, listed, table
from gateway.cli.context import ConfigOption, opened
from gateway.domain.credits import credits_text
from gateway.domain.crosswalk import CATEGORIES
from gateway.domain.did_key import did_of
from gateway.domain.errors import AGAINST, HurenError
from gateway.domain.identifiers import Uscc
from gateway.ledger.values import KeyKind, Standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from gateway.ledger.values import Accreditation, Tenure

_STANDINGS = {
    Standing.NONE: ("无", "none"),
    Standing.ACCREDITED: ("已认证", "accredited"),
    Standing.SUSPENDED: ("已暂停", "suspended"),
    Standing.WITHDRAWN: ("已撤销", "withdrawn"),
}
_BEIJING = dt.timezone(dt.timedelta(hours=8))


class UnknownInstitution(HurenError):
    """The index knows no accreditation of it."""

    code = "institution.unknown"
    exit_code = AGAINST
    zh = "索引中没有机构 {value}"
    en = "the index knows no institution {value}"
    hint_zh = "请核对代码，并确认索引已跟上（huren index status）"
    hint_en = "check the code, and that the index has caught up (huren index status)"


def register(group: typer.Typer) -> None:
    """Add the commands."""
    group.command("list", help="列出机构 / list institutions, from the index")(list_institutions)
    group.command("show", help="查看机构及其审核人、密钥 / show an institution, its officers and keys")(show)


def list_institutions(
    province: Annotated[
        int | None, typer.Option("--province", help="省份代码，默认全部 / province, by default all")
    ] = None,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """List institutions with their present accreditation."""
    with opened(config) as gateway:
        checked = gateway.index.checked()
        entries = [_entry(code, version) for code, version in gateway.index.institutions(province)]
    payload = {"block": None if checked is None else checked[0].number, "institutions": entries}
    console.emit(payload, as_json=as_json, text=lambda out: _table(entries, out))


def show(institution: InstitutionArgument, config: ConfigOption = None, as_json: console.JsonFlag = False) -> None:
    """Show one institution: accreditation, officers, keys."""
    uscc = Uscc(institution).text
    with opened(config) as gateway:
        checked = gateway.index.checked()
        found = dict(gateway.index.institutions()).get(uscc)
        if checked is None or found is None:
            raise UnknownInstitution(uscc)
        officers = [{"address": "0x" + who.hex(), **_tenure(life)} for who, life in gateway.index.officers_of(uscc)]
        keys = [
            {
                "key": "0x" + key.public_key.hex(),
                "did": did_of(key.public_key) if key.kind is KeyKind.SIGNING else None,
                "for": key.kind.name.lower(),
                **_tenure(key.tenure),
            }
            for key in gateway.index.keys_of(uscc)
        ]
    payload = {"block": checked[0].number, **_entry(uscc, found), "officers": officers, "keys": keys}
    console.emit(payload, as_json=as_json, text=lambda out: _sheet(payload, out))


def _entry(institution: str, version: Accreditation) -> dict[str, Any]:
    return {
        "institution": institution,
        "province": version.province,
        "standing": version.standing.name.lower(),
        "version": version.version,
        "categories": [word for word, bit in CATEGORIES.items() if version.categories >> bit & 1],
        "highestLevel": version.highest_level,
        "mostCredits": credits_text(version.most_credits),
        "since": _day(version.since),
    }


def _tenure(life: Tenure) -> dict[str, Any]:
    return {
        "validFrom": _day(life.valid_from),
        "retiredAt": _day(life.retired_at),
        "compromisedSince": _day(life.compromised_since),
    }


def _day(time: int) -> str | None:
    return dt.datetime.fromtimestamp(time, _BEIJING).isoformat() if time else None


def _standing(word: str) -> str:
    return console.say(*_STANDINGS[Standing[word.upper()]])


def _table(entries: Sequence[dict[str, Any]], out: Console) -> None:
    rows = table(
        "机构 / institution",
        "省份 / province",
        "状态 / standing",
        "类别 / categories",
        "等级 / level",
        "学分 / credits",
    )
    for one in entries:
        rows.add_row(
            one["institution"],
            str(one["province"]),
            _standing(one["standing"]),
            ", ".join(one["categories"]),
            f"≤ {one['highestLevel']}",
            f"≤ {one['mostCredits']}",
        )
    listed(rows, out, "索引中没有机构", "the index knows no institution")


def _sheet(payload: dict[str, Any], out: Console) -> None:
    _table([payload], out)
    rows = table("审核人、密钥 / officers, keys", "生效 / from", "停用 / until", "失信 / compromised")
    for one in [*payload["officers"], *payload["keys"]]:
        shown = one.get("did") or one.get("key") or one["address"]
        rows.add_row(shown, one["validFrom"], one["retiredAt"] or "—", one["compromisedSince"] or "—")
    out.print(rows)
