"""Kubo as one member runs it. Rendering is idempotent and survives a kill: every file is whole or absent."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

from node.client.files import write_whole
from node.ipfs import configuration
from node.ipfs.errors import KuboMissingError, KuboNotReadyError, KuboSecretError
from node.ipfs.place import program, require_version
from node.libp2p import peer_id_of, private_key_of

if TYPE_CHECKING:
    from pathlib import Path

    from node.client.errors import NodeError
    from node.ipfs.api import KuboApi
    from node.ipfs.place import KuboPlace

_POLL = 0.1
_WORD = re.compile(r"[0-9a-f]{64}", re.ASCII)
_SWARM_HEAD = "/key/swarm/psk/1.0.0/\n/base16/\n"
_OPERATOR = b"huren.ipfs.operator.v1"


@dataclass(frozen=True, slots=True)
class Command:
    """How the daemon is started: its words, the whole of its environment, and the folder that it starts in."""

    argv: tuple[str, ...]
    environment: dict[str, str]
    folder: Path


@dataclass(frozen=True, slots=True)
class KuboStatus:
    """How the daemon is.

    Attributes:
        answering: whether its API answers, and as the one that it should be; problem: why not.
        peer_id: its own; version: of its program; peers: the provinces' daemons that it is connected to (peer ids).
        expected: how many others there are; strangers: connected peers that no row of the network names.
        pins: how many blobs it keeps; blocks, size: of its repository (bytes on the disk).
    """

    answering: bool
    peer_id: str
    expected: int
    version: str = ""
    peers: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()
    pins: int = 0
    blocks: int = 0
    size: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Kubo:
    """The daemon at `place`."""

    place: KuboPlace

    @property
    def token_file(self) -> Path:
        """The bearer token of the gateway, which the gateway's settings name."""
        return self.place.keys / "ipfs-token"

    @property
    def peer_id(self) -> str:
        """Its name in the swarm.

        Raises:
            KuboSecretError: there is no identity key.
        """
        return peer_id_of(self._seed())

    def render(self) -> tuple[Path, ...]:
        """Write the repository's files, and the gateway's token where there is none yet; return what was written.

        What the daemon keeps (blocks, pins, and its version once it migrated itself) is left as it is. The daemon reads
        its configuration when it starts.

        Raises:
            KuboSecretError: the identity's seed or the swarm's key is missing or malformed.
        """
        seed = self._seed()
        folder = self.place.repository
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self.token_file.exists():
            write_whole(self.token_file, f"{secrets.token_hex(32)}\n".encode(), 0o600)
        config = configuration.configuration(
            self.place,
            peer_id=peer_id_of(seed),
            private_key=private_key_of(seed),
            gateway_token=self._word(self.token_file),
            operator_token=_operator_token(seed),
        )
        files = {
            "datastore_spec": orjson.dumps(configuration.DATASTORE, option=orjson.OPT_SORT_KEYS),
            "version": configuration.REPOSITORY_VERSION.encode(),
            "swarm.key": f"{_SWARM_HEAD}{self._swarm_key()}\n".encode(),
            # Last: where it stands, Kubo takes the repository for a whole one.
            "config": orjson.dumps(config, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE),
        }
        written = []
        for name, content in files.items():
            path = folder / name
            if name in {"datastore_spec", "version"} and path.exists():
                continue
            if not path.exists() or path.read_bytes() != content:
                write_whole(path, content, 0o600)
                written.append(path)
        return tuple(written)

    def prepare(self) -> tuple[Path, ...]:
        """Check the program's version, then `render`: all that has to be done before the daemon is started.

        Raises:
            KuboMissingError, KuboVersionError: it is not installed, or too old.
            KuboSecretError: as `render`.
        """
        self.place.repository.mkdir(mode=0o700, parents=True, exist_ok=True)
        require_version(program(self.place.program), self.place.repository)
        return self.render()

    def lacking(self) -> NodeError | None:
        """Return what keeps it from being started: a program or a key that is not here. Nothing is written."""
        try:
            program(self.place.program)
            self._seed()
            self._swarm_key()
        except (KuboMissingError, KuboSecretError) as error:
            return error
        return None

    def command(self) -> Command:
        """Say how the daemon is started; `prepare` first.

        Raises:
            KuboMissingError: its program is not installed.
        """
        folder = self.place.repository
        return Command(
            argv=(str(program(self.place.program)), f"--repo-dir={folder.absolute()}", "daemon", "--migrate=true"),
            environment={
                "IPFS_PATH": str(folder.absolute()),
                "HOME": str(folder.absolute()),
                "PATH": "/usr/bin:/bin",
                "LIBP2P_FORCE_PNET": "1",  # without the swarm's key it does not start at all
                "IPFS_TELEMETRY": "off",
            },
            folder=folder,
        )

    def ready(self, *, seconds: float = 60.0) -> KuboStatus:
        """Wait until the daemon answers as itself, then connect it to every other that can be reached.

        It peers by itself, but only after some ten seconds. May be called again at any time.

        Raises:
            KuboNotReadyError: it did not answer within `seconds`, or another daemon answered.
        """
        deadline = time.monotonic() + seconds
        with self._api() as api:
            answering = _first_answer(api, deadline)
            if answering != self.peer_id:
                raise KuboNotReadyError(api.url, f"{answering} answers, not {self.peer_id}")
            connected = set(api.peers())
            for peer in self.place.peers:
                if peer.peer_id not in connected:
                    api.connect(f"{peer.address}/p2p/{peer.peer_id}")
        return self.status(counting=False)

    def status(self, *, counting: bool = True) -> KuboStatus:
        """Say how it is; a daemon that does not answer is a status, not an error.

        Pins, blocks and the size are counted one by one: without `counting` they are left at 0.

        Raises:
            KuboSecretError: there is no identity key, so nobody can say which daemon it should be.
        """
        own, expected = self.peer_id, {peer.peer_id for peer in self.place.peers}
        try:
            with self._api() as api:
                answering, version = api.identity()
                if answering != own:
                    why = f"{answering} answers at {api.url}"
                    return KuboStatus(answering=False, peer_id=own, expected=len(expected), problem=why)
                peers = api.peers()
                blocks, size = api.repository() if counting else (0, 0)
                return KuboStatus(
                    answering=True,
                    peer_id=own,
                    expected=len(expected),
                    version=version,
                    peers=tuple(peer for peer in peers if peer in expected),
                    strangers=tuple(peer for peer in peers if peer not in expected),
                    pins=api.pins() if counting else 0,
                    blocks=blocks,
                    size=size,
                )
        except KuboNotReadyError as error:
            return KuboStatus(answering=False, peer_id=own, expected=len(expected), problem=error.why)

    def _api(self) -> KuboApi:
        from node.ipfs.api import KuboApi  # noqa: PLC0415 - its HTTP client takes longer to import than commands last

        return KuboApi(self.place.api_url, _operator_token(self._seed()))

    def _seed(self) -> bytes:
        return bytes.fromhex(self._word(self.place.keys / "ipfs.key"))

    def _swarm_key(self) -> str:
        """Return the pre-shared key, 64 hex digits; the file has them alone or in Kubo's own form."""
        return self._word(self.place.keys / "swarm.key", _SWARM_HEAD)

    def _word(self, path: Path, head: str = "") -> str:
        try:
            text = path.read_text(encoding="ascii").removeprefix(head).strip().removeprefix("0x")
        except (OSError, ValueError) as error:
            raise KuboSecretError(path, getattr(error, "strerror", None) or "not ASCII") from error
        if not _WORD.fullmatch(text):
            raise KuboSecretError(path, "not 64 hexadecimal digits")
        return text


def _first_answer(api: KuboApi, deadline: float) -> str:
    while True:
        try:
            return api.identity()[0]
        except KuboNotReadyError:
            if time.monotonic() >= deadline:
                raise
        time.sleep(_POLL)


def _operator_token(seed: bytes) -> str:
    """Return the supervisor's own token: it follows from the identity, so that there is no further secret to keep."""
    return hmac.digest(seed, _OPERATOR, hashlib.sha256).hex()
