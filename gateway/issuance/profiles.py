"""The centre's own register of names: what credentials show of an institution, which the chain does not hold."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from gateway.store.models import InstitutionProfile

if TYPE_CHECKING:
    from gateway.store.engine import Database


def name_institution(database: Database, institution: str, name_zh: str, name_en: str) -> None:
    """Note the names of an institution (18 characters), shown by credentials issued from now on."""
    with database.session() as session:
        profile = session.get(InstitutionProfile, institution)
        if profile is None:
            profile = InstitutionProfile(institution=institution, added_at=int(time.time()))
            session.add(profile)
        profile.name_zh = name_zh
        profile.name_en = name_en
