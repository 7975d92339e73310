"""What can be wrong with the database, whichever statement meets it. The value is the database, never a row.

`explained` names the class for what SQLite reports (https://www.sqlite.org/rescode.html) and for what PostgreSQL does
(https://www.postgresql.org/docs/15/errcodes-appendix.html); an integrity error is the business of whoever wrote the row
and stays what it is.
"""

from __future__ import annotations

import sqlite3
from typing import Final

from gateway.domain.errors import HurenError


class StoreError(HurenError):
    """The family of everything that keeps the database from being used."""

    code = "store"


class NewerDatabase(StoreError):
    """The database carries a revision that this release does not know."""

    code = "store.newer"
    zh = "数据库 {value} 的版本 {revision} 比本程序新"
    en = "the database {value} is at revision {revision}, which this release does not know"
    hint_zh = "请升级程序"
    hint_en = "upgrade the program"


class ForeignDatabase(StoreError):
    """A database that another program made."""

    code = "store.foreign"
    zh = "数据库 {value} 不是本程序建立的（已有 {tables}）"
    en = "the database {value} was not made by this program (it has {tables})"
    hint_zh = "请检查 gateway.toml 的 data_dir"
    hint_en = "check data_dir in gateway.toml"


class DatabaseBusy(StoreError):
    """Another process kept the write lock for longer than a writer waits."""

    code = "store.busy"
    zh = "数据库 {value} 被其他进程长时间占用（{why}）"
    en = "another process has held the database {value} for too long ({why})"
    hint_zh = "请等待其完成后重试；本次未写入"
    hint_en = "wait until it is done and try again; nothing was written"


class DatabaseUnwritable(StoreError):
    """It cannot be opened or written: permissions, a read-only disk, a folder in its place."""

    code = "store.unwritable"
    zh = "数据库 {value} 无法打开或写入（{why}）"
    en = "the database {value} cannot be opened or written ({why})"
    hint_zh = "请检查文件及其目录的所有者、权限与挂载方式；本次未写入"
    hint_en = "check owner, permissions and mount of the file and its folder; nothing was written"


class DatabaseFull(StoreError):
    """The disk is full, or failing."""

    code = "store.full"
    zh = "数据库 {value} 写入失败，磁盘已满或有故障（{why}）"
    en = "the database {value} could not be written: the disk is full or failing ({why})"
    hint_zh = "请腾出空间或更换磁盘后重新运行；本次写入已撤销"
    hint_en = "free some space or replace the disk and run it again; this write was undone"


class DatabaseDamaged(StoreError):
    """Not a database, or one whose pages contradict each other."""

    code = "store.damaged"
    zh = "数据库 {value} 已损坏或不是数据库（{why}）"
    en = "the database {value} is damaged, or is none ({why})"
    hint_zh = "请停止服务并从备份恢复；链上缓存随后用 huren index rebuild 重建"
    hint_en = "stop the gateway and restore it from the backup; huren index rebuild then renews the chain's cache"


class DatabaseUnreachable(StoreError):
    """No server answers, it is starting or stopping, or it lets nobody in any more."""

    code = "store.unreachable"
    zh = "无法连接数据库 {value}（{why}）"
    en = "the database {value} cannot be reached ({why})"
    hint_zh = "请检查数据库服务是否运行、database_url 是否正确；本次未写入"
    hint_en = "check that the database server runs and that database_url is right; nothing was written"


class AnothersDatabase(StoreError):
    """A PostgreSQL database that belongs to a gateway with another data directory."""

    code = "store.anothers"
    zh = "数据库 {value} 属于另一个网关（数据目录不是 {folder}）"
    en = "the database {value} belongs to another gateway: its data directory is not {folder}"
    hint_zh = "一个网关一个库。确认原数据目录已不再使用后：DELETE FROM key_marks WHERE purpose = 'data_dir'"
    hint_en = (
        "one gateway, one database; once the other is gone for good: DELETE FROM key_marks WHERE purpose = 'data_dir'"
    )


