"""What can be wrong with a backup, with its keys, or with the place that it is restored to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from node.client.errors import Exit, NodeError

if TYPE_CHECKING:
    from pathlib import Path


class ArchiveError(NodeError):
    """The family of everything that keeps a backup from being made, checked or restored. `value` is what was wrong."""

    def __init__(self, value: object, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.value = value


class NotAnArchiveError(ArchiveError):
    """The file is no backup of this program, or of a newer release."""

    exit_code = Exit.USAGE

    def __init__(self, path: Path) -> None:
        super().__init__(
            path,
            f"{path} 不是互认系统的备份文件（或由更新的版本写成）。请检查文件，或用写成它的版本打开",
            f"{path} is not a backup of this program (or of a newer release). Check the file, or use the release that "
            "wrote it",
        )


class DamagedArchiveError(ArchiveError):
    """The backup was altered, cut off, put in another order, or something follows its end."""

    exit_code = Exit.AGAINST

    def __init__(self, path: Path, zh: str, en: str) -> None:
        super().__init__(
            path,
            f"备份 {path} 已损坏或被改动（{zh}），没有恢复任何内容。请使用另一份备份",
            f"the backup {path} is damaged or was altered ({en}); nothing of it was restored. Use another one",
        )


class NotARecipientError(ArchiveError):
    """The backup was not made for this key."""

    def __init__(self, path: Path, key: str, recipients: tuple[str, ...]) -> None:
        listed = ", ".join(recipients)
        super().__init__(
            key,
            f"备份 {path} 不是为恢复密钥 {key} 加密的；它的收件密钥为 {listed}",
            f"the backup {path} was not made for the recovery key {key}; it was made for {listed}",
        )
        self.recipients = recipients


class WrongKindError(ArchiveError):
    """The backup is of something else: of a node where a gateway's is wanted, say."""

    exit_code = Exit.USAGE

    def __init__(self, path: Path, found: str, wanted: str) -> None:
        super().__init__(
            found,
            f"{path} 是“{found}”的备份，此命令恢复的是“{wanted}”",
            f"{path} is a backup of a {found}; this command restores that of a {wanted}",
        )


class UnexpectedContentsError(ArchiveError):
    """The backup is whole, and not the one whose digest was given."""

    exit_code = Exit.AGAINST

    def __init__(self, path: Path, found: str, expected: str) -> None:
        super().__init__(
            found,
            f"备份 {path} 的摘要是 {found}，不是 {expected}：这不是您要的那一份",
            f"the backup {path} has the digest {found}, not {expected}: it is another one than you mean",
        )


class ArchiveExistsError(ArchiveError):
    """There is a file of that name; a backup is never overwritten."""

    exit_code = Exit.USAGE

    def __init__(self, path: Path) -> None:
        super().__init__(
            path,
            f"{path} 已存在，备份不会覆盖任何文件。请换一个文件名",
            f"{path} exists, and a backup overwrites nothing. Choose another name",
        )


class NotEmptyError(ArchiveError):
    """The folder that was named for the restoring is not empty, or no folder."""

    exit_code = Exit.USAGE

    def __init__(self, path: Path) -> None:
        super().__init__(
            path,
            f"{path} 不是空目录；恢复只写入新目录，以免盖住现有数据。请换一个目录",
            f"{path} is not an empty folder; a backup is restored into a new one, so that nothing is covered up. "
            "Name another",
        )


class SourceChangedError(ArchiveError):
    """A file became shorter while it was copied: somebody else writes in the folder."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path,
            f"复制时 {path} 变短了：有其他程序在改写它。请停止该程序后重试",
            f"{path} became shorter while it was copied: another program changes it. Stop that and run it again",
        )


class NameTakenError(ArchiveError):
    """A file has the name under which a backup keeps its own list."""

    exit_code = Exit.USAGE

    def __init__(self, name: str) -> None:
        super().__init__(
            name,
            f"目录中的文件 {name} 与备份自己的清单同名。请改名或移走后重试",
            f"the file {name} has the name of a backup's own list. Rename it, or take it away, and run it again",
        )


class RecipientError(ArchiveError):
    """What was given is no public key to encrypt a backup to."""

    exit_code = Exit.USAGE

    def __init__(self, value: str) -> None:
        super().__init__(
            value,
            f"“{value}”不是恢复公钥：应为 0x 加 64 位十六进制数，或恢复密钥文件（backup key 生成）",
            f"{value!r} is no recovery public key: write 0x and 64 hexadecimal digits, or name a recovery key file "
            "(made by `backup key`)",
        )


class RecoveryKeyError(ArchiveError):
    """The recovery key's file at `path` cannot be used or made."""

    def __init__(self, path: Path, zh: str, en: str) -> None:
        super().__init__(path, f"恢复密钥 {path}：{zh}", f"recovery key {path}: {en}")
