"""What can be wrong with a key or its file. The values are paths and names, never keys or passphrases."""

from __future__ import annotations

from gateway.domain.errors import HurenError


class KeyringError(HurenError):
    """The family of everything that keeps a key from being used."""

    code = "keys"


class KeyFileMissing(KeyringError):
    """There is no such key file."""

    code = "keys.missing"
    zh = "没有密钥文件 {value}"
    en = "there is no key file {value}"
    hint_zh = "请从备份恢复；只有从未签发过的新中心才可执行 huren key init"
    hint_en = "restore it from the backup; huren key init is only for a new centre that has issued nothing"


class KeyFileExists(KeyringError):
    """A key is never overwritten."""

    code = "keys.exists"
    zh = "密钥文件 {value} 已存在，不会覆盖"
    en = "the key file {value} exists and is never overwritten"
    hint_zh = "如确需新密钥，请先把旧文件移到别处妥善保存"
    hint_en = "if a new key is meant, first move the old file to a safe place"


class KeyFileMalformed(KeyringError):
    """Not a key file of this program, or of another purpose."""

    code = "keys.malformed"
    zh = "密钥文件 {value} 不可用：{why}"
    en = "the key file {value} cannot be used: {why}"
    hint_zh = "请从备份恢复"
    hint_en = "restore it from the backup"


class KeyFileExposed(KeyringError):
    """Other users of the machine can read the file."""

    code = "keys.exposed"
    zh = "密钥文件 {value} 可被其他用户读取"
    en = "other users can read the key file {value}"
    hint_zh = "请执行 chmod 600"
    hint_en = "chmod 600 it"


class WrongPassphrase(KeyringError):
    """The passphrase does not open the file (or its content was altered: the two cannot be told apart)."""

    code = "keys.passphrase"
    zh = "口令打不开密钥文件 {value}，或文件被改动"
    en = "the passphrase does not open the key file {value}, or it was altered"
    hint_zh = "请检查口令文件是否属于此密钥"
    hint_en = "check that the passphrase file belongs to this key"


class PassphraseMissing(KeyringError):
    """No file, descriptor or prompt was configured for this kind of key."""

    code = "keys.passphrase_missing"
    zh = "未配置“{value}”密钥的口令来源"
    en = "no source is configured for the passphrase of the {value} key"
    hint_zh = "请在 gateway.toml 的 [keys] 中给出口令文件"
    hint_en = "name a passphrase file under [keys] in gateway.toml"


class NoIssuingKey(KeyringError):
    """This centre holds no issuing key of the institution."""

    code = "keys.no_issuing_key"
    zh = "本中心没有机构 {value} 的签发密钥"
    en = "this centre holds no issuing key of the institution {value}"
    hint_zh = "请执行 huren key issuing"
    hint_en = "run huren key issuing"


class NoAgreementKey(KeyringError):
    """This centre holds no agreement key of the institution, or not the one that is asked for."""

    code = "keys.no_agreement_key"
    zh = "本中心没有机构 {value} 的通信密钥"
    en = "this centre holds no such agreement key of the institution {value}"
    hint_zh = "请执行 huren key agreement，并登记（huren institution key add --for agreement）"
    hint_en = "run huren key agreement, and register it (huren institution key add --for agreement)"


class NoOfficer(KeyringError):
    """This centre holds no such officer's approval key."""

    code = "keys.no_officer"
    zh = "机构 {institution} 没有经办人“{value}”的审批密钥"
    en = "the institution {institution} has no approval key of an officer {value!r} here"
    hint_zh = "请执行 huren key list"
    hint_en = "run huren key list"


class ObserverActsForNobody(KeyringError):
    """A key was asked for at an observer's gateway. The value is the kind of key, or "account"."""

    code = "keys.observer"
    zh = "观察方网关不代表任何人行事，没有密钥（{value}）"
    en = "an observer's gateway acts for nobody and has no key ({value})"
    hint_zh = '请在成员中心的网关上办理（gateway.toml 中 role = "member"）'
    hint_en = 'do it at the gateway of a member\'s centre (role = "member" in its gateway.toml)'
