"""Replacing keys of a member, one or several: the old file is put aside, a new key is made, and a new card is written.

    made = rotate(layout, ("node",), passphrase, scrypt_cost=SCRYPT_COST, now=time.time())

A key that was lost is replaced alike: there is no old file then. What the card changes takes effect where it is shown:
the node's keys in everybody's network.toml (`network add --replace`) and by votes, the accounts on the chain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from node.ceremony.card import read
from node.ceremony.member import STAFF, applicant_of, new
from node.client.errors import Exit, NodeError
from node.client.keystores import address_of, unlock
from node.engines.errors import UnsupportedByEngineError
from node.engines.factory import client_at
from node.engines.place import NoNodeHereError
from node.local import read as read_local

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from node.ceremony.card import Card
    from node.ceremony.member import Made
    from node.description import MemberNode
    from node.layout import Layout

NODE_KEYS: Final = ("node", "exchange", "ipfs")
ACCOUNTS: Final = ("admin", "recovery", *STAFF)


class UnknownKeyNameError(NodeError):
    """No key of this member is called so."""

    exit_code = Exit.USAGE

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        listed = ", ".join(known)
        super().__init__(f"{name}：密钥名应为 {listed}", f"{name}: a key is one of {listed}")
        self.name = name


class KeysLackingError(NodeError):
    """A card is signed with every key it names, and the files of `names` are not here."""

    exit_code = Exit.AGAINST

    def __init__(self, folder: Path, names: tuple[str, ...]) -> None:
        listed = ", ".join(names)
        super().__init__(
            f"{folder} 中缺少 {listed}：新成员卡须由其上的每个密钥签名。请暂时放回；若已遗失，请一并写入要更换的密钥",
            f"{folder} lacks {listed}: a card is signed with every key it names. Put them back for the moment; those "
            "that are lost, name among the keys to replace",
        )
        self.names = names


class NodeRunsError(NodeError):
    """The node of `folder` runs, and would begin to seal with another key in the middle of its work."""

    exit_code = Exit.AGAINST

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} 的节点正在运行，未更换其密钥。请先运行 huren-node down",
            f"the node of {folder} runs, and its key was not replaced. Run huren-node down first",
        )
        self.folder = folder


def require_stopped(layout: Layout) -> None:
    """Make sure that the node of `layout`, a folder with network.toml, does not run.

    Raises:
        NodeRunsError: it does.
    """
    try:
        client = client_at(layout)
    except (NoNodeHereError, UnsupportedByEngineError):
        return  # nothing of this folder can run, or nothing with this key
    if client.process.pid() is not None or client.place.supervisor.pid() is not None:
        raise NodeRunsError(layout.folder)


def rotate(layout: Layout, names: Sequence[str], passphrase: str, *, scrypt_cost: int, now: float) -> Made:
    """Replace the keys called `names`, and write a new card. One process at a time (its caller's lock).

    Args:
        layout: the member's folder, with its card.
        names: which keys.
        passphrase: what protects the accounts, old and new.
        scrypt_cost: scrypt's N of new accounts.
        now: seconds since 1970, for the card's date.

    Raises:
        UnknownKeyNameError: a name is of no key. KeysLackingError: the file of another key is not here.
        CeremonyError, KeystoreError, KeyFileError: the card or a key that stays cannot be used.
    """
    card = read(layout.card)
    files = replaceable(layout, card, names)
    accounts = {name: path for name, path in files.items() if name in ACCOUNTS}
    for name, path in accounts.items():
        if name not in names:
            unlock(path, passphrase)  # a wrong passphrase is found out before any key is put aside
    for name in names:
        _put_aside(files[name], card)
    local = read_local(layout.local)
    return new(layout, applicant_of(card), local, passphrase, scrypt_cost=scrypt_cost, now=now, reissue=True)


def replaceable(layout: Layout, card: Card, names: Sequence[str]) -> dict[str, Path]:
    """Return the files of all keys of the card's member, where those called `names` can be replaced: no secret read.

    Raises:
        UnknownKeyNameError: a name is of no key. KeysLackingError: the file of another key is not here.
    """
    accounts = {} if card.member.role == "observer" else {name: layout.account(name) for name in ACCOUNTS}
    files = {**{name: layout.keys / f"{name}.key" for name in NODE_KEYS}, **accounts}
    for name in names:
        if name not in files:
            raise UnknownKeyNameError(name, tuple(files))
    lacking = tuple(name for name, path in files.items() if name not in names and not path.exists())
    if lacking:
        raise KeysLackingError(layout.keys, lacking)
    return files


def _put_aside(path: Path, card: Card) -> None:
    """Keep the old key beside the others, under a name that says whose address it was: some acts still need it."""
    if not path.exists():
        return
    folder = path.parent / "retired"
    folder.mkdir(mode=0o700, exist_ok=True)
    mark = address_of(path) if path.suffix == ".json" else _node(card).validator
    kept = folder / f"{path.stem}-{mark[2:10]}{path.suffix}"
    if kept.exists():  # such as an exchange key, replaced twice under one validator's card
        kept = folder / f"{path.stem}-{mark[2:10]}-{len(list(folder.iterdir()))}{path.suffix}"
    path.rename(kept)


def _node(card: Card) -> MemberNode:
    return cast("MemberNode", card.member.node)  # a card without one is refused (Card)
