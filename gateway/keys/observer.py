"""The key ring of an observer: nothing is in it, and nothing can be put into it or opened.

An observer (`role = "observer"`) follows the chain and checks; it acts for nobody. Whatever needs a key asks the ring
for it, so this is where every such command ends, in one sentence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from gateway.keys.agreement import AgreementKeys
from gateway.keys.errors import ObserverActsForNobody
from gateway.keys.ring import KeyRing

if TYPE_CHECKING:
    from pathlib import Path

    from eth_account.signers.local import LocalAccount

    from gateway.domain.proof import Signer
    from gateway.keys.ring import IssuingKeyFile, OfficerKeyFile, Passphrases
    from gateway.keys.secrets import MasterKey, PseudonymKey


class NoKeys(KeyRing):
    """No keys. Every method but `institutions` raises ObserverActsForNobody, and so does making one in `agreement`."""

    def __init__(self, folder: Path, passphrases: Passphrases, **_: object) -> None:
        """Take what the ring takes; nothing of it is read."""
        super().__init__(folder, passphrases)
        self.agreement = AgreementKeys(folder / "agreement", lambda: _refuse("agreement"))

    def institutions(self) -> list[str]:
        """None: an observer issues for nobody."""
        return []

    def create_master(self, *, now: int) -> None:  # noqa: ARG002 - the signatures are the ring's, here and below
        """Refuse."""
        _refuse("master")

    def create_pseudonym(self, *, now: int) -> None:  # noqa: ARG002
        """Refuse."""
        _refuse("pseudonym")

    def master(self) -> MasterKey:
        """Refuse."""
        _refuse("master")

    def pseudonym(self) -> PseudonymKey:
        """Refuse."""
        _refuse("pseudonym")

    def operator(self) -> LocalAccount:
        """Refuse."""
        _refuse("operator")

    def issuing_keys(self, institution: str) -> list[IssuingKeyFile]:  # noqa: ARG002
        """Refuse."""
        _refuse("issuing")

    def create_issuing_key(self, institution: str, *, now: int) -> IssuingKeyFile:  # noqa: ARG002
        """Refuse."""
        _refuse("issuing")

    def use_issuing_key(self, institution: str, public_key: bytes) -> None:  # noqa: ARG002
        """Refuse."""
        _refuse("issuing")

    def seed_for(self, institution: str) -> bytes:  # noqa: ARG002
        """Refuse."""
        _refuse("issuing")

    def signer_for(self, institution: str) -> Signer:  # noqa: ARG002
        """Refuse."""
        _refuse("issuing")

    def create_officer(self, institution: str, label: str, *, cost: int = 0) -> OfficerKeyFile:  # noqa: ARG002
        """Refuse."""
        _refuse("officer")

    def officers(self, institution: str) -> list[OfficerKeyFile]:  # noqa: ARG002
        """Refuse."""
        _refuse("officer")

    def officer_account(self, institution: str, label: str | None = None) -> LocalAccount:  # noqa: ARG002
        """Refuse."""
        _refuse("officer")


def _refuse(kind: str) -> NoReturn:
    raise ObserverActsForNobody(kind)
