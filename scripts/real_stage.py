"""A trial network of real nodes on this machine: four chain clients, four Kubo daemons, four gateways, each on its own.

    stage = RealStage(folder)
    stage.raise_network()                       # a past of thirty days, then four nodes that go on from it
    stage.centres[320000].serve()
    stage.members[310000].kill()                # and whatever else happens to a node
    stage.relays.part({310000, 320000}, {330000, 340000})
    stage.close()

Everything is done by the commands that a person would type. Officers decide from their third day on and agreements have
days of notice, so the same accounts have lived through that on the embedded chain before (scripts/prehistory.py): the
nodes begin with it as their first blocks.
"""

from __future__ import annotations

import dataclasses
import json
import secrets
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent))
from anchored import events
from ports import free_ports
from prehistory import ROOT, read_past, seal
from real_member import Member, moving
from relays import Relays
from stage import HOMES, HUREN_NODE, OFFICE, CommandFailedError, Done, Stage, run, write_secret

from node import local as local_files
from node.client.deployment import Deployment
from node.deploy import replication_of
from node.description import read as read_description
from node.engines.clock import ClockFile, Reading
from node.network import Network

if TYPE_CHECKING:
    from collections.abc import Callable

DAYS = 30
"""How long ago the trial began."""
CHAIN_ID = 20_260
GETH = ROOT / ".tools" / "bin" / "geth"
_PORTS = 40
"""Of a trial: ten for each member."""
STALENESS = 20
"""Seconds that a gateway's newest final block may be old (by default a minute; a test does not wait that long)."""
_SECONDS = 240.0


