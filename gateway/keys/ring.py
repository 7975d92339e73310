"""The key ring: which key files a gateway has, and the only hands that open them.

    <keys>/master.key.json                         guards personal data at rest
    <keys>/pseudonym.key.json                      makes claims (may be configured to lie elsewhere)
    <keys>/issuing/<USCC>/<public key>.key.json    Ed25519 seeds; `current` names the one that signs
    <keys>/agreement/<USCC>/<public key>.key.json  X25519 keys that letters are sealed to (`gateway.keys.agreement`)
    <keys>/officers/<USCC>/<label>.json            officers' approval keys (Web3 Secret Storage)

Each kind has a passphrase of its own. Files are opened when they are first needed and kept open for the life of the
ring; a passphrase that comes from a prompt or a descriptor is therefore read once.

    ring = KeyRing(folder, Passphrases(keys=PassphraseSource("keys", file=path), …))
    signer = ring.signer_for("12310000425006133D")      # gateway.domain.proof.Signer

Rotation: `create_issuing_key` makes the next key (a new did:key, the same USCC), the law registers its public part,
then `use_issuing_key` makes it the one that signs. The old file stays: it may be needed to prove what it signed.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from gateway.domain.did_key import did_of
from gateway.domain.identifiers import Uscc
from gateway.domain.proof import Signer
from gateway.keys import keyfile
from gateway.keys.agreement import AgreementKeys
from gateway.keys.errors import (
    KeyFileMalformed,
    KeyFileMissing,
    NoIssuingKey,
    NoOfficer,
    PassphraseMissing,
)
from gateway.keys.secrets import MasterKey, PseudonymKey
from node.client import keystores
from node.client.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from eth_account.signers.local import LocalAccount

_SUFFIX: Final = ".key.json"
_LABEL: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


@dataclass(slots=True)
class PassphraseSource:
    """Where the passphrase of one kind of key comes from: a file, a descriptor, or a prompt; read once, when needed."""

    kind: str
    file: Path | None = None
    fd: int | None = None
    prompt: str | None = None
    _read: str | None = field(default=None, repr=False)

    def read(self) -> str:
        """The passphrase.

        Raises:
            PassphraseMissing: no source was configured.
            node.client.keystores.PassphraseError: the source cannot be read, or is empty.
        """
        if self._read is None:
            if self.file is None and self.fd is None and self.prompt is None:
                raise PassphraseMissing(self.kind)
            self._read = keystores.read_passphrase(self.file, self.fd, self.prompt)
        return self._read


@dataclass(frozen=True, slots=True)
class Passphrases:
    """The passphrases of a gateway, one a kind of key."""

    keys: PassphraseSource
    """Of the master key and the issuing keys."""
    pseudonym: PassphraseSource
    officers: PassphraseSource
    operator: PassphraseSource


@dataclass(frozen=True, slots=True)
class IssuingKeyFile:
    """An issuing key that this centre holds."""

    institution: str
    public_key: bytes
    """Ed25519, 32 bytes: what the InstitutionRegistry knows."""
    did: str
    created: int
    current: bool
    """Whether it is the one that signs."""


@dataclass(frozen=True, slots=True)
class OfficerKeyFile:
    """An officer's approval key that this centre holds."""

    institution: str
    label: str
    address: str
    """Lower-case hexadecimal, 0x."""


