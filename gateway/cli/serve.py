"""``huren serve``: the gateway as a server: API, sender and indexer in one process."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Annotated

import structlog
import typer
import uvicorn

from gateway.api.app import create_app
from gateway.api.services import Services
from gateway.cli import console
from gateway.cli.context import ConfigOption, opened
from gateway.domain.errors import HurenError

if TYPE_CHECKING:
    from gateway.bootstrap import Gateway
    from gateway.settings import Settings

log = structlog.get_logger(__name__)


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
    """Serve until interrupted (SIGTERM, SIGINT)."""
    with opened(config, log_level=None) as gateway:
        settings = gateway.settings
        application = create_app(_services(gateway), body_bytes=settings.limits.body_bytes)
        listener = _listen(settings)
        host, port = listener.getsockname()[:2]
        server = uvicorn.Server(
            uvicorn.Config(application, log_config=None, access_log=False, server_header=False, lifespan="off")
        )
        if not read_only:
            gateway.operator  # noqa: B018 - a wrong passphrase ends the command before anything is served
        with gateway.running(read_only=read_only):
            address = f"http://{host}:{port}"
            console.emit(
                {"address": address, "province": settings.province, "readOnly": read_only},
                as_json=as_json,
                text=lambda out: out.print(console.say(f"网关已启动：{address}", f"the gateway listens on {address}")),
            )
            log.info("serve.started", address=address, province=settings.province)
            server.run(sockets=[listener])
        log.info("serve.stopped")


def _services(gateway: Gateway) -> Services:
    return Services(gateway.verifier, gateway.blobs, gateway.status_lists, gateway.readiness)


def _listen(settings: Settings) -> socket.socket:
    address = (settings.listen_host, settings.listen_port)
    try:
        return socket.create_server(address, backlog=512)
    except OSError as error:
        raise AddressTaken(f"{address[0]}:{address[1]}", why=error.strerror or error) from error
