"""A network whose members come, go and change keys: what the tests of governance do by the commands of an operator.

governed = Governed(stage)
chongqing = governed.newcomer()
joining = {"card.json": str(chongqing.layout.card)}
governed.carry(typed("huren-node motion open admit joining=@card.json --dir DIR --account …", shanghai, joining))
governed.settle()

Where docs/operator-guide.md writes a command down in a plain block, it is typed as it stands there.
"""

from __future__ import annotations

import contextlib
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ports import free_port, free_ports
from real_member import Member, moving
from stage import HUREN_NODE, Centre, Done, Home, run
from typed import placeholders
from typed import typed as as_in_the_guide

from node.ceremony.card import read as read_card
from node.client.deployment import Deployment
from node.client.keystores import address_of
from node.client.rpc import JsonRpc
from node.offices import NotAMemberError, Offices, Standing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from real_stage import RealStage

CHONGQING = 500000
SHANGHAI, JIANGSU, ZHEJIANG, ANHUI = 310000, 320000, 330000, 340000
_SECONDS = 300.0
_ACCOUNTS = {"admin.json", "law-1.json", "operator.json", "recovery.json"}
"""What the guide calls the files of a member's accounts."""


def node(member: Member, *words: str, ok: tuple[int, ...] = (0,)) -> Done:
    """``huren-node …`` on a member's folder, whatever the command."""
    return run(HUREN_NODE, *words, "--dir", str(member.folder), "--json", ok=ok)


def typed(line: str, member: Member, said: Mapping[str, str] | None = None, *, ok: tuple[int, ...] = (0,)) -> Done:
    """A command of a plain block of the guide, typed at a member's machine: DIR is its folder, accounts are its.

    A person answers at the terminal what the options here say instead: the accounts' passphrase, and that what the
    command is about to do was checked.
    """
    known = {"DIR": str(member.folder)} | dict(said or {})
    for name in placeholders(line) & _ACCOUNTS - known.keys():
        known[name] = str(key_file(member, name.removesuffix(".json")))
    answers: tuple[str, ...] = ()
    if " --account " in line:
        answers = ("--yes",)
    if " --account " in line or " rotate " in line:
        answers = ("--passphrase-file", str(member.layout.passphrase), *answers)
    return as_in_the_guide(line, known, *answers, ok=ok)


def standing(member: Member, province: int | None = None) -> Standing:
    """The accounts of a member as ``member``'s own node tells them."""
    with JsonRpc(member.rpc_url) as rpc:
        return Offices(rpc, Deployment.load(member.layout.deployment)).standing(province or member.province)


def validator(member: Member) -> str:
    """The address that the member's card says it seals with."""
    found = read_card(member.layout.card).member.node
    assert found is not None
    return found.validator


def by(member: Member, *names: str) -> tuple[str, ...]:
    """The options that let keys of a member sign."""
    files = [path for name in names for path in ("--account", str(key_file(member, name)))]
    return (*files, "--passphrase-file", str(member.layout.passphrase))


def key_file(member: Member, name: str) -> Path:
    """The file of an account; of the admin the one that the chain knows, which may have been put aside.

    Raises:
        KeyError: the admin's key is lost.
    """
    if name != "admin":
        return member.layout.account(name)
    admin = standing(member).admin
    for path in (member.layout.account(name), *sorted((member.layout.keys / "retired").glob("admin-*.json"))):
        if path.exists() and address_of(path).lower() == admin:
            return path
    raise KeyError(name)


