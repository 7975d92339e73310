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

COMMANDS: dict[str, tuple[str, ...]] = {
    "serve": ("serve",),
    "issue": ("issue", "export"),
    "verify": ("verify",),
    "present": ("present",),
    "find": ("find",),
    "status": ("suspend", "reinstate", "revoke"),
    "account": ("account",),
    "institution": ("institution",),
    "key": ("key",),
    "index": ("index",),
    "job": ("job",),
}
"""Modules of this package, each with ``register(app)``, in the order in which ``huren --help`` lists them, and the
commands of each: only the module of the command that is called is imported, since together they take seconds."""


class WrongUsage(HurenError):
    """A call whose words are off."""

    code = "cli.usage"
    zh = "用法有误：{value}"
    en = "wrong usage: {value}"
    hint_zh = "用法见 --help"
    hint_en = "see --help"


class MachineRefused(HurenError):
    """The operating system refused: a full disk, a missing folder, permissions."""

    code = "cli.machine"
    zh = "操作系统拒绝：{why}（{value}）"
    en = "the operating system refused: {why} ({value})"
    hint_zh = "请检查磁盘空间、路径与权限后重试；已完成的部分不会重复"
    hint_en = "check disk space, paths and permissions and run it again: what is done is not done twice"


class _CommandModule(Protocol):
    def register(self, app: typer.Typer) -> None: ...


def build(command: str | None = None) -> typer.Typer:
    """The whole command tree, or the part of it that ``command`` is in."""
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

    known = [module for module, commands in COMMANDS.items() if command in commands]
    for name in known or COMMANDS:
        cast("_CommandModule", importlib.import_module(f"gateway.cli.{name}")).register(app)
    return app


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; prints what went wrong, never a traceback for a user's mistake."""
    command = typer.main.get_command(build(arguments[0] if arguments else None))
    try:
        result = command.main(args=list(arguments), prog_name="huren", standalone_mode=False)
    except ClickException as error:
        console.show(WrongUsage(error.format_message()), as_json="--json" in arguments)
        return console.Exit.USAGE
    except Finished as finished:
        return finished.exit_code
    except (Abort, KeyboardInterrupt):
        console.note("已中断", "interrupted")
        return console.Exit.CANNOT
    except (HurenError, NodeError) as error:
        console.show(error, as_json="--json" in arguments)
        return console.Exit.CANNOT
    except OSError as error:
        refused = MachineRefused(str(error.filename or ""), why=error.strerror or str(error))
        console.show(refused, as_json="--json" in arguments)
        return console.Exit.CANNOT
    return result if isinstance(result, int) else console.Exit.OK


def main() -> None:
    """Console script ``huren``."""
    sys.exit(run(sys.argv[1:]))
