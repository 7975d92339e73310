"""``huren key``: the keys this centre holds. Passphrases come from the files named in the settings, or a prompt."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Column, Table

from gateway.cli import console, key_report
from gateway.cli.context import ConfigOption, opened
from gateway.domain.did_key import public_key_of
from gateway.domain.identifiers import Uscc
from gateway.keys.opening import initialise

if TYPE_CHECKING:
    from rich.console import Console

    from gateway.keys.ring import KeyRing

Institution = Annotated[
    str, typer.Argument(help="统一社会信用代码 / the institution's unified social credit code", metavar="USCC")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    keys = typer.Typer(help="本中心的密钥 / this centre's keys", no_args_is_help=True, rich_markup_mode=None)
    keys.command("init", help="生成主密钥与假名密钥 / make the master key and the pseudonym key, once")(init)
    keys.command("list", help="列出密钥，不解锁 / list the keys; none is opened")(list_keys)
    keys.command("issuing", help="为机构生成签发密钥 / make an issuing key for an institution")(issuing)
    keys.command("agreement", help="为机构生成通信密钥 / make a key that letters to an institution are sealed to")(
        agreement
    )
    keys.command("use", help="改用另一把签发密钥 / sign with another of the institution's keys from now on")(use)
    keys.command("officer", help="为机构生成经办人密钥 / make an approval key for an officer")(officer)
    key_report.register(keys)
    app.add_typer(keys, name="key")


def init(config: ConfigOption = None, as_json: console.JsonFlag = False) -> None:
    """Make what is lacking; what is there stays as it is."""
    with opened(config) as gateway:
        made = initialise(gateway.keys, now=int(time.time()))
    console.emit(
        {"made": made},
        as_json=as_json,
        text=lambda out: out.print(console.say("已生成", "made"), ", ".join(made) or "—"),
    )


def list_keys(config: ConfigOption = None, as_json: console.JsonFlag = False) -> None:
    """List issuing keys and officers by institution."""
    with opened(config) as gateway:
        payload = _listing(gateway.keys)
    console.emit(payload, as_json=as_json, text=lambda out: _show(payload, out))


def issuing(institution: Institution, config: ConfigOption = None, as_json: console.JsonFlag = False) -> None:
    """Make an Ed25519 key; the first one signs at once, a later one when told to (huren key use)."""
    uscc = Uscc(institution).text
    with opened(config) as gateway:
        key = gateway.keys.create_issuing_key(uscc, now=int(time.time()))
    payload = {"institution": uscc, "publicKey": key.public_key, "did": key.did, "current": key.current}
    console.emit(payload, as_json=as_json, text=lambda out: out.print(f"{key.did}  0x{key.public_key.hex()}"))


def agreement(institution: Institution, config: ConfigOption = None, as_json: console.JsonFlag = False) -> None:
    """Make an X25519 key; register it (huren institution key add --for agreement) so that others seal to it."""
    uscc = Uscc(institution).text
    with opened(config) as gateway:
        key = gateway.keys.agreement.create(uscc, now=int(time.time()))
    payload = {"institution": uscc, "publicKey": key.public_key}
    console.emit(payload, as_json=as_json, text=lambda out: out.print(f"{uscc}  0x{key.public_key.hex()}"))


def use(
    institution: Institution,
    did: Annotated[str, typer.Argument(help="密钥 did:key:z6Mk… / the key, did:key:z6Mk…", metavar="DID")],
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Sign with this key from now on; register it on the chain first (huren institution key)."""
    uscc = Uscc(institution).text
    with opened(config) as gateway:
        gateway.keys.use_issuing_key(uscc, public_key_of(did))
    payload = {"institution": uscc, "did": did, "current": True}
    console.emit(payload, as_json=as_json, text=lambda out: out.print(console.say("已启用", "in use"), did))


def officer(
    institution: Institution,
    label: Annotated[str, typer.Argument(help="名称：小写字母、数字、连字符 / a label: a-z, 0-9, -")] = "officer-1",
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Make an approval key; the institution's accreditation or a later binding act names its address."""
    uscc = Uscc(institution).text
    with opened(config) as gateway:
        made = gateway.keys.create_officer(uscc, label)
    payload = {"institution": uscc, "label": made.label, "address": made.address}
    console.emit(payload, as_json=as_json, text=lambda out: out.print(f"{made.label}  {made.address}"))


def _listing(keys: KeyRing) -> dict[str, object]:
    return {
        "institutions": [
            {
                "institution": institution,
                "issuing": [
                    {"did": key.did, "publicKey": key.public_key, "created": key.created, "current": key.current}
                    for key in keys.issuing_keys(institution)
                ],
                "agreement": [
                    {"publicKey": key.public_key, "created": key.created} for key in keys.agreement.of(institution)
                ],
                "officers": [{"label": one.label, "address": one.address} for one in keys.officers(institution)],
            }
            for institution in sorted({*keys.institutions(), *keys.agreement.institutions()})
        ]
    }


def _show(payload: dict[str, object], out: Console) -> None:
    table = Table("机构 / institution", "用途 / for", Column("密钥 / key", overflow="fold"), "")
    institutions = payload["institutions"]
    assert isinstance(institutions, list)  # noqa: S101 - made above
    for one in institutions:
        for key in one["issuing"]:
            table.add_row(one["institution"], "签发 / issuing", key["did"], "●" if key["current"] else "")
        for key in one["agreement"]:
            table.add_row(one["institution"], "通信 / agreement", f"0x{key['publicKey'].hex()}", "")
        for person in one["officers"]:
            table.add_row(one["institution"], f"批准 / approval ({person['label']})", person["address"], "")
    out.print(table)