class RealStage:
    """Four provinces with a node each, and the regional office's observer, in ``folder``."""

    def __init__(self, folder: Path, *, settings: dict[str, str] | None = None, engine: str = "geth") -> None:
        """Plan it; nothing is started. ``settings`` are further lines of every gateway.toml."""
        self.folder = folder
        self.engine = engine
        self.network = folder / "network"
        self.relays = Relays()
        self.members = {
            home.province: Member(home.province, self.network / "members" / str(home.province)) for home in HOMES
        }
        self._past = Stage(folder / "past", days_ago=DAYS, settings=settings)
        self.centres = {
            province: dataclasses.replace(centre, folder=folder / centre.home.slug)
            for province, centre in self._past.centres.items()
        }
        self.office = dataclasses.replace(self._past.office, folder=folder / OFFICE.slug)

    @property
    def rpc_url(self) -> str:
        """Where the first member's node answers."""
        return next(iter(self.members.values())).rpc_url

    def node(self, *words: str, ok: tuple[int, ...] = (0,)) -> Done:
        """``huren-node …`` on the whole trial."""
        return run(HUREN_NODE, words[0], "--dir", str(self.network), *words[1:], ok=ok)

    def block(self) -> int:
        """The newest block that is final for the first member that answers."""
        confirmations = Deployment.load(self.network / "deployment.json").finality.confirmations
        return next(iter(self.members.values())).head().number - confirmations

    def agreements(self) -> list[str]:
        """Every agreement that was proposed, oldest first."""
        return ["0x" + said["agreement"].hex() for said in events(self, "AgreementProposed", "AgreementRegistry")]

    def raise_network(
        self, live_through: Callable[[Stage], None] | None = None, *, found: Callable[[Stage], None] | None = None
    ) -> None:
        """Make keys and description, have the past lived through, and start four nodes and four Kubo daemons.

        ``found`` and then ``live_through`` are what happens in the past, on the embedded chain: institutions are
        accredited, agreements made. Besu's chain has no past: there the first happens on it, the second nowhere.
        """
        self._describe()
        self._lay_cables()
        self._copy_accounts()
        if self.engine == "geth":
            self._live([act for act in (found, live_through) if act is not None])
            self.node("up", "--all", "--json")
            self._deploy()
        else:
            self.node("up", "--all", "--json")
            self.node("deploy")
            self._begin_today(found)
        moving(self.members.values())
        self._settle_centres()

    def wait(self, what: str, done: Callable[[], bool], seconds: float = _SECONDS) -> None:
        """Wait until something holds.

        Raises:
            TimeoutError: it does not after so many seconds.
        """
        deadline = time.monotonic() + seconds
        while not done():
            if time.monotonic() > deadline:
                raise TimeoutError(f"not after {seconds:.0f} s: {what}")
            time.sleep(0.2)

    def close(self) -> None:
        """End every process that this stage started."""
        for centre in (*self.centres.values(), self.office):
            if centre.process is not None and centre.process.poll() is None:
                centre.stop()
        self._past.close()
        if (self.network / "network.toml").exists():
            self.node("down", "--all", ok=(0, 1, 2))
        self.relays.close()

    def _describe(self) -> None:
        """The ceremony, with everybody's keys made on this machine, under one passphrase: the past has but one."""
        passphrase = secrets.token_urlsafe(24)
        for folder in (self.network, *(member.folder for member in self.members.values())):
            (folder / "keys").mkdir(parents=True, mode=0o700)
            write_secret(folder / "keys" / "passphrase", passphrase)
        port = str(free_ports(_PORTS)[0])
        words = ("--engine", self.engine, "--port", port, "--chain-id", str(CHAIN_ID))
        self.node("init", *words, "--start-days-ago", str(DAYS if self.engine == "geth" else 0))

    def _lay_cables(self) -> None:
        """Let every node reach every other through a cable of its own."""
        rows = dict(read_description(self.network / "network.toml").nodes)
        nodes = {row.province: node for row, node in rows.items()}
        for near, member in self.members.items():
            reach = tuple(
                local_files.Reach(
                    province=far,
                    host="127.0.0.1",
                    p2p_port=self.relays.lay((near, far), nodes[far].p2p_port),
                    swarm_port=self.relays.lay((near, far), nodes[far].swarm_port),
                )
                for far in nodes
                if far != near
            )
            local_files.write(member.layout.local, member.local.model_copy(update={"reach": reach}))

    def _copy_accounts(self) -> None:
        """Give the past the members' accounts."""
        keys = self._past.network / "keys"
        for province, member in self.members.items():
            folder = keys / str(province)
            folder.mkdir(parents=True, mode=0o700)
            for name in ("admin", "recovery", "operator", "law-1"):
                shutil.copy(member.layout.account(name), folder)
        shutil.copy(next(iter(self.members.values())).layout.passphrase, keys / "passphrase")

    def _begin_today(self, found: Callable[[Stage], None] | None) -> None:
        """Let the centres begin on the nodes' own chain."""
        shutil.copy(self.network / "deployment.json", self._past.network)
        for province, centre in self._past.centres.items():
            centre.rpc_url = self.members[province].rpc_url
        if found is not None:
            found(self._past)

    def _live(self, acts: list[Callable[[Stage], None]]) -> None:
        """Live through the past on the embedded chain, with the same accounts, and begin every node's chain with it."""
        began = int(read_genesis(self.network)["timestamp"], 16)
        past = self._past
        past.node("init", "--port", str(past.chain_port), "--start-days-ago", str(DAYS), "--chain-id", str(CHAIN_ID))
        # Block 0 is to have the time that the nodes' genesis has.
        ClockFile(past.network / "chain" / "clock.json", CHAIN_ID).write(Reading(int(time.time()) - began, began))
        past.node("up")
        past.node("deploy")
        for act in acts:
            act(past)
        lived = read_past(past.rpc_url)
        past.close()
        keys = [member.layout.node_key for member in self.members.values()]
        blocks = self.folder / "past.rlp"
        seal(lived, self.network / "genesis.json", keys, blocks)
        first, *others = self.members.values()
        _geth(first, "init", str(first.layout.genesis.absolute()))
        _geth(first, "--gcmode", "archive", "--syncmode", "full", "import", str(blocks.absolute()))
        for member in others:
            shutil.copytree(first.layout.chain / "geth", member.layout.chain / "geth")

    def _deploy(self) -> None:
        """Say to every gateway where the contracts are: on the nodes' chain, which is another one than the past's."""
        lived = Deployment.load(self._past.network / "deployment.json")
        running = Network.load(self.network / "network.json")
        agreed = replication_of(read_description(self.network / "network.toml"))
        told = dataclasses.replace(
            lived, genesis_hash=running.genesis_hash, finality=running.finality, replication=agreed
        )
        for folder in (self.network, *(member.folder for member in self.members.values())):
            told.save(folder / "deployment.json")

    def _settle_centres(self) -> None:
        """Give every centre its own node and its own Kubo daemon; the office asks the first member's node."""
        for province, centre in (*self.centres.items(), (0, self.office)):
            member = self.members.get(province, next(iter(self.members.values())))
            lived = self._past.folder / centre.home.slug
            if lived.exists():
                shutil.move(lived, centre.folder)
            centre.network, centre.rpc_url = member.folder, member.rpc_url
            centre.settings |= {"staleness_seconds": str(STALENESS)}
            if province:
                api = f"http://127.0.0.1:{member.local.ipfs_api_port}"
                token = member.layout.ipfs_token.absolute()
                centre.settings["ipfs"] = f'{{ api_url = "{api}", token_file = "{token}" }}'
            if centre.observer or centre.folder.exists():
                centre.prepare() if centre.observer else centre.write_settings()


def read_genesis(network: Path) -> dict[str, str]:
    """Return genesis.json."""
    content: dict[str, str] = json.loads((network / "genesis.json").read_text(encoding="utf-8"))
    return content


def _geth(member: Member, *words: str) -> None:
    """Let geth do a short task on a member's chain."""
    member.layout.chain.mkdir(parents=True, exist_ok=True, mode=0o700)
    command = [str(GETH), "--datadir", ".", *words]
    done = subprocess.run(
        command, cwd=member.layout.chain, capture_output=True, text=True, timeout=_SECONDS, check=False
    )
    if done.returncode:
        raise CommandFailedError(tuple(command), done.returncode, done.stderr)
