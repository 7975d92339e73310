"""The words that both programs take about backups, and the steps that both commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from node.client import terminal
from node.client.keystores import passphrase_of

if TYPE_CHECKING:
    from collections.abc import Sequence

ArchiveArgument = Annotated[Path, typer.Argument(help="备份文件 / the backup", metavar="FILE")]
PlacedArgument = Annotated[
    Path, typer.Argument(help="写到哪里，不覆盖已有文件 / where it goes, never over another file", metavar="FILE")
]
KeyArgument = Annotated[Path, typer.Argument(help="恢复密钥写到哪里 / where the recovery key goes", metavar="FILE")]
RecipientsOption = Annotated[
    list[str],
    typer.Option(
        "--to",
        help="恢复公钥（0x…）或其文件，可多次给出 / a recovery key's public part (0x…) or file; may be given again",
        metavar="KEY",
    ),
]
KeyOption = Annotated[Path, typer.Option("--key", help="恢复密钥文件 / the recovery key's file", metavar="FILE")]
OneSecret = Annotated[
    Path | None,
    typer.Option("--passphrase-file", help="其口令文件 / a file with its passphrase", metavar="FILE"),
]
IntoOption = Annotated[
    Path, typer.Option("--into", help="新目录，须不存在或为空 / a new folder: absent, or empty", metavar="DIR")
]
DigestOption = Annotated[
    str | None,
    typer.Option(
        "--digest",
        help="备份时记下的摘要，须一致 / the digest noted when it was made; it has to be this one",
        metavar="0x…",
    ),
]


def recipients_of(given: Sequence[str]) -> list[bytes]:
    """Return the public keys that a person named, each once.

    Raises:
        RecipientError: one is none.
    """
    from node.client.archive.recovery_key import recipient  # noqa: PLC0415 - cryptography takes long to import

    return list(dict.fromkeys(recipient(one) for one in given))


def opened_key(path: Path, passphrase_file: Path | None, archive: Path, into: Path | None = None) -> bytes:
    """Return the recovery key's secret; its passphrase comes from the file, or from the person at the terminal.

    Nobody is asked before `archive` and the folder `into`, which it is to open and to be restored into, were looked at.

    Raises:
        RecoveryKeyError, PassphraseError: it cannot be opened.
        NotEmptyError, OSError: there is something in `into`; there is no such archive.
    """
    from node.client.archive.reading import require_empty  # noqa: PLC0415 - as above
    from node.client.archive.recovery_key import unlock  # noqa: PLC0415 - as above

    archive.open("rb").close()
    if into is not None:
        require_empty(into)
    return unlock(path, lambda: passphrase_of(path, passphrase_file))


def make_key(path: Path, passphrase_file: Path | None, *, as_json: bool) -> None:
    """Make a recovery key at `path` and say its public part.

    Raises:
        RecoveryKeyError, PassphraseError: it cannot be made.
    """
    from node.client.archive.recovery_key import create, require_absent  # noqa: PLC0415 - as above

    require_absent(path)
    public = create(path, passphrase_of(path, passphrase_file))
    terminal.emit({"file": str(path), "public": public}, as_json=as_json, text=lambda out: out.print(public))
    terminal.note(
        "没有此文件或其口令，任何备份都打不开：各存一份在两个地方，不放在被备份的机器上",
        "without this file or its passphrase no backup opens: keep each in two places, not on the machine that is "
        "backed up",
    )