@dataclass
class Governed:
    """The members of ``stage``, founding and later."""

    stage: RealStage

    @property
    def members(self) -> list[Member]:
        """All that run a node."""
        return list(self.stage.members.values())

    def newcomer(self) -> Member:
        """Make Chongqing's keys and card, let everybody take its row, and start its node; it has no vote yet."""
        folder = self.stage.network / "members" / str(CHONGQING)
        (folder / "keys").mkdir(parents=True, mode=0o700)
        first = self.members[0]
        shutil.copy(first.layout.passphrase, folder / "keys" / "passphrase")
        made = Member(CHONGQING, folder)
        rpc, authrpc, api, metrics, p2p, swarm = map(str, free_ports(6))
        node(
            made,
            *("member", "new", "--province", str(CHONGQING), "--name-zh", "重庆市", "--name-en", "Chongqing"),
            *("--host", "127.0.0.1", "--listen", "127.0.0.1", "--p2p-port", p2p, "--swarm-port", swarm),
            *("--rpc-port", rpc, "--authrpc-port", authrpc, "--ipfs-api-port", api, "--metrics-port", metrics),
            *("--passphrase-file", str(made.layout.passphrase)),
        )
        for member in self.members:
            typed("huren-node network add card.json --dir DIR", member, {"card.json": str(made.layout.card)})
        for path in (first.layout.description, first.layout.genesis, first.layout.deployment):
            shutil.copy(path, folder)
        typed("huren-node swarm-key make --dir DIR", first)
        sealed = {"swarm-key.json": str(first.layout.sealed_swarm_key)}
        typed("huren-node swarm-key open swarm-key.json --dir DIR", made, sealed)
        self.stage.members[CHONGQING] = made
        self.restart()
        return made

    def spread(self, changed: Member) -> None:
        """Let every member take the row of the card that ``changed`` has now."""
        card = {"card.json": str(changed.layout.card)}
        for member in self.members:
            typed("huren-node network add card.json --replace --dir DIR", member, card)

    def restart(self) -> None:
        """Let every node take what changed in network.toml, one after the other."""
        for member in self.members:
            member.up()
        moving(self.members)

    def decide(self, call: str, *words: str) -> None:
        """Open a motion by the accounts of Shanghai, which chairs; have it carried and executed."""
        opener = self.stage.members[SHANGHAI]
        self.carry(node(opener, "motion", "open", call, *words, "--yes", *by(opener, "admin", "law-1")))

    def carry(self, opened: Done) -> None:
        """Vote for a motion that was opened, by the accounts of the founders until they are enough; execute it."""
        opener = self.stage.members[SHANGHAI]
        motion = {"0x1a2b3c4d": opened.json["motion"]}
        shown = node(opener, "motion", "show", opened.json["motion"]).json
        lacking = shown["needed"] - shown["inFavour"]
        for member in self.members:
            if not lacking:
                break
            # Without its admin's key a member casts no vote, and who is still to be admitted has none.
            with contextlib.suppress(KeyError, NotAMemberError):
                if standing(member).member:
                    typed(
                        "huren-node motion vote 0x1a2b3c4d --for --dir DIR --account admin.json --account law-1.json",
                        member,
                        motion,
                    )
                    lacking -= 1
        typed("huren-node motion execute 0x1a2b3c4d --dir DIR --account operator.json", opener, motion)

    def plan(self, member: Member) -> Any:  # noqa: ANN401 - what the command prints
        """What one member's plan says."""
        return node(member, "governance", "plan", ok=(0, 1)).json

    def settle(self) -> None:
        """Let every member apply its plan, again and again, until validators and members are the same to all.

        Raises:
            TimeoutError: they are not within some minutes.
        """
        deadline = time.monotonic() + _SECONDS
        while True:
            with ThreadPoolExecutor(2) as pool:
                done = list(pool.map(_apply, self.members))
            working = all(one["atWork"] for plan in done for one in plan["validators"])
            if working and all(plan["settled"] and not plan["discarded"] for plan in done):
                return
            if time.monotonic() > deadline:
                raise TimeoutError(str(done))
            time.sleep(2.0)  # votes take blocks

    def gateway(self, member: Member) -> Centre:
        """Start a gateway of a member that issues nothing: it indexes, and verifies."""
        home = Home(member.province, "chongqing", "", "重庆", "Chongqing")
        centre = Centre(home, self.stage.folder / home.slug, member.folder, member.rpc_url, free_port())
        centre.settings |= dict(self.stage.centres[JIANGSU].settings)
        api = f"http://127.0.0.1:{member.local.ipfs_api_port}"
        centre.settings["ipfs"] = f'{{ api_url = "{api}", token_file = "{member.layout.ipfs_token.absolute()}" }}'
        centre.folder.mkdir()
        centre.write_settings()
        centre.serve(read_only=True)
        self.stage.centres[member.province] = centre
        return centre


def _apply(member: Member) -> Any:  # noqa: ANN401 - what the command prints
    return typed("huren-node governance apply --dir DIR", member, ok=(0, 1)).json
