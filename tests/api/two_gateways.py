"""Two provinces' gateways behind their interfaces, over one chain."""

from __future__ import annotations

import base64
import io
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ground import PROGRAMME, TARGET, Ground
from housing import bearer
from ledger_world import found, start_chain
from sqlalchemy import select
from starlette.testclient import TestClient

from gateway.api.app import create_app
from gateway.bootstrap import Gateway
from gateway.cli.serve import _services
from gateway.domain.receipt import Certificate
from gateway.store.models import Credential, OutboxEntry, OutboxState, Role

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gateway.api.services import Services


@dataclass
class Desk:
    """A province's gateway behind its interface."""

    gateway: Gateway
    services: Services
    client: TestClient

    def ask(self, method: str, path: str, role: Role, body: Any = None, **headers: str) -> Any:  # noqa: ANN401
        """A request with a token of the role; ``institution`` and ``account`` among the headers bind it."""
        scope: dict[str, Any] = {
            name: headers.pop(name) for name in ("institution", "account", "label") if name in headers
        }
        text = self.services.tokens.create(role, days=1, **scope).text
        return self.client.request(method, path, json=body, headers={**bearer(text), **headers})

    def follow(self) -> None:
        self.gateway.indexer(attesting=False).advance()

    def send(self) -> None:
        """What the sender of a serving gateway does, until nothing is left."""
        with self.gateway.database.read() as connection:
            ended = (OutboxState.FINAL, OutboxState.FAILED)
            waiting = connection.execute(select(OutboxEntry.id).where(OutboxEntry.state.not_in(ended))).scalars().all()
        self.gateway.sender.settle(list(waiting), seconds=30)
        self.follow()


@dataclass
class World:
    ground: Ground
    shanghai: Desk
    zhejiang: Desk

    def leaf(self, number: int) -> str:
        return "0x" + Certificate.parse(self.ground.papers[number].read_bytes()).leaf().leaf.hex()

    def learner(self, leaf: str) -> int:
        with self.shanghai.gateway.database.read() as connection:
            query = select(Credential.learner_id).where(Credential.leaf == bytes.fromhex(leaf[2:]))
            return int(connection.execute(query).scalar_one())

    def body(self, number: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401
        consent = {"how": "paper", "evidence": base64.b64encode(b"a scan").decode()}
        return {
            "hash": self.leaf(number), "agreement": self.ground.agreement, "rule": 1, "targetInstitution": TARGET,
            "programme": PROGRAMME, "consent": consent, **more,
        }  # fmt: skip

    def requested(self, number: int) -> str:
        """A transfer that waits for a decision, its letter where the target can read it."""
        made = self.shanghai.ask("POST", "/v1/applications", Role.OPERATOR, self.body(number))
        assert made.status_code == 201, made.text
        path = made.headers["location"]
        confirmed = self.shanghai.ask("POST", f"{path}/confirm", Role.OPERATOR)
        assert (confirmed.status_code, confirmed.json()["state"]) == (202, "confirmed"), confirmed.text
        assert confirmed.json()["waitsFor"]["en"]
        self.shanghai.send()
        self.ground.carry()
        self.zhejiang.follow()
        return str(self.shanghai.ask("GET", path, Role.OPERATOR).json()["transfer"])


@contextmanager
def over_one_chain(folder: Path) -> Iterator[World]:
    """Both, with an agreement in force, the programme declared, an officer three days in office."""
    chain, said = start_chain(), io.StringIO()

    def capture() -> str:
        told = said.getvalue()
        said.seek(0)
        said.truncate()
        return told

    ground = Ground(found(chain), folder)
    with redirect_stdout(said):
        ground.agree(capture)
        ground.pass_days(8)
        words = ("programme", "declare", TARGET, PROGRAMME, "--window", "whole", "--headcount", "40", "--yes")
        ground.zhejiang.huren(*words)
    made = World(ground, desk(ground.shanghai.gateway()), desk(ground.zhejiang.gateway()))
    both = (made.shanghai, made.zhejiang)
    for one in both:
        one.follow()
    yield made
    for one in both:
        one.client.close()
        one.gateway.close()
    chain.stop()


def desk(gateway: Gateway, *, acts: bool = True) -> Desk:
    services = _services(gateway, acts=acts)
    client = TestClient(create_app(services, body_bytes=1 << 20), raise_server_exceptions=False)
    return Desk(gateway, services, client)