class TextTooLong(StoreError):
    """A text that PostgreSQL has no room for in its column."""

    code = "store.too_long"
    zh = "数据库 {value} 未写入：有一项文字过长（{why}）"
    en = "the database {value} took nothing: a text is too long ({why})"
    hint_zh = "请缩短所填的名称或说明"
    hint_en = "shorten the name or the explanation that was given"


class UnsuitableDatabase(StoreError):
    """A PostgreSQL database that stores or sorts text otherwise than byte by byte in UTF-8."""

    code = "store.unsuitable"
    zh = "数据库 {value} 的编码为 {encoding}、排序规则为 {collation}，须为 UTF8 与 C"
    en = "the database {value} has encoding {encoding} and collation {collation}: UTF8 and C are needed"
    hint_zh = "请重新建库：createdb --template=template0 --encoding=UTF8 --locale=C 库名"
    hint_en = "make it anew: createdb --template=template0 --encoding=UTF8 --locale=C NAME"


_KINDS: Final[dict[str, type[StoreError]]] = {
    "BUSY": DatabaseBusy,
    "LOCKED": DatabaseBusy,
    "READONLY": DatabaseUnwritable,
    "CANTOPEN": DatabaseUnwritable,
    "PERM": DatabaseUnwritable,
    "AUTH": DatabaseUnwritable,
    "FULL": DatabaseFull,
    "IOERR": DatabaseFull,
    "CORRUPT": DatabaseDamaged,
    "NOTADB": DatabaseDamaged,
}
"""By the first word of the result code's name, SQLITE_ left out: extended codes (IOERR_WRITE) belong to it."""


_STATES: Final[dict[str, type[StoreError]]] = {
    "55P03": DatabaseBusy,  # lock_not_available
    "40001": DatabaseBusy,  # serialization_failure
    "40P01": DatabaseBusy,  # deadlock_detected
    "57014": DatabaseBusy,  # query_canceled, by statement_timeout
    "53300": DatabaseBusy,  # too_many_connections
    "22001": TextTooLong,  # string_data_right_truncation
    "25006": DatabaseUnwritable,  # read_only_sql_transaction
    "42501": DatabaseUnwritable,  # insufficient_privilege
    "28": DatabaseUnwritable,  # invalid authorization
    "3D": DatabaseUnwritable,  # invalid catalog name: no such database
    "53": DatabaseFull,  # insufficient resources: disk_full, out_of_memory
    "58": DatabaseFull,  # system error: io_error
    "XX001": DatabaseDamaged,  # data_corrupted
    "XX002": DatabaseDamaged,  # index_corrupted
    "57P": DatabaseUnreachable,  # admin_shutdown, crash_shutdown, cannot_connect_now
    "08": DatabaseUnreachable,  # connection exception
}
"""By SQLSTATE, or what it begins with; the longest counts."""


def explained(error: BaseException | None, database: str) -> StoreError | None:
    """What `error` of the driver means for whoever runs the gateway; None where it says nothing about the database."""
    if isinstance(error, sqlite3.Error):
        name: str | None = getattr(error, "sqlite_errorname", None)
        kind = _KINDS.get(name.removeprefix("SQLITE_").split("_")[0]) if name else None
        return kind(database, why=f"{name}: {error}") if kind else None
    if error is None or not hasattr(error, "sqlstate") or not hasattr(error, "diag"):
        return None  # not psycopg's, which a gateway on SQLite never imports
    state = error.sqlstate
    if state is None:  # the client's own: it never reached the server, or lost it
        lost = type(error).__name__ in {"OperationalError", "ConnectionTimeout"}
        return DatabaseUnreachable(database, why=_client_text(error)) if lost else None
    kind = next((_STATES[state[:n]] for n in (5, 3, 2) if state[:n] in _STATES), None)
    return kind(database, why=f"{state}: {error.diag.message_primary}") if kind else None


def was_lost(error: BaseException) -> bool:
    """Whether a connection to a server ended under whoever used it: a new one may be answered."""
    return isinstance(explained(error, ""), DatabaseUnreachable)


def _client_text(error: BaseException) -> str:
    return " ".join(str(error).split())
