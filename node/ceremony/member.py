"""A member's folder, made on the machine that it belongs to: keys, this machine's settings, and the public card.

    card, steps = new(layout, applicant, local, passphrase, scrypt_cost=SCRYPT_COST, now=time.time())

Every secret is made here and stays here. Whoever is killed on the way runs the same command again: what is there is
kept, what is lacking is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, cast

from pydantic import ValidationError

from node import local as local_file
from node.ceremony import keys as node_keys
from node.ceremony.card import Card, dated, read
from node.ceremony.findings import CeremonyError, UnreadableError
from node.ceremony.proofs import prove
from node.client.errors import Exit, NodeError
from node.client.files import write_whole
from node.client.keystores import create, unlock
from node.description import Member, MemberNode, Operator, Role
from node.description.reading import findings_of, listing

if TYPE_CHECKING:
    from pathlib import Path

    from eth_account.signers.local import LocalAccount

    from node.ceremony.keys import NodeKeys
    from node.layout import Layout
    from node.local import Local

STAFF: Final[dict[str, tuple[Role, ...]]] = {
    "operator": ("anchor", "attest", "status", "transfer"),
    "law-1": ("law", "batch-status"),
}
"""The operators of every member: the gateway's account, and the second person whom binding acts need."""

_EXAMPLE: Final = node_keys.NodeKeys(node=b"\0" * 31 + b"\1", exchange=b"\0" * 31 + b"\1", ipfs=bytes(32))
"""Stands in for a member's keys while what it says of itself is checked."""


class CardDiffersError(NodeError):
    """There is a card already, and it says something else at `field`."""

    exit_code = Exit.AGAINST

    def __init__(self, path: Path, field: str, found: object, wanted: object) -> None:
        super().__init__(
            f"{path} 已存在，其中 {field} 为 {found}，与此次的 {wanted} 不同；未作改动。"
            "要用原有密钥重新出具成员卡，请加 --reissue",
            f"{path} exists and says {found} for {field}, not {wanted}; nothing was changed. "
            "Add --reissue to write a new card for the same keys",
        )
        self.path = path
        self.field = field


class LocalDiffersError(NodeError):
    """There is a local.toml already, and it says something else at `field`."""

    exit_code = Exit.AGAINST

    def __init__(self, path: Path, field: str, found: object, wanted: object) -> None:
        super().__init__(
            f"{path} 已存在，其中 {field} 为 {found}，与此次的 {wanted} 不同；未作改动。要改变本机设置，请编辑该文件；"
            "另一个省请用另一目录",
            f"{path} exists and says {found} for {field}, not {wanted}; nothing was changed. Edit it to change this "
            "machine's settings; another province takes another folder",
        )
        self.path = path
        self.field = field


class ApplicantError(NodeError):
    """What a member says of itself or of its machine cannot be: `findings` are (what, what is wrong with it)."""

    exit_code = Exit.USAGE

    def __init__(self, findings: tuple[tuple[str, str], ...]) -> None:
        listed = listing(findings)
        super().__init__(
            f"填写的内容有误，未生成任何密钥：{listed}", f"what was said cannot be, no key was made: {listed}"
        )
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Applicant:
    """What a member says of itself: who it is, and where its node is reached.

    Attributes:
        province: GB/T 2260, six digits; role: with a vote, or only reading; name_zh, name_en: as others read them.
        host, p2p_port, swarm_port: where the others reach its machine.
        daily_leaves: how many credentials its gateway may anchor a day.
    """

    province: int
    role: Literal["member", "observer"]
    name_zh: str
    name_en: str
    host: str
    p2p_port: int
    swarm_port: int
    daily_leaves: int


@dataclass(frozen=True, slots=True)
class Made:
    """The outcome: the card, and the files that this run made (none where all was there already)."""

    card: Card
    files: tuple[Path, ...]


