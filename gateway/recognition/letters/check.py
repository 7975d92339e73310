"""Holding an application's letter against the chain: every way in which it can be wrong has its own name.

    checked = check_application(row, content, keys, overdue=False)
    checked.presentation            # verified next, by steps 1 to 8

Pure: what the chain says comes in as values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gateway.domain.civil_time import moment_text
from gateway.domain.did_key import did_of
from gateway.domain.hashing import hex0x
from gateway.domain.identifiers import institution_word
from gateway.ledger.values import KeyKind
from gateway.recognition.letters.contents import ApplicationLetter
from gateway.recognition.transfers.consent import Consent
from gateway.recognition.transfers.errors import LetterConsentExpired, LetterDiffers, LetterKeyNotInForce

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gateway.ledger.transfer_rows import TransferRow
    from gateway.ledger.values import InstitutionKey

_COMPARED: Final = ("leaf", "agreement", "rule", "target_institution", "programme", "course", "deadline")


@dataclass(frozen=True, slots=True)
class CheckedApplication:
    """A letter that says what the chain says, signed by the source institution."""

    consent: Consent
    signed_by: bytes
    """The issuing key, 32 bytes."""
    presentation: bytes
    note: str


def check_application(
    row: TransferRow, content: Mapping[str, Any], keys: Sequence[InstitutionKey], *, overdue: bool
) -> CheckedApplication:
    """The application of a letter, checked.

    Args:
        row: the request as the chain has it.
        content: of its letter.
        keys: every key that the source institution ever had.
        overdue: whether its deadline and the grace after it are over.

    Raises:
        LetterMalformed, LetterUnsigned: as they say.
        LetterDiffers: it was written for another certificate, rule, target or deadline, or consented to later.
        LetterKeyNotInForce: signed with another key than one of the source institution at the time of the request.
        LetterConsentExpired: nobody decided in time.
    """
    about = f"{row.source}-{row.target}-{row.number}"
    letter = ApplicationLetter.read(content, about)
    consent, signed_by = Consent.read(letter.consent, about)
    expected = {name: getattr(row, name) for name in _COMPARED}
    expected["target_institution"] = institution_word(row.target_institution)
    for name, chain in expected.items():
        said = getattr(consent, name)
        if said != chain:
            raise LetterDiffers(about, member=name, letter=_shown(said), chain=_shown(chain))
    if consent.given.at > row.requested_at:
        given, asked = moment_text(consent.given.at), moment_text(row.requested_at)
        raise LetterDiffers(about, member="given.at", letter=given, chain=asked)
    if not any(
        key.public_key == signed_by and key.kind is KeyKind.SIGNING and key.tenure.in_force_at(row.requested_at)
        for key in keys
    ):
        raise LetterKeyNotInForce(about, key=did_of(signed_by))
    if overdue:
        raise LetterConsentExpired(about, until=moment_text(consent.deadline))
    return CheckedApplication(consent, signed_by, letter.presentation, letter.note)


def _shown(value: bytes | int) -> str:
    return hex0x(value) if isinstance(value, bytes) else str(value)
