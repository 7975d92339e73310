"""How a person's accounts come to a command: key files, their passphrases, and a yes. The same for both programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from node.client.keystores import passphrase_of, require_usable, unlock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eth_account.signers.local import LocalAccount

PassphraseOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--passphrase-file",
        help="密钥口令文件，依次对应，一个则共用 / passphrase files in the same order; one serves all",
        metavar="FILE",
    ),
]
YesOption = Annotated[bool, typer.Option("--yes", help="已核对，不再询问 / it has been checked: do not ask")]


def unlocked(files: Sequence[Path] | None, passphrases: Sequence[Path] | None) -> list[LocalAccount]:
    """Open key files; a passphrase comes from its file, or from the person at the terminal.

    Nobody is asked for one before all the files have been looked at.

    Raises:
        KeystoreError, PassphraseError: a file or a passphrase cannot be used.
    """
    given = list(passphrases or [])
    for file in files or []:
        require_usable(file)
    accounts = []
    for number, file in enumerate(files or []):
        source = given[min(number, len(given) - 1)] if given else None
        accounts.append(unlock(file, passphrase_of(file, source)))
    return accounts
