"""The entry point of `huren-node`: gathers the commands and turns every failure into an exit code.

Typer ends a usage error with 2, which here means that something could not be done; ours is 64 (sysexits.h, EX_USAGE).
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer
from typer._click.exceptions import ClickException  # typer carries its own copy of click
from typer.exceptions import Abort
from typer.exceptions import Exit as Finished

from node.cli import chain, consortium, setup
from node.cli.console import Exit, complain, note
from node.client.errors import NodeError

if TYPE_CHECKING:
    from collections.abc import Sequence


class WrongUsage(NodeError):
    """A call whose words are off."""

    def __init__(self, why: str) -> None:
        super().__init__(f"用法有误：{why}（用法见 --help）", f"wrong usage: {why} (see --help)")


class MachineRefused(NodeError):
    """The operating system refused: a full disk, a missing folder, permissions."""

    def __init__(self, error: OSError) -> None:
        why = f"{error.strerror or error}（{error.filename or ''}）"
        super().__init__(
            f"操作系统拒绝：{why}，请检查磁盘空间、路径与权限后重试",
            f"the operating system refused: {why}; check disk space, paths and permissions and run it again",
        )


def build() -> typer.Typer:
    """Return the whole command tree."""
    app = typer.Typer(
        name="huren-node",
        help="互认：运行联盟链节点 / run a member's node of the consortium chain",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )

    @app.callback()
    def root() -> None:
        pass

    setup.register(app)
    chain.register(app)
    consortium.register(app)
    return app


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; a user's mistake is a sentence, never a traceback."""
    command = typer.main.get_command(build())
    try:
        result = command.main(args=list(arguments), prog_name="huren-node", standalone_mode=False)
    except ClickException as error:
        complain(WrongUsage(error.format_message()), as_json="--json" in arguments)
        return Exit.USAGE
    except Finished as finished:
        return finished.exit_code
    except (Abort, KeyboardInterrupt):
        note("已中断", "interrupted")
        return Exit.CANNOT
    except NodeError as error:
        complain(error, as_json="--json" in arguments)
        return Exit.CANNOT
    except OSError as error:
        complain(MachineRefused(error), as_json="--json" in arguments)
        return Exit.CANNOT
    return result if isinstance(result, int) else Exit.OK


def main() -> None:
    """Console script ``huren-node``."""
    sys.exit(run(sys.argv[1:]))