def new(
    layout: Layout,
    applicant: Applicant,
    local: Local,
    passphrase: str,
    *,
    scrypt_cost: int,
    now: float,
    reissue: bool = False,
) -> Made:
    """Make the folder of a member, or what is still lacking of it. One process at a time (the caller's lock).

    Args:
        layout: the folder.
        applicant: what the card is to say.
        local: this machine's settings, written where there are none; those that are there stay.
        passphrase: what protects the accounts; the same at every run.
        scrypt_cost: scrypt's N of new accounts.
        now: seconds since 1970, for the card's date.
        reissue: write a new card for the keys that are there.

    Raises:
        CardDiffersError: there is a card that says something else, and `reissue` is not set.
        CeremonyError: the card that is there is damaged.
        KeyFileError, KeystoreError: a key that is there cannot be used.
        ApplicantError: what the applicant says cannot be (a host name, one port for two programs).
        LocalDiffersError, LocalFileError: local.toml is of another province, or damaged.
    """
    key_files = _accounts(layout, applicant)
    files = (layout.node_key, layout.exchange_key, layout.ipfs_key, *key_files.values(), layout.local, layout.card)
    before = {path for path in files if path.exists()}
    here = local_file.find(layout.local)
    if here is not None and here.province != applicant.province:
        raise LocalDiffersError(layout.local, "province", here.province, applicant.province)
    _require_sense(applicant, here or local, dict.fromkeys(key_files, "0x" + "00" * 20))
    keys = node_keys.made(layout)
    accounts = {field: _unlocked(path, passphrase, scrypt_cost) for field, path in key_files.items()}
    if here is None:
        local_file.write(layout.local, local)
    member = _row(applicant, keys, {field: account.address.lower() for field, account in accounts.items()})
    card = _issued(layout, member, keys, accounts, now=now, reissue=reissue)
    made = [path for path in files if path not in before or (reissue and path == layout.card)]
    return Made(card, tuple(made))


def card_here(layout: Layout, *, reissue: bool) -> Card | None:
    """Return the card that is there, or None; where a new one is to be written, a damaged one is as good as none.

    Raises:
        CeremonyError: it is damaged, and to be kept.
    """
    try:
        return read(layout.card)
    except UnreadableError:
        if layout.card.exists() and not reissue:
            raise
    except CeremonyError:
        if not reissue:
            raise
    return None


def applicant_of(card: Card) -> Applicant:
    """Return what the card says of the member, but for its keys."""
    member, node = card.member, cast("MemberNode", card.member.node)  # a card without a node is refused (Card)
    leaves = next((one.daily_leaves for one in member.operator if one.daily_leaves), 0)
    return Applicant(
        member.province,
        member.role,
        member.name_zh,
        member.name_en,
        node.host,
        node.p2p_port,
        node.swarm_port,
        leaves,
    )


def _require_sense(applicant: Applicant, local: Local, addresses: dict[str, str]) -> None:
    """Refuse what could never become a row, or run on this machine, before a key is made for it."""
    try:
        row = _row(applicant, _EXAMPLE, addresses)
    except ValidationError as error:
        raise ApplicantError(findings_of(error)) from error
    if row.node is not None and (shared := local.shared(row.node)):
        raise ApplicantError(
            tuple((name, f"{port} is a port of this machine's own use as well (local.toml)") for name, port in shared)
        )


def _issued(
    layout: Layout,
    member: Member,
    keys: NodeKeys,
    accounts: dict[str, LocalAccount],
    *,
    now: float,
    reissue: bool,
) -> Card:
    """Return the card that is there, where it says the same; else a new one."""
    there = card_here(layout, reissue=reissue)
    if there is not None and not reissue:
        for field in Member.model_fields:
            found, wanted = getattr(there.member, field), getattr(member, field)
            if found != wanted:
                raise CardDiffersError(layout.card, field, found, wanted)
        return there
    blank = Card(made=dated(now, there.made if there is not None else None), member=member)
    card = blank.model_copy(update={"proofs": prove(blank.content, keys, accounts)})
    write_whole(layout.card, card.encode())
    return card


def _accounts(layout: Layout, applicant: Applicant) -> dict[str, Path]:
    """Return the key files of the applicant's accounts by the card's field; an observer has none."""
    if applicant.role == "observer":
        return {}
    named = {f"operator.{name}": layout.account(name) for name in STAFF}
    return {"admin": layout.account("admin"), "recovery": layout.account("recovery"), **named}


def _unlocked(path: Path, passphrase: str, scrypt_cost: int) -> LocalAccount:
    for left in path.parent.glob(f".{path.name}.*"):  # of a run that was killed before it was a key
        left.unlink()
    if not path.exists():
        create(path, passphrase, scrypt_cost=scrypt_cost)
    return unlock(path, passphrase)


def _row(applicant: Applicant, keys: NodeKeys, addresses: dict[str, str]) -> Member:
    operators = tuple(
        Operator(
            name=name,
            account=addresses[f"operator.{name}"],
            roles=roles,
            daily_leaves=applicant.daily_leaves if "anchor" in roles else 0,
        )
        for name, roles in STAFF.items()
        if f"operator.{name}" in addresses
    )
    node = MemberNode(
        public_key=keys.public_key,
        host=applicant.host,
        p2p_port=applicant.p2p_port,
        peer_id=keys.peer_id,
        swarm_port=applicant.swarm_port,
        exchange_key=keys.exchange_public,
    )
    return Member(
        province=applicant.province,
        role=applicant.role,
        name_zh=applicant.name_zh,
        name_en=applicant.name_en,
        admin=addresses.get("admin"),
        recovery=addresses.get("recovery"),
        operator=operators,
        node=node,
    )
