"""What can be wrong with backing up and restoring, beside what the container itself refuses."""

from __future__ import annotations

from gateway.domain.errors import USAGE, HurenError
from gateway.ledger.errors import ChainUnavailable


class BackupError(HurenError):
    """The family of everything that keeps a gateway from being backed up or restored."""

    code = "backup"


class NothingToBackUp(BackupError):
    """This gateway has no database yet. The value is the data directory."""

    code = "backup.nothing"
    zh = "{value} 中还没有数据库，没有可备份的内容"
    en = "there is no database in {value} yet: there is nothing to back up"
    hint_zh = "请检查 --config 是否指向要备份的网关"
    hint_en = "check that --config names the gateway that is to be backed up"


class NoPseudonymKey(BackupError):
    """There is no pseudonym key to back up. The value is the file where it should be."""

    code = "backup.no_pseudonym_key"
    zh = "没有假名密钥 {value}"
    en = "there is no pseudonym key {value}"
    hint_zh = "若它在另一设备上，请接上该设备后重试"
    hint_en = "where it is kept on a device of its own, attach that and run it again"


class ProgramMissing(BackupError):
    """A program of PostgreSQL is not installed. The value is its name."""

    code = "backup.program"
    zh = "找不到程序 {value}：备份与恢复 PostgreSQL 数据库要用服务器自带的客户端程序"
    en = "the program {value} is not installed: a PostgreSQL database is backed up and restored by the server's own"
    hint_zh = "请安装与服务器同一版本的 postgresql-client，并使其在 PATH 中"
    hint_en = "install postgresql-client of the server's version, so that it is on PATH"


class ProgramFailed(BackupError):
    """A program of PostgreSQL could not do it. The value is its name, `why` its own words."""

    code = "backup.program_failed"
    zh = "{value} 未能完成：{why}"
    en = "{value} could not do it: {why}"
    hint_zh = "请检查数据库是否可达、客户端与服务器版本是否一致；没有留下半份内容"
    hint_en = "check that the database can be reached and that client and server are of one version; nothing half done "
    hint_en += "is left"


class CopyFailed(BackupError):
    """The database could not be copied. The value is the copy's file, `why` SQLite's words."""

    code = "backup.copy_failed"
    zh = "复制数据库到 {value} 未能完成：{why}"
    en = "the database could not be copied to {value}: {why}"
    hint_zh = "请检查 data_dir 所在磁盘的空间（须容得下数据库的一份副本）与状况；没有留下半份内容"
    hint_en = "check the disk of data_dir: it has to hold a second database for a while; nothing half done is left"


class DatabaseWanted(BackupError):
    """The backup is of a gateway on PostgreSQL, and no database was named. The value is the backup."""

    code = "backup.database_wanted"
    exit_code = USAGE
    zh = "{value} 含有 PostgreSQL 数据库，须指明恢复到哪个空数据库"
    en = "{value} holds a PostgreSQL database: name the empty one that it is restored into"
    hint_zh = "先建一个空数据库（createdb，见运营手册），再加 --database-url postgresql://…"
    hint_en = "make an empty one (createdb, see the operator's guide) and add --database-url postgresql://…"


class DatabaseNotWanted(BackupError):
    """A database was named, and the backup is of a gateway on SQLite. The value is the backup."""

    code = "backup.database_not_wanted"
    exit_code = USAGE
    zh = "{value} 含有 SQLite 数据库，恢复到目录中即可，不用 --database-url"
    en = "{value} holds a SQLite database, which is restored into the folder: leave --database-url out"


class DatabaseNotEmpty(BackupError):
    """The database that was named for the restoring holds something. The value is its address."""

    code = "backup.database_not_empty"
    exit_code = USAGE
    zh = "数据库 {value} 不是空的；恢复只写入空数据库，以免盖住现有数据"
    en = "the database {value} is not empty; a backup is restored into an empty one, so that nothing is covered up"
    hint_zh = "请另建一个空数据库"
    hint_en = "make another, empty one"


class DatabaseDamaged(BackupError):
    """The database is not whole although every byte of it is as it was backed up. The value is its file."""

    code = "backup.database_damaged"
    zh = "备份中的数据库 {value} 在备份时就已损坏：{why}"
    en = "the database {value} was damaged already when it was backed up: {why}"
    hint_zh = "请使用更早的备份"
    hint_en = "use an earlier backup"


class NotCaughtUp(BackupError):
    """A restored gateway does not know yet what it did on the chain after the backup. The value is the folder."""

    code = "backup.catching_up"
    zh = "{value} 由备份恢复，尚未查清备份之后本中心在链上做过什么，此前不能签发"
    en = "{value} was restored from a backup and does not know yet what was done on the chain since: nothing is issued"
    hint_zh = "请先执行 huren recover（或启动 huren serve，稍候再试）"
    hint_en = "run huren recover first (or start huren serve and try again in a moment)"


class StillOnItsWay(ChainUnavailable):
    """Transactions of this gateway's key wait in the node's pool. The value is the account, `waiting` how many."""

    code = "backup.on_its_way"
    zh = "账户 {value} 还有 {waiting} 笔交易在节点中等待打包"
    en = "{waiting} transactions of the account {value} wait in the node to be mined"
    hint_zh = "稍候会自动重试；若数字不减，请确认原来的网关已停止，且链在出块"
    hint_en = "it is tried again by itself; if the number stays, make sure that the gateway of before has stopped and "
    hint_en += "that the chain makes blocks"
