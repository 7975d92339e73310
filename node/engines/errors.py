"""What can go wrong with an engine, whatever program it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from node.client.errors import Exit, NodeError

if TYPE_CHECKING:
    from pathlib import Path

    from node.engines.problems import Problem


class UnsupportedByEngineError(NodeError):
    """`engine` cannot do `operation`, by its nature."""

    def __init__(self, engine: str, operation: str, zh: str, en: str) -> None:
        super().__init__(f"引擎 {engine} 不支持 {operation}：{zh}", f"the engine {engine} cannot {operation}: {en}")
        self.engine = engine
        self.operation = operation


class EngineFailedError(NodeError):
    """The engine did not start, or ended: `problem` is what is known of why; `log` holds what it said."""

    def __init__(self, engine: str, log: Path, problem: Problem) -> None:
        super().__init__(
            f"引擎 {engine} 未能运行：{problem.zh}（日志 {log}）",
            f"the engine {engine} does not run: {problem.en} (log: {log})",
        )
        self.engine = engine
        self.log = log
        self.problem = problem

    def to_json(self) -> dict[str, str]:
        """Return the form that surfaces show, with the cure where one is known."""
        told = super().to_json()
        cure = {"hintZh": self.problem.hint_zh, "hintEn": self.problem.hint_en}
        return told | cure if self.problem.hint_en else told


class ProgramUnusableError(NodeError):
    """The program at `path` cannot be run: `why`."""

    def __init__(self, path: Path, zh: str, en: str) -> None:
        super().__init__(
            f"程序 {path} 无法运行：{zh}。请重新安装它（make setup），或在 local.toml 中指明可用的程序",
            f"the program {path} cannot be run: {en}. Install it again (make setup), or name another in local.toml",
        )
        self.path = path


class ChainDataError(NodeError):
    """The client cannot open the chain's data in `folder`; `problem` is what is known of why."""

    def __init__(self, folder: Path, problem: Problem) -> None:
        super().__init__(
            f"无法打开 {folder} 中的链数据：{problem.zh}",
            f"the chain's data in {folder} cannot be opened: {problem.en}",
        )
        self.folder = folder
        self.problem = problem

    def to_json(self) -> dict[str, str]:
        """Return the form that surfaces show, with the cure."""
        return super().to_json() | {"hintZh": self.problem.hint_zh, "hintEn": self.problem.hint_en}


class BeyondFinalError(NodeError):
    """The chain was to be rewound to `block`, and those up to `final` are final; or it is above `head`."""

    exit_code = Exit.USAGE

    def __init__(self, block: int, final: int, head: int) -> None:
        super().__init__(
            f"不能回退到区块 {block}：应在 {final}（终局区块，不可放弃）与当前区块 {head} 之间",
            f"the chain cannot go back to block {block}: it has to be from {final} (final, never given up) to "
            f"{head}, the newest one",
        )
        self.block = block
        self.final = final
        self.head = head


class GenesisMissingError(NodeError):
    """There is no genesis.json at `path`."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"没有 {path}。请由 network assemble 重新生成，或向任一成员索取（各成员逐字节相同），并核对指纹",
            f"there is no {path}. Assemble it again or take any member's, it is the same byte for byte; compare the "
            "fingerprint",
        )
        self.path = path


class EngineStuckError(NodeError):
    """The process `pid` of the engine did not do what it was asked within `seconds`."""

    def __init__(self, engine: str, pid: int, seconds: float) -> None:
        super().__init__(
            f"引擎 {engine}（进程 {pid}）{seconds:.0f} 秒内没有响应，请查看日志",
            f"the engine {engine} (process {pid}) did not answer within {seconds:.0f} s; see its log",
        )
        self.engine = engine
        self.pid = pid
        self.seconds = seconds


class PortTakenError(NodeError):
    """Another program listens on `port`."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(
            f"{host}:{port} 已被其他程序占用，请在 network.toml 或 local.toml 中改用别的端口",
            f"another program listens on {host}:{port}; choose another port in network.toml or local.toml",
        )
        self.host = host
        self.port = port


class BinaryMissingError(NodeError):
    """The engine's program is not installed."""

    def __init__(self, engine: str, looked: tuple[str, ...]) -> None:
        where = ", ".join(looked) or "PATH"
        key = f"{'network.toml, engine.binary' if engine == 'anvil' else f'local.toml, {engine}'}"
        super().__init__(
            f"找不到引擎程序 {engine}（查找过：{where}）。请运行 make setup 或自行安装，或在 {key} 中指明路径",
            f"no program {engine} (looked at {where}). Run make setup or install it, or name its path in {key}",
        )
        self.engine = engine
        self.looked = looked


class VersionError(NodeError):
    """The program of the engine is of a version that this network does not run on."""

    def __init__(self, engine: str, program: Path, found: str, wanted: str) -> None:
        super().__init__(
            f"{program} 的版本是 {found}，引擎 {engine} 需要 {wanted}。请安装该版本，或在 local.toml 中指明其路径",
            f"{program} is version {found}; the engine {engine} needs {wanted}. Install it, or name its path in "
            "local.toml",
        )
        self.engine = engine
        self.program = program
        self.found = found
        self.wanted = wanted


class GenesisRefusedError(NodeError):
    """The client did not take genesis.json: the data in `folder` are another chain's, or the file is damaged."""

    def __init__(self, folder: Path, said: str) -> None:
        super().__init__(
            f"{folder} 中的链数据与 genesis.json 不符：{said}。请核对该文件的指纹；若数据属于旧网络，请移走该目录",
            f"the chain in {folder} is not that of genesis.json: {said}. Compare the file's fingerprint; move the "
            "folder away where it belongs to an older network",
        )
        self.folder = folder
        self.said = said


class MalformedValidatorError(NodeError):
    """`text` was to be voted on and is no address of a validator (Besu would take it as it is)."""

    exit_code = Exit.USAGE

    def __init__(self, text: str) -> None:
        super().__init__(
            f"{text!r} 不是验证者地址：应为 0x 加 40 位十六进制数，且不全为零",
            f"{text!r} is not the address of a validator: 0x and 40 hexadecimal digits, not all zero",
        )
        self.text = text
