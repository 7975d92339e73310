"""Opening the gateway that a command works on, and closing it again.

The gateway takes a second to import (SQL, cryptography, the ledger), so it is imported when a command runs: its help,
and a call whose words are off, need none of it.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from node.client.attended import attended

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.bootstrap import Gateway

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        help="网关配置，默认 HUREN_CONFIG 或 ./gateway.toml / settings (HUREN_CONFIG, ./gateway.toml)",
    ),
]


@contextmanager
def opened(config: Path | None, *, log_level: str | None = "WARNING") -> Iterator[Gateway]:
    """The gateway of a settings file, for the length of one command.

    A command's log goes to standard error from ``log_level`` on, so that it does not drown what the command says;
    None takes the level of the settings (``serve``).

    Raises:
        SettingsError: the settings cannot be used.
    """
    from gateway import logs  # noqa: PLC0415 - see the module's docstring
    from gateway.bootstrap import Gateway  # noqa: PLC0415 - beside it
    from gateway.settings import load_settings  # noqa: PLC0415 - beside it

    settings = load_settings(config)
    form = settings.log_format if log_level is None else "console"
    logs.configure(log_level or settings.log_level, form)
    gateway = Gateway(settings, prompt=attended())
    try:
        with logs.correlation():
            yield gateway
    finally:
        gateway.close()
