"""``huren serve``: the gateway as a server: API, sender and indexer in one process."""

from __future__ import annotations

import signal
import socket
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Final

import structlog
import typer
import uvicorn

from gateway.api.access import AccessTokens
from gateway.api.app import create_app
from gateway.api.held import HeldKeys
from gateway.api.recognised import OfGateway
from gateway.api.services import Services
from gateway.api.streaming import EventStream
from gateway.api.work import TransferWork
from gateway.cli import console
from gateway.cli.context import ConfigOption, opened
from gateway.domain.errors import HurenError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI

    from gateway.bootstrap import Gateway
    from gateway.settings import Settings

log = structlog.get_logger(__name__)

CONNECTIONS: Final = 1_000
"""Open at the same time; further ones are told to come again (503)."""
GRACE_SECONDS: Final = 5
"""How long requests that are being answered have when the gateway stops."""
KEEP_ALIVE_SECONDS: Final = 15


class AddressTaken(HurenError):
    """The address to listen on cannot be had."""

    code = "serve.address"
    zh = "无法监听 {value}：{why}"
    en = "cannot listen on {value}: {why}"
    hint_zh = "请检查 listen_host 与 listen_port，或先停止占用该端口的程序"
    hint_en = "check listen_host and listen_port, or stop what uses the port"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("serve", help="启动网关：接口、发送与索引 / run the gateway: API, sender and indexer")(serve)


def serve(
    config: ConfigOption = None,
    read_only: Annotated[
        bool,
        typer.Option(
            "--read-only", help="只索引与核验，不发送交易，无需任何密钥 / index and verify only: no key is needed"
        ),
    ] = False,
    as_json: console.JsonFlag = False,
) -> None:
    """Serve until interrupted (SIGTERM, SIGINT), then end with exit 0."""
    with opened(config, log_level=None) as gateway:
        settings = gateway.settings
        read_only = read_only or settings.observer
        listener = _listen(settings)
        host, port = listener.getsockname()[:2]
        services = _services(gateway, acts=not read_only)
        server = uvicorn.Server(server_config(create_app(services, body_bytes=settings.limits.body_bytes)))
        services.stream.end_when(lambda: server.should_exit)  # it has no end of its own
        if not read_only:
            gateway.operator  # noqa: B018 - a wrong passphrase ends the command before anything is served
        with _ended_by_signals(server), gateway.running(read_only=read_only):
            address = f"http://{host}:{port}"
            console.emit(
                {
                    "address": address,
                    "province": settings.province or None,
                    "role": settings.role,
                    "readOnly": read_only,
                },
                as_json=as_json,
                text=lambda out: out.print(console.say(f"网关已启动：{address}", f"the gateway listens on {address}")),
            )
            log.info("serve.started", address=address, province=settings.province, role=settings.role)
            server.run(sockets=[listener])
        log.info("serve.stopped")


def server_config(application: FastAPI) -> uvicorn.Config:
    """How the application is served; a proxy in front of it adds TLS."""
    return uvicorn.Config(
        application,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        ws="none",
        limit_concurrency=CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


@contextmanager
def _ended_by_signals(server: uvicorn.Server) -> Iterator[None]:
    """A signal ends the server at any moment, also before it runs, and never the process by itself.

    While it runs uvicorn listens to signals, and raises them once more at its end: that must find a handler that lets
    the indexer and the sender finish what they are writing.
    """

    def end(_number: int, _frame: object) -> None:
        server.should_exit = True

    numbers = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(number, end) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _services(gateway: Gateway, *, acts: bool) -> Services:
    held = HeldKeys(gateway, acts=acts)
    recognised = OfGateway(gateway, held)
    return Services(
        gateway.verifier,
        gateway.blobs,
        gateway.documents.book,
        gateway.status_lists,
        gateway.readiness,
        AccessTokens(gateway.database, clock=time.time),
        recognised,
        TransferWork(gateway, held),
        EventStream(recognised.feed),
    )


def _listen(settings: Settings) -> socket.socket:
    address = (settings.listen_host, settings.listen_port)
    try:
        return socket.create_server(address, backlog=512)
    except OSError as error:
        raise AddressTaken(f"{address[0]}:{address[1]}", why=_reason(error)) from error


def _reason(error: OSError) -> str:
    """Return the system's own words: the socket's module adds the address, which is said already."""
    return str(error.strerror or error).partition(" (while attempting")[0]
