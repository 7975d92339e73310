"""The centre's own register of names: what credentials show of an institution, which the chain does not hold."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, select

from gateway.store.models import InstitutionProfile
from gateway.store.prepared import Prepared

if TYPE_CHECKING:
    from gateway.store.engine import Database

_NAME: Final = Prepared(
    select(InstitutionProfile.name_zh).where(InstitutionProfile.institution == bindparam("institution")), "institution"
)
NAME_SECONDS: Final = 30.0
"""How long an institution's name is remembered."""


class Names:
    """Names of institutions that this centre has on file."""

    def __init__(self, database: Database) -> None:
        """Read from ``database``."""
        self._database = database
        self._known: dict[str, tuple[float, str]] = {}

    def name_of(self, institution: str) -> str:
        """The Chinese name, or an empty text where the institution is another centre's."""
        now = time.monotonic()
        until, name = self._known.get(institution, (0.0, ""))
        if until < now:
            [rows] = self._database.fetch(_NAME, [(institution,)])
            name = rows[0].name_zh if rows else ""
            self._known[institution] = now + NAME_SECONDS, name
        return name


def name_institution(database: Database, institution: str, name_zh: str, name_en: str) -> None:
    """Note the names of an institution (18 characters), shown by credentials issued from now on."""
    with database.session() as session:
        profile = session.get(InstitutionProfile, institution)
        if profile is None:
            profile = InstitutionProfile(institution=institution, added_at=int(time.time()))
            session.add(profile)
        profile.name_zh = name_zh
        profile.name_en = name_en
