"""``huren institution officer`` and ``key``: who approves for an institution, and which keys are its own."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.acting import (
    Hands,
    InstitutionArgument,
    binding,
    moment,
    perform,
)
from gateway.cli.context import opened
from gateway.domain.did_key import did_of, public_key_of
from gateway.domain.errors import USAGE, HurenError
from gateway.domain.hashing import hex0x
from gateway.domain.identifiers import Uscc
from gateway.keys.errors import NoAgreementKey
from gateway.ledger.values import KeyKind

if TYPE_CHECKING:
    from pathlib import Path

_KEY_BYTES = 32
OfficerArgument = Annotated[str, typer.Argument(help="审核人地址 0x… / the officer's address", metavar="ADDRESS")]
KeyArgument = Annotated[str, typer.Argument(help="did:key:z6Mk… 或 0x… / did:key or 64 hex digits", metavar="KEY")]
FromOption = Annotated[
    str | None, typer.Option("--from", help="生效时间，默认立即 / in force from (date or time); by default at once")
]
UntilOption = Annotated[
    str | None, typer.Option("--at", help="停用时间，默认立即 / until (date or time); by default until now")
]
SinceOption = Annotated[
    str | None,
    typer.Option("--since", help="自何时起不可信，默认现在 / not to be believed since; by default since now"),
]


class Purpose(enum.StrEnum):
    """What a key is for."""

    SIGNING = "signing"
    AGREEMENT = "agreement"


class NoIssuingKey(HurenError):
    """No key was named and none is kept here that signs for the institution."""

    code = "institution.no_key"
    zh = "本中心没有机构 {value} 的签发密钥"
    en = "no issuing key of {value} is kept here"
    hint_zh = "请先执行 huren key issuing，或给出公钥"
    hint_en = "make one (huren key issuing) or name the key"


class NotAKey(HurenError):
    """Neither a did:key nor 32 bytes in hexadecimal."""

    code = "institution.key"
    exit_code = USAGE
    zh = "“{value}”不是公钥"
    en = "{value!r} is no public key"
    hint_zh = "请给出 did:key:z6Mk… 或 64 位十六进制"
    hint_en = "give did:key:z6Mk… or 64 hexadecimal digits"


def register(group: typer.Typer) -> None:
    """Add the two groups of commands."""
    officers = typer.Typer(help="审核人 / officers, who approve batches", no_args_is_help=True, rich_markup_mode=None)
    officers.command("appoint", help="任命（三日后可批准） / appoint; may approve three days later")(appoint)
    officers.command("retire", help="卸任 / end an officer's tenure")(retire_officer)
    officers.command("report", help="报告账户失控 / say that an officer's account is compromised")(report_officer)
    group.add_typer(officers, name="officer")
    keys = typer.Typer(help="机构公钥 / the institution's public keys", no_args_is_help=True, rich_markup_mode=None)
    keys.command("add", help="公布密钥 / publish a key")(add_key)
    keys.command("retire", help="停用密钥 / end the use of a key")(retire_key)
    keys.command("report", help="报告密钥泄露 / say that a key is compromised")(report_key)
    group.add_typer(keys, name="key")


@binding
def appoint(hands: Hands, institution: InstitutionArgument, officer: OfficerArgument, since: FromOption = None) -> None:
    """Appoint one more officer."""
    begins = moment(since, "--from")
    words = ("已任命审核人", "officer appointed")
    perform(
        institution, "officerAppointed", words, lambda acts, uscc: acts.appoint_officer(uscc, officer, begins), hands
    )


@binding
def retire_officer(
    hands: Hands, institution: InstitutionArgument, officer: OfficerArgument, at: UntilOption = None
) -> None:
    """End an officer's tenure."""
    ends = moment(at, "--at")
    words = ("审核人已卸任", "officer retired")
    perform(institution, "officerRetired", words, lambda acts, uscc: acts.retire_officer(uscc, officer, ends), hands)


@binding
def report_officer(
    hands: Hands, institution: InstitutionArgument, officer: OfficerArgument, since: SinceOption = None
) -> None:
    """Say since when an officer's account is not to be believed."""
    lost = moment(since, "--since", _chain_time(hands.config))
    words = ("已报告审核人账户失控", "officer's account reported")
    perform(institution, "officerReported", words, lambda acts, uscc: acts.report_officer(uscc, officer, lost), hands)


@binding
def add_key(
    hands: Hands,
    institution: InstitutionArgument,
    key: Annotated[
        str | None,
        typer.Argument(
            help="did:key 或 0x…，默认为本地最新的同类密钥 / by default the newest such key kept here", metavar="KEY"
        ),
    ] = None,
    kind: Annotated[Purpose, typer.Option("--for", help="用途 / purpose")] = Purpose.SIGNING,
    since: FromOption = None,
) -> None:
    """Publish a key; credentials signed with it are believed from then on."""
    public = _parsed(key) if key is not None else _own_key(institution, kind, hands.config)
    purpose = KeyKind.SIGNING if kind is Purpose.SIGNING else KeyKind.AGREEMENT
    begins = moment(since, "--from")
    name = did_of(public) if kind is Purpose.SIGNING else hex0x(public)
    words = (f"已公布密钥 {name}", f"key {name} published")
    perform(institution, "keyAdded", words, lambda acts, uscc: acts.add_key(uscc, purpose, public, begins), hands)


@binding
def retire_key(hands: Hands, institution: InstitutionArgument, key: KeyArgument, at: UntilOption = None) -> None:
    """End the use of a key; what was anchored before stays good."""
    public, ends = _parsed(key), moment(at, "--at")
    words = ("密钥已停用", "key retired")
    perform(institution, "keyRetired", words, lambda acts, uscc: acts.retire_key(uscc, public, ends), hands)


@binding
def report_key(hands: Hands, institution: InstitutionArgument, key: KeyArgument, since: SinceOption = None) -> None:
    """Say since when a key is not to be believed; what was anchored before stays good."""
    public, lost = _parsed(key), moment(since, "--since", _chain_time(hands.config))
    words = ("已报告密钥泄露", "key reported")
    perform(institution, "keyReported", words, lambda acts, uscc: acts.report_key(uscc, public, lost), hands)


def _parsed(text: str) -> bytes:
    if text.startswith("did:"):
        return public_key_of(text)
    try:
        key = bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        raise NotAKey(text) from None
    if len(key) != _KEY_BYTES:
        raise NotAKey(text)
    return key


def _own_key(institution: str, kind: Purpose, config: Path | None) -> bytes:
    uscc = Uscc(institution).text
    with opened(config) as gateway:
        if kind is Purpose.AGREEMENT:
            held = [key.public_key for key in gateway.keys.agreement.of(uscc)]
            if not held:
                raise NoAgreementKey(uscc)
        else:
            held = [key.public_key for key in gateway.keys.issuing_keys(uscc) if key.current]
            if not held:
                raise NoIssuingKey(uscc)
    return held[-1]


def _chain_time(config: Path | None) -> int:
    """Return the newest block's time: a compromise is never in the future, and the chain's clock is what counts."""
    with opened(config) as gateway:
        return gateway.reader.final_block().time
