"""Why a program does not stay alive, in words with a cure: out of what it said last, or of what kept it from starting.

problem_of_log("Fatal: ... listen tcp 127.0.0.1:8545: bind: address already in use", "chain")
"""

from __future__ import annotations

import errno
import re
from dataclasses import dataclass
from typing import Final, Self

from node.client import os_words
from node.client.errors import NodeError

_WORDS: Final = 300
_GRAVE: Final = re.compile(
    r"fatal|error|crit\b|panic|exception|cannot|denied|no such|not found|failed|unable", re.IGNORECASE
)
_DAILY: Final = re.compile(r"^(INFO|WARN|DEBUG)|[|\t] ?(INFO|WARN|DEBUG) *[|\t]")
"""How geth, Besu and Kubo mark a line that is not about an end."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a program, and its cure, in both languages."""

    zh: str
    en: str
    hint_zh: str
    hint_en: str

    @classmethod
    def plain(cls, said: str) -> Self:
        """Return a problem of which nothing is known but the program's own words."""
        said = said[-_WORDS:]
        return cls(said, said, "", "")


@dataclass(frozen=True, slots=True)
class _Known:
    """A failure that is known by the words in which programs tell it (geth 1.13, Besu 26, Kubo 0.39)."""

    told: re.Pattern[str]
    zh: str
    en: str
    hint_zh: str
    hint_en: str


def _known(told: str, zh: str, en: str, hint_zh: str, hint_en: str) -> _Known:
    return _Known(re.compile(told, re.IGNORECASE), zh, en, hint_zh, hint_en)


_DISK: Final = _known(
    r"no space left|low disk space|disk quota exceeded",
    "磁盘已满",
    "the disk is full",
    "扩容或清理；之后会自动重新启动",
    "make room; it is started again by itself",
)
_ALL_KNOWN: Final = (
    _DISK,
    _known(
        r"address already in use|failed to bind|BindException|port .* already in use",
        "端口已被其他程序占用",
        "another program has one of its ports",
        "ss -ltnp 显示占用者：结束它，或在 local.toml 中换一个端口",
        "ss -ltnp says which: end it, or choose another port in local.toml",
    ),
    _known(
        r"someone else has the lock|already used by another process|resource temporarily unavailable|"
        r"unable to lock|lock .*LOCK",
        "另一个进程正在使用它的数据目录",
        "another process uses its data",
        "结束该进程（ps -ef），不要删除锁文件",
        "end that process (ps -ef); do not remove lock files",
    ),
    _known(
        r"incompatible genesis|genesis block .* (does not match|mismatch)|supplied genesis block does not match",
        "数据属于另一个创世区块",
        "its data are those of another genesis",
        "核对 genesis.json 的指纹；若数据属于旧网络，移走 chain/",
        "compare the fingerprint of genesis.json; move chain/ away where it is an older network's",
    ),
    _known(
        r"malformed manifest|corrupt|checksum mismatch|missing table|invalid chunk|bad magic",
        "数据已损坏",
        "its data are damaged",
        "huren-node down，移走 chain/（或 ipfs/），再 up：会从其他成员取回；或从备份恢复。密钥不在其中",
        "huren-node down, move chain/ (or ipfs/) away, up: everything is fetched anew from the other members, or "
        "restored from a backup; no key is in it",
    ),
    _known(
        r"lower than your repos|fs-repo-migrations|migration",
        "IPFS 仓库的版本与程序不符",
        "the IPFS repository is of another version than the program",
        "安装 make setup 所装的版本，或在 local.toml 中以 ipfs 指明",
        "install the version that make setup builds, or name it in local.toml, ipfs",
    ),
    _known(
        r"out of memory|cannot allocate memory|OutOfMemoryError",
        "内存不足",
        "there is not enough memory",
        "增加内存，或停止其他程序（见运营手册第 2 节）",
        "add memory or end other programs (operator guide, section 2)",
    ),
    _known(
        r"UnsupportedClassVersionError|JAVA_HOME|java: not found|no 'java' command",
        "找不到合适的 Java",
        "there is no suitable Java",
        "Besu 需要 Java 21 以上：安装它，或设置 JAVA_HOME 后重启监护进程",
        "Besu needs Java 21 or newer: install it, or set JAVA_HOME and start the supervisor again",
    ),
    _known(
        r"permission denied|AccessDeniedException",
        "权限不足",
        "it is not permitted to use its files",
        "核对目录的所有者：应为运行监护进程的用户（chown -R）",
        "look whose the folder is: the user's that the supervisor runs as (chown -R)",
    ),
    _known(
        r"not found$|no such file",
        "缺少文件或程序",
        "a file or a program is lacking",
        "按其所述补齐，然后 huren-node up",
        "bring back what it names, then huren-node up",
    ),
)
_RETRIES = ("改正后会自动重试，huren-node up 立即重试", "it is tried again by itself, and at once by huren-node up")


def problem_of_log(said: str, name: str) -> Problem:
    """Read why the program `name` ended out of what it `said` since its start.

    Only its gravest lines count: what came before them is daily business. Where it said nothing grave it was killed.
    """
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    grave = [line for line in lines if _GRAVE.search(line) and not _DAILY.search(line)]
    if not grave:
        return Problem(
            "没有说明原因即告终止：多半是被强行结束（kill -9，或内存不足）",
            "it ended without a reason: killed, most likely (kill -9, or no memory left)",
            f"journalctl -k（或 dmesg）查看是否因内存不足；日志 run/{name}.log。会自动重新启动",
            f"journalctl -k, or dmesg, says whether memory ran out; its log is run/{name}.log. It is started again "
            "by itself",
        )
    last = grave[-1][:_WORDS]
    for known in _ALL_KNOWN:
        telling = next((line for line in reversed(grave) if known.told.search(line)), None)
        if telling is not None:
            words = telling[:_WORDS]
            return Problem(f"{known.zh}：{words}", f"{known.en}: {words}", known.hint_zh, known.hint_en)
    return Problem(
        last,
        last,
        f"按 run/{name}.log 末尾所述处理；{_RETRIES[0]}",
        f"mend what run/{name}.log ends with; {_RETRIES[1]}",
    )


def problem_of_error(error: Exception) -> Problem:
    """Say what kept a program from being started."""
    if isinstance(error, NodeError):
        told = error.to_json()
        zh = os_words.in_chinese(error.zh)
        return Problem(zh, error.en, told.get("hintZh", _RETRIES[0]), told.get("hintEn", _RETRIES[1]))
    if isinstance(error, OSError):
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            return Problem(_DISK.zh, _DISK.en, _DISK.hint_zh, _DISK.hint_en)
        why = f"{error.strerror or type(error).__name__}（{error.filename or '—'}）"
        return Problem(f"操作系统拒绝：{os_words.in_chinese(why)}", f"the operating system refused: {why}", *_RETRIES)
    said = f"{type(error).__name__}: {error}"[:_WORDS]
    return Problem(f"意外的错误：{said}", f"an unexpected error: {said}", *_RETRIES)
