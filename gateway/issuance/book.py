"""The book of institutions, out of this gateway's own database and key ring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from sqlalchemy import select

from gateway.domain.crosswalk import Category
from gateway.domain.identifiers import institution_word
from gateway.issuance.errors import InstitutionNameless
from gateway.issuance.ports import InstitutionScope
from gateway.store.models import Accreditation, InstitutionProfile, OutcomeAlias

if TYPE_CHECKING:
    from gateway.store.engine import Database

_ACCREDITED: Final = 1
"""IInstitutionRegistry.Standing.Accredited."""


class HeldKeys(Protocol):
    """Which institutions have an issuing key here."""

    def institutions(self) -> list[str]:
        """Their unified social credit codes."""


class SqlInstitutionBook:
    """Answers from the index of the chain and from the centre's own register; remembered for one roster."""

    def __init__(self, database: Database, keys: HeldKeys) -> None:
        self._database = database
        self._keys = keys
        self._scopes: dict[str, InstitutionScope | None] = {}
        self._names: dict[str, str | None] = {}
        self._canonical: dict[tuple[str, bytes], tuple[bytes, bytes]] = {}

    def scope(self, institution: str) -> InstitutionScope | None:
        """The newest version of the accreditation that the index has; None where it has none."""
        if institution not in self._scopes:
            self._scopes[institution] = self._read_scope(institution)
        return self._scopes[institution]

    def issues_for(self, institution: str) -> bool:
        """Whether an issuing key and the name of the institution are here."""
        return self._name(institution) is not None and institution in self._keys.institutions()

    def issuer_name(self, institution: str) -> str:
        """The name that credentials show.

        Raises:
            InstitutionNameless: it is not registered here.
        """
        name = self._name(institution)
        if name is None:
            raise InstitutionNameless(institution)
        return name

    def canonical(self, institution: str, outcome: bytes) -> tuple[bytes, bytes]:
        """Institution and outcome that claims are computed from: the alias's target, or themselves."""
        known = self._canonical.get((institution, outcome))
        if known is None:
            query = select(OutcomeAlias.canonical_institution, OutcomeAlias.canonical_outcome).where(
                OutcomeAlias.institution == institution, OutcomeAlias.outcome == outcome
            )
            with self._database.read() as connection:
                row = connection.execute(query).first()
            known = (institution_word(row[0]), row[1]) if row else (institution_word(institution), outcome)
            self._canonical[institution, outcome] = known
        return known

    def _name(self, institution: str) -> str | None:
        if institution not in self._names:
            query = select(InstitutionProfile.name_zh).where(InstitutionProfile.institution == institution)
            with self._database.read() as connection:
                self._names[institution] = connection.execute(query).scalar()
        return self._names[institution]

    def _read_scope(self, institution: str) -> InstitutionScope | None:
        versions = select(Accreditation).where(Accreditation.institution == institution).order_by(Accreditation.version)
        with self._database.read() as connection:
            rows = connection.execute(versions).all()
        if not rows:
            return None
        row = rows[-1]
        return InstitutionScope(
            province=row.province,
            claims_by=rows[0].province,
            in_force=row.standing == _ACCREDITED,
            categories=frozenset(c.value for c in Category if row.categories >> c.value & 1),
            highest_level=row.highest_level,
            most_credits=row.most_credits,
        )
