"""What codes of outcomes, programmes and courses this gateway has seen in clear: on the chain they are digests."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.models.base import Base, Digest


class KnownCode(Base):
    """A code; its digest is keccak256 of it, so that whoever wrote the row cannot make it lie. Public, of nobody."""

    __tablename__ = "known_codes"

    digest: Mapped[Digest] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32))
