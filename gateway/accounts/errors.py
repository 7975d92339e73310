"""What can go wrong with an account. Values are row ids, never names or numbers."""

from __future__ import annotations

from gateway.domain.errors import AGAINST, HurenError


class AccountError(HurenError):
    """The family of everything that keeps an account from being used."""

    code = "account"


class AccountNotFound(AccountError):
    """No account has that id."""

    code = "account.not_found"
    exit_code = AGAINST
    zh = "没有账户 {value}"
    en = "there is no account {value}"


class AccountDeleted(AccountError):
    """The account was deleted; its key is gone, and with it everything that was encrypted under it."""

    code = "account.deleted"
    exit_code = AGAINST
    zh = "账户 {value} 已删除，其密钥已销毁"
    en = "the account {value} was deleted, its key is destroyed"
    hint_zh = "学习者可重新开户，成果的权属标识保持不变"
    hint_en = "the learner may open an account again; the claims stay the same"


class AccountUnreadable(AccountError):
    """A row that does not open under the keys at hand."""

    code = "account.unreadable"
    zh = "账户 {value} 的数据无法解密：{why}"
    en = "the data of account {value} does not open: {why}"
    hint_zh = "主密钥不属于此数据库，或数据被改动；请从备份恢复"
    hint_en = "the master key is not that of this database, or the row was altered; restore from the backup"


class KeyOfAnotherDatabase(AccountError):
    """The database's rows were made with another key than the one at hand."""

    code = "account.key"
    zh = "“{value}”密钥不属于此数据库：其中的账户与权属标识由另一把密钥生成"
    en = "the {value} key is not that of this database: its accounts and claims were made with another"
    hint_zh = "请从备份恢复原密钥文件；切勿另建新密钥，否则同一成果会被重复认定"
    hint_en = "restore the key file from the backup; never make a new one: the same outcome would count twice"


class DocumentTaken(AccountError):
    """A document that names another account already."""

    code = "account.document_taken"
    zh = "该证件已属于账户 {value}"
    en = "the document belongs to account {value} already"
    hint_zh = "请核对是否为同一人；两个账户的合并须人工处理"
    hint_en = "check whether it is the same person; two accounts are merged by hand"
