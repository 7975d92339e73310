"""`huren-node member rotate`: another key for a member that is there, and the card that says so.

What the command works with takes a second to import, so it is imported when it runs.
"""

from __future__ import annotations

import time
from typing import Annotated, Any

import typer

from node.cli.console import Dir, PassphraseFd, PassphraseFile, sheet
from node.client.keystores import SCRYPT_COST, read_passphrase
from node.client.terminal import JsonFlag, note
from node.description import read
from node.layout import Layout
from node.members import alone

_PROMPT = "账户口令 / passphrase of the accounts: "


def rotate(
    names: Annotated[
        list[str],
        typer.Argument(
            help="要更换的密钥：node、exchange、ipfs、admin、recovery、operator、law-1 / which keys to replace",
            metavar="KEY...",
        ),
    ],
    folder: Dir,
    passphrase_file: PassphraseFile = None,
    passphrase_fd: PassphraseFd = None,
    as_json: JsonFlag = False,
) -> None:
    """更换密钥（旧的留存或已遗失）并重出成员卡 / Replace keys; write a new card."""
    from node.ceremony.card import read as read_card  # noqa: PLC0415 - see the module's docstring
    from node.ceremony.rotation import replaceable  # noqa: PLC0415
    from node.ceremony.rotation import rotate as replace  # noqa: PLC0415
    from node.client.fingerprint import spoken  # noqa: PLC0415 - beside it

    layout = Layout(folder)
    card = read_card(layout.card)  # a mistyped folder is not made
    replaceable(layout, card, names)
    if "node" in names:
        _before_another_node_key(layout)
    if passphrase_file is None and passphrase_fd is None and layout.passphrase.exists():
        passphrase_file = layout.passphrase
    observer = card.member.role == "observer"  # it has no accounts
    passphrase = "" if observer else read_passphrase(passphrase_file, passphrase_fd, _PROMPT)
    with alone(layout):
        made = replace(layout, names, passphrase, scrypt_cost=SCRYPT_COST, now=time.time())
    member = made.card.member
    payload: dict[str, Any] = {
        "card": str(layout.card),
        "fingerprint": spoken(made.card.encode()),
        "made": [str(path) for path in made.files],
        "validator": member.node.validator if member.node else None,
        "accounts": list(member.accounts()),
    }
    after = []
    if {"node", "exchange", "ipfs"} & set(names):
        after.append("network add --replace card.json（各成员 / at every member）, up, governance apply")
    if {"admin", "operator", "law-1"} & set(names):
        after.append("member enact | recover")
    if "recovery" in names:
        after.append("motion open replaceRecovery")
    rows: list[tuple[str, object]] = [
        ("新密钥 / new keys", "、".join(path.name for path in made.files)),
        ("旧密钥 / old keys", layout.keys / "retired"),
        ("验证者 / validator", payload["validator"]),
        ("成员卡 / card", layout.card),
        ("卡片指纹 / the card's fingerprint", payload["fingerprint"]),
        ("下一步 / next", "; ".join(after)),
    ]
    sheet(payload, rows, title="密钥已更换 / the keys are replaced", as_json=as_json)


def _before_another_node_key(layout: Layout) -> None:
    """Refuse where the node runs, which would find the new key at its next start; tell where the last one was not used.

    Raises:
        NodeRunsError: it runs.
    """
    from node.ceremony.card import read as read_card  # noqa: PLC0415 - see the module's docstring
    from node.ceremony.rotation import require_stopped  # noqa: PLC0415

    if not layout.description.exists():
        return
    require_stopped(layout)
    member = read_card(layout.card).member
    row = read(layout.description).row(member.province)
    if member.node is not None and row is not None and row.node is not None and member.node != row.node:
        note(
            f"上次更换的节点密钥 {member.node.validator} 尚未写入本机 network.toml，现再次更换",
            f"the node's key made last, {member.node.validator}, is not in this machine's network.toml yet; it is "
            "replaced once more",
        )
