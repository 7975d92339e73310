"""`python -P -m node.supervisor --dir DIR`: run one member's programs until told to end."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path

from node.client.errors import NodeError
from node.engines.place import SUPERVISOR
from node.layout import Layout
from node.supervisor.loop import Supervisor


def main(words: list[str]) -> int:
    """Run; return the exit code: 0 ended as told, 1 another supervisor has the folder, 2 it could not be read."""
    parser = argparse.ArgumentParser(prog=f"python -m {SUPERVISOR}", description="Run a member's node. / 运行成员节点")
    parser.add_argument("--dir", required=True, type=Path, help="the member's folder / 成员目录")
    parser.add_argument("--pid-file", type=Path, help="where its process id goes / 进程号文件")
    given = parser.parse_args(words)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until we read the files again on it, we must not die of it
    layout = Layout(given.dir.resolve())
    pid_file = layout.run / "supervisor.pid"
    if given.pid_file != pid_file:
        # Others know us by this word on our command line, so we take it on, whoever started us.
        own = [f"--dir={layout.folder}", f"--pid-file={pid_file}"]
        os.execv(sys.executable, [sys.executable, "-P", "-m", SUPERVISOR, *own])  # noqa: S606 - ourselves
    try:
        return Supervisor(layout).run()
    except NodeError as error:
        sys.stderr.write(f"{error}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
