"""A trial network on this machine: one chain, four centres with folders, databases and keys of their own, an observer.

What the demo, the benchmarks and the tests of whole processes stand on. Everything is done through the commands that a
person would type, so that what is shown, measured and tested is the product.

    stage = Stage(folder, days_ago=30)
    stage.raise_network()
    jiangsu = stage.centres[320000]
    jiangsu.prepare()
    jiangsu.serve()
    jiangsu.run("issue", str(roster), "--yes", "--wait")
    stage.close()
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from ports import free_port

BIN = Path(sys.executable).parent
HUREN = str(BIN / "huren")
HUREN_NODE = str(BIN / "huren-node")
_START_SECONDS = 120.0
"""How long a process may take to answer. One that ends is told at once; a busy machine takes its time."""


@dataclass(frozen=True, slots=True)
class Home:
    """A centre of the trial: whom it serves."""

    province: int
    slug: str
    institution: str
    """USCC of its institution (GB 32100)."""
    name_zh: str
    name_en: str


HOMES = (
    Home(310000, "shanghai", "123100004250004560", "上海开放大学", "Shanghai Open University"),
    Home(320000, "jiangsu", "123200004660001235", "江苏开放大学", "Jiangsu Open University"),
    Home(330000, "zhejiang", "123300004700007891", "浙江开放大学", "Zhejiang Open University"),
    Home(340000, "anhui", "12340000485000321G", "安徽开放大学", "Anhui Open University"),
)

OFFICE = Home(0, "office", "", "长三角学分银行区域合作办公室", "Regional Cooperation Office")
"""The observer: no province, no institution, no key."""


class CommandFailedError(Exception):
    """A command ended otherwise than the story needs."""

    def __init__(self, command: tuple[str, ...], code: int, output: str) -> None:
        super().__init__(f"{' '.join(command)} ended with {code}:\n{output}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Done:
    """A finished command."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever the command prints
        """What it printed with --json."""
        return json.loads(self.stdout)


def run(
    *command: str, ok: tuple[int, ...] = (0,), timeout: float = 600, environment: dict[str, str] | None = None
) -> Done:
    """Run a command to its end.

    Raises:
        CommandFailedError: its exit code is not among ``ok``.
    """
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        stdin=subprocess.DEVNULL,
        env=_environment(environment),
    )
    if done.returncode not in ok:
        raise CommandFailedError(command, done.returncode, done.stdout + done.stderr)
    return Done(done.returncode, done.stdout, done.stderr)


def fetch(url: str, data: bytes | None = None, timeout: float = 30, token: str | None = None) -> tuple[int, Any]:
    """GET (or POST ``data``) and return status and JSON; with ``token`` as its holder."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    request = urllib.request.Request(url, data=data, headers=headers)  # noqa: S310 - this stage's own gateways
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


@dataclass(slots=True)
class Centre:
    """One province's credit bank centre."""

    home: Home
    folder: Path
    network: Path
    rpc_url: str
    port: int
    peers: list[str] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None
    settings: dict[str, str] = field(default_factory=dict)
    """Further lines of gateway.toml."""

    @property
    def observer(self) -> bool:
        """Whether it acts for nobody."""
        return self.home is OFFICE

    @property
    def config(self) -> Path:
        """Its settings file."""
        return self.folder / "gateway.toml"

    @property
    def data(self) -> Path:
        """Its data directory."""
        return self.folder / "data"

    @property
    def url(self) -> str:
        """Where its gateway listens."""
        return f"http://127.0.0.1:{self.port}"

    def run(self, *words: str, ok: tuple[int, ...] = (0,), timeout: float = 600) -> Done:
        """``huren …`` with this centre's settings."""
        return run(HUREN, *words, "--config", str(self.config), ok=ok, timeout=timeout)

    def prepare(self) -> None:
        """Settings, passphrases, keys: what a new centre does once. Keys are made where they will live.

        An observer has its settings and nothing else.
        """
        if self.observer:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.write_settings()
            return
        secret_folder = self.folder / "secrets"
        secret_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in ("keys", "pseudonym", "officers"):
            write_secret(secret_folder / name, secrets.token_urlsafe(24))
        # The operator's keystore was made by the trial network's init; a centre keeps its own copy, nobody else's.
        for name in ("operator", "law-1", "admin"):
            shutil.copy(self.network / "keys" / str(self.home.province) / f"{name}.json", secret_folder)
        write_secret(secret_folder / "operator", (self.network / "keys" / "passphrase").read_text().strip())
        self.write_settings()
        self.run("key", "init")
        self.run("key", "issuing", self.home.institution)
        self.run("key", "agreement", self.home.institution)
        self.run("key", "officer", self.home.institution, "officer-1")

    def accredit(self) -> None:
        """The province vouches for its institution and publishes its two keys: binding acts, two accounts each."""
        two = [
            *("--account", str(self.folder / "secrets" / "admin.json")),
            *("--account", str(self.folder / "secrets" / "law-1.json")),
            *("--passphrase-file", str(self.folder / "secrets" / "operator")),
        ]
        home = self.home
        names = ("--name-zh", home.name_zh, "--name-en", home.name_en)
        self.run("institution", "accredit", home.institution, *names, *two)
        self.run("institution", "key", "add", home.institution, *two)
        self.run("institution", "key", "add", home.institution, "--for", "agreement", *two)

    def write_settings(self) -> None:
        """Write gateway.toml anew."""
        lines = {
            **({"role": '"observer"'} if self.observer else {"province": str(self.home.province)}),
            "data_dir": '"data"',
            "deployment": json.dumps(str(self.network / "deployment.json")),
            "rpc_url": json.dumps(self.rpc_url),
            "public_url": json.dumps(self.url),
            "listen_port": str(self.port),
            "peers": json.dumps(self.peers),
            **self.settings,
        }
        keys = {
            "passphrase_file": '"secrets/keys"',
            "pseudonym_passphrase_file": '"secrets/pseudonym"',
            "officers_passphrase_file": '"secrets/officers"',
            "operator": '"secrets/operator.json"',
            "operator_passphrase_file": '"secrets/operator"',
        }
        text = "".join(f"{key} = {value}\n" for key, value in lines.items())
        if not self.observer:
            text += "\n[keys]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items())
        self.config.write_text(text, encoding="utf-8")

    def serve(self, *, read_only: bool = False) -> None:
        """Start the gateway and wait until it answers.

        Raises:
            CommandFailedError: it ended, or did not answer in time; its log is in ``serve.log``.
        """
        words = ["serve", "--config", str(self.config)] + (["--read-only"] if read_only else [])
        with (self.folder / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                [HUREN, *words], stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=_environment()
            )
        deadline = time.monotonic() + _START_SECONDS
        why = "no answer"
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                fetch(f"{self.url}/healthz", timeout=2)
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
            except ValueError:
                why = f"somebody else answers at {self.url}"
                break
            else:
                return
        if self.process.poll() is None:
            self.process.kill()
        code, self.process = self.process.wait(timeout=60), None
        raise CommandFailedError(("huren", *words), code, f"{why}\n{self.log_tail()}")

    def log_tail(self, characters: int = 3000) -> str:
        """The end of the server's log."""
        path = self.folder / "serve.log"
        return path.read_text(errors="replace")[-characters:] if path.exists() else ""

    def stop(self, *, how: int = signal.SIGTERM) -> int | None:
        """End the gateway and return its exit code; ``signal.SIGKILL`` kills it."""
        if self.process is None:
            return None
        self.process.send_signal(how)
        code = self.process.wait(timeout=60)
        self.process = None
        return code

    def wait_until_indexed(self, block: int, seconds: float = 240) -> None:
        """Wait until the index has come to ``block`` and lacks no manifest.

        Raises:
            TimeoutError: it has not.
        """
        report: Any = None
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            _, report = fetch(f"{self.url}/readyz")
            index = report.get("index", {"block": None})  # a problem, where its database has just gone away
            if index["block"] is not None and index["block"] >= block and not index["manifestsLacking"]:
                return
            time.sleep(0.1)
        raise TimeoutError(f"{self.home.slug}: not at block {block} after {seconds} s: {report}\n{self.log_tail()}")


