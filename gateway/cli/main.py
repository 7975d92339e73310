"""The entry point of ``huren``: gathers the commands and turns every failure into an exit code.

Typer ends a usage error with 2, which here means "cannot check"; ours is 64 (sysexits.h, EX_USAGE).
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Protocol, cast

import typer
from typer._click.exceptions import ClickException  # typer carries its own copy of click
from typer.exceptions import Abort
from typer.exceptions import Exit as Finished

from gateway.cli import console
from gateway.domain.errors import HurenError
from node.client.errors import NodeError

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS: tuple[str, ...] = (
    "serve",
    "issue",
    "verify",
    "present",
    "find",
    "account",
    "key",
    "job",
    "status",
    "institution",
    "index",
)
"""Modules of this package, each with ``register(app)``, in the order in which ``huren --help`` lists them."""


class _CommandModule(Protocol):
    def register(self, app: typer.Typer) -> None: ...


def build() -> typer.Typer:
    """The whole command tree."""
    app = typer.Typer(
        name="huren",
        help="互认：学分银行之间的学习成果互认 / mutual recognition of learning outcomes between credit banks",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )

    @app.callback()
    def root() -> None:
        pass

    for name in COMMANDS:
        cast("_CommandModule", importlib.import_module(f"gateway.cli.{name}")).register(app)
    return app


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; prints what went wrong, never a traceback for a user's mistake."""
    command = typer.main.get_command(build())
    try:
        result = command.main(args=list(arguments), prog_name="huren", standalone_mode=False)
    except ClickException as error:
        error.show()
        return console.Exit.USAGE
    except Finished as finished:
        return finished.exit_code
    except (Abort, KeyboardInterrupt):
        console.note("已中断", "interrupted")
        return console.Exit.CANNOT
    except (HurenError, NodeError) as error:
        console.show(error, as_json="--json" in arguments)
        return console.Exit.CANNOT
    return result if isinstance(result, int) else console.Exit.OK


def main() -> None:
    """Console script ``huren``."""
    sys.exit(run(sys.argv[1:]))