class KeyRing:
    """The keys in `folder`. Opening a file takes a third of a second (scrypt); after that it costs nothing."""

    def __init__(
        self,
        folder: Path,
        passphrases: Passphrases,
        *,
        pseudonym: Path | None = None,
        operator: Path | None = None,
        cost: int = keyfile.SCRYPT_COST,
    ) -> None:
        self._folder = folder
        self._passphrases = passphrases
        self._pseudonym_path = pseudonym or folder / f"pseudonym{_SUFFIX}"
        self._operator_path = operator
        self._cost = cost
        self.agreement = AgreementKeys(folder / "agreement", passphrases.keys.read, cost=cost)
        """Institutions' keys for being written to."""
        self._master: MasterKey | None = None
        self._pseudonym: PseudonymKey | None = None
        self._operator: LocalAccount | None = None
        self._seeds: dict[tuple[str, bytes], bytes] = {}
        self._officers: dict[Path, LocalAccount] = {}

    # --- the centre's own

    def create_master(self, *, now: int) -> None:
        """Makes the master key. Raises KeyFileExists where there is one."""
        passphrase = self._passphrases.keys.read()
        secret = secrets.token_bytes(keyfile.SECRET_BYTES)
        keyfile.create(self._master_path, "master", secret, passphrase, created=now, cost=self._cost)

    def create_pseudonym(self, *, now: int) -> None:
        """Makes the province's pseudonym key, once for ever. Raises KeyFileExists where there is one."""
        passphrase = self._passphrases.pseudonym.read()
        secret = secrets.token_bytes(keyfile.SECRET_BYTES)
        keyfile.create(self._pseudonym_path, "pseudonym", secret, passphrase, created=now, cost=self._cost)

    def master(self) -> MasterKey:
        """The master key. Raises KeyringError where it cannot be opened."""
        if self._master is None:
            self._master = MasterKey(keyfile.unlock(self._master_path, "master", self._passphrases.keys.read()))
        return self._master

    def pseudonym(self) -> PseudonymKey:
        """The pseudonym key. Raises KeyringError where it cannot be opened."""
        if self._pseudonym is None:
            passphrase = self._passphrases.pseudonym.read()
            self._pseudonym = PseudonymKey(keyfile.unlock(self._pseudonym_path, "pseudonym", passphrase))
        return self._pseudonym

    def operator(self) -> LocalAccount:
        """The operator's account, which sends transactions.

        Raises:
            KeyFileMissing: none is configured.
            node.client.keystores.KeystoreError: it cannot be opened.
        """
        if self._operator is None:
            if self._operator_path is None:
                raise KeyFileMissing("keys.operator")
            self._operator = keystores.unlock(self._operator_path, self._passphrases.operator.read())
        return self._operator

    # --- institutions' issuing keys

    def institutions(self) -> list[str]:
        """The institutions of which this centre holds an issuing key, ascending."""
        return sorted(path.name for path in self._issuing.glob("*") if any(path.glob(f"*{_SUFFIX}")))

    def issuing_keys(self, institution: str) -> list[IssuingKeyFile]:
        """Every issuing key held of `institution`, oldest first; none is opened."""
        folder = self._issuing / Uscc(institution).text
        current = _first_line(folder / "current")
        found = []
        for path in folder.glob(f"*{_SUFFIX}"):
            file = keyfile.read(path, _issuing_for(institution))
            if path.name != f"{file.public.hex()}{_SUFFIX}":
                raise KeyFileMalformed(str(path), why="its name is not its public key")
            signs = file.public.hex() == current
            found.append(IssuingKeyFile(institution, file.public, did_of(file.public), file.created, signs))
        return sorted(found, key=lambda key: (key.created, key.public_key))

    def create_issuing_key(self, institution: str, *, now: int) -> IssuingKeyFile:
        """Makes an Ed25519 key for `institution`; the first one signs from now on, a later one when it is told to."""
        folder = self._issuing / Uscc(institution).text
        seed = secrets.token_bytes(keyfile.SECRET_BYTES)
        public = Signer(seed).public_key
        path = folder / f"{public.hex()}{_SUFFIX}"
        passphrase = self._passphrases.keys.read()
        keyfile.create(path, _issuing_for(institution), seed, passphrase, created=now, public=public, cost=self._cost)
        if not (folder / "current").exists():
            self.use_issuing_key(institution, public)
        return next(key for key in self.issuing_keys(institution) if key.public_key == public)

    def use_issuing_key(self, institution: str, public_key: bytes) -> None:
        """Makes the key with `public_key` the one that signs. Raises NoIssuingKey where it is not held."""
        if all(key.public_key != public_key for key in self.issuing_keys(institution)):
            raise NoIssuingKey(f"{institution} ({public_key.hex()})")
        write_whole(self._issuing / institution / "current", public_key.hex().encode() + b"\n", 0o600)

    def seed_for(self, institution: str) -> bytes:
        """The seed of the key that signs for `institution`: for a worker process, handed over a pipe and never stored.

        Raises:
            NoIssuingKey: none is held.
            KeyringError: it cannot be opened.
        """
        for key in self.issuing_keys(institution):
            if key.current:
                known = self._seeds.get((institution, key.public_key))
                return known if known is not None else self._open_seed(key)
        raise NoIssuingKey(institution)

    def signer_for(self, institution: str) -> Signer:
        """The signer with the key that signs for `institution` now. Raises as `seed_for`."""
        return Signer(self.seed_for(institution))

    def _open_seed(self, key: IssuingKeyFile) -> bytes:
        path = self._issuing / key.institution / f"{key.public_key.hex()}{_SUFFIX}"
        seed = keyfile.unlock(path, _issuing_for(key.institution), self._passphrases.keys.read())
        if Signer(seed).public_key != key.public_key:
            raise KeyFileMalformed(str(path), why="the seed is not that of its public key")
        self._seeds[key.institution, key.public_key] = seed
        return seed

    # --- institutions' officers

    def create_officer(self, institution: str, label: str, *, cost: int = keystores.SCRYPT_COST) -> OfficerKeyFile:
        """Makes an approval key (secp256k1) for an officer of `institution` called `label` ([a-z0-9-], up to 32).

        Raises:
            NoOfficer: the label has another form.
            node.client.keystores.KeystoreError: the label is taken.
        """
        if _LABEL.fullmatch(label) is None:
            raise NoOfficer(label, institution=institution)
        path = self._officers_of(institution) / f"{label}.json"
        address = keystores.create(path, self._passphrases.officers.read(), scrypt_cost=cost)
        return OfficerKeyFile(institution, label, address)

    def officers(self, institution: str) -> list[OfficerKeyFile]:
        """Every approval key held for `institution`, by label; none is opened."""
        paths = sorted(self._officers_of(institution).glob("*.json"))
        return [OfficerKeyFile(institution, path.stem, keystores.address_of(path)) for path in paths]

    def officer_account(self, institution: str, label: str | None = None) -> LocalAccount:
        """The account of the officer called `label`, or of the first by label.

        Raises:
            NoOfficer: there is none.
            node.client.keystores.KeystoreError: it cannot be opened.
        """
        wanted = label or next((officer.label for officer in self.officers(institution)), None)
        path = self._officers_of(institution) / f"{wanted}.json"
        if wanted is None or _LABEL.fullmatch(wanted) is None or not path.exists():
            raise NoOfficer(label or "*", institution=institution)
        if path not in self._officers:
            self._officers[path] = keystores.unlock(path, self._passphrases.officers.read())
        return self._officers[path]

    @property
    def _master_path(self) -> Path:
        return self._folder / f"master{_SUFFIX}"

    @property
    def _issuing(self) -> Path:
        return self._folder / "issuing"

    def _officers_of(self, institution: str) -> Path:
        return self._folder / "officers" / Uscc(institution).text


def _issuing_for(institution: str) -> str:
    """The purpose that a key file of `institution` is sealed for: moved into another's folder it does not open."""
    return f"issuing {institution}"


def _first_line(path: Path) -> str | None:
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