class Stage:
    """A chain, four centres and the regional office's observer in ``folder``."""

    def __init__(
        self,
        folder: Path,
        *,
        days_ago: int = 30,
        term_days: int | None = None,
        settings: dict[str, str] | None = None,
    ) -> None:
        """Plan it; nothing is started. ``settings`` are further lines of every gateway.toml."""
        self.folder = folder
        self.network = folder / "network"
        self.days_ago = days_ago
        self.term_days = term_days
        self.chain_port = free_port()
        self.rpc_url = f"http://127.0.0.1:{self.chain_port}"
        self.centres = {
            home.province: Centre(
                home, folder / home.slug, self.network, self.rpc_url, free_port(), settings=dict(settings or {})
            )
            for home in HOMES
        }
        for centre in self.centres.values():
            centre.peers = [other.url for other in self.centres.values() if other is not centre]
        self.office = Centre(OFFICE, folder / OFFICE.slug, self.network, self.rpc_url, free_port())
        """The regional office's observer: `office.prepare()`, `office.serve()`, `office.run("audit", …)`."""
        self.office.peers = [centre.url for centre in self.centres.values()]
        self.office.settings = dict(settings or {})

    def node(self, *words: str, ok: tuple[int, ...] = (0,)) -> Done:
        """``huren-node …`` on this network."""
        return run(HUREN_NODE, words[0], "--dir", str(self.network), *words[1:], ok=ok)

    def raise_network(self) -> None:
        """Make keys and description, start the chain, deploy the contracts, constitute the consortium."""
        self.node("init", "--port", str(self.chain_port), "--start-days-ago", str(self.days_ago))
        if self.term_days is not None:
            path = self.network / "network.toml"
            described = path.read_text(encoding="utf-8")
            path.write_text(
                re.sub(r"(?m)^term_days = \d+", f"term_days = {self.term_days}", described), encoding="utf-8"
            )
        self.node("up")
        self.node("deploy")

    def block(self) -> int:
        """The chain's newest block."""
        return int(self.node("status", "--json").json["block"])

    def close(self) -> None:
        """End every process that this stage started."""
        for centre in (*self.centres.values(), self.office):
            if centre.process is not None and centre.process.poll() is None:
                centre.stop()
        if (self.network / "network.toml").exists():
            self.node("down", ok=(0, 1, 2))


def _environment(extra: dict[str, str] | None = None) -> dict[str, str]:
    """This process's environment without settings of a gateway that the caller may have."""
    return {key: value for key, value in os.environ.items() if not key.startswith("HUREN_")} | (extra or {})


def write_secret(path: Path, text: str) -> None:
    """Write what only its owner may read."""

    def opener(name: str, flags: int) -> int:
        return os.open(name, flags, 0o600)

    file: IO[str]
    with open(path, "w", encoding="utf-8", opener=opener) as file:
        file.write(text + "\n")
