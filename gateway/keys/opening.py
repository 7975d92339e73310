"""From the settings to the key ring and to the whole set of keys a new centre needs.

    ring = ring_of(load_settings())
    initialise(ring, now=now)               # once, at a new centre: `huren key init`

Passphrases come from the files that the settings name, or from a person at the terminal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.keys.errors import KeyFileExists
from gateway.keys.observer import NoKeys
from gateway.keys.ring import KeyRing, Passphrases, PassphraseSource

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.settings import Settings


def ring_of(settings: Settings, *, prompt: bool = False) -> KeyRing:
    """The key ring that `settings` describe; nothing is read yet.

    With `prompt`, a passphrase whose file is not configured is asked for at the terminal; without, it is an error when
    it is needed. An observer's ring is empty and stays so.
    """
    keys = settings.keys

    def source(kind: str, zh: str, file: Path | None) -> PassphraseSource:
        asked = f"{zh}口令 / passphrase of the {kind} key: " if prompt and file is None else None
        return PassphraseSource(kind, file=file, prompt=asked)

    return (NoKeys if settings.observer else KeyRing)(
        settings.key_folder,
        Passphrases(
            keys=source("master", "主密钥", keys.passphrase_file),
            pseudonym=source("pseudonym", "假名密钥", keys.pseudonym_passphrase_file),
            officers=source("officers'", "经办人密钥", keys.officers_passphrase_file),
            operator=source("operator", "操作员密钥", keys.operator_passphrase_file),
        ),
        pseudonym=keys.pseudonym,
        operator=keys.operator,
    )


def initialise(ring: KeyRing, *, now: int) -> list[str]:
    """Makes what a new centre lacks, of "master" and "pseudonym"; says what it made. What is there stays as it is.

    Raises:
        KeyringError, node.client.keystores.PassphraseError: a key cannot be made.
    """
    made = []
    for name, create in (("master", ring.create_master), ("pseudonym", ring.create_pseudonym)):
        try:
            create(now=now)
        except KeyFileExists:
            continue
        made.append(name)
    return made
