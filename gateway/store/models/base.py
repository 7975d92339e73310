"""The declarative base and the column types every table shares.

Times are whole seconds since 1970-01-01 UTC in 64-bit integers, as the chain counts them. Digests are raw bytes,
32 of them; a tag is the first 16 bytes of a keyed digest, wide enough to be unique and half the index pages of a
whole one. An institution is its 18-character unified social credit code (GB 32100).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from sqlalchemy import BigInteger, Enum, Integer, LargeBinary, MetaData, SmallInteger, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

if TYPE_CHECKING:
    from enum import StrEnum

# SQLite numbers rows by itself only where the primary key is declared INTEGER; PostgreSQL needs eight bytes said.
_BIG = BigInteger().with_variant(Integer, "sqlite")

# What went wrong, in both languages: SQLite never looks at the length that it was declared with, PostgreSQL does.
_EXPLANATION = String(1000).with_variant(Text(), "postgresql")

Id = Annotated[int, mapped_column(_BIG, primary_key=True)]
Seconds = Annotated[int, mapped_column(BigInteger)]
Big = Annotated[int, mapped_column(BigInteger)]
Small = Annotated[int, mapped_column(SmallInteger)]
Digest = Annotated[bytes, mapped_column(LargeBinary(32))]
Tag = Annotated[bytes, mapped_column(LargeBinary(16))]
Address = Annotated[bytes, mapped_column(LargeBinary(20))]
Explanation = Annotated[str, mapped_column(_EXPLANATION)]
Institution = Annotated[str, mapped_column(String(18))]


class Base(DeclarativeBase):
    """Root of all tables; its naming convention makes every constraint addressable by a later migration."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class WholeEvent:
    """The columns of a table of events that are kept whole; each table says what its `about` is.

    `fields` is a JSON object of the event's declared fields without actor, sequence and head; bytes are 0x-hex.
    """

    contract: Mapped[Address] = mapped_column(primary_key=True)
    subject: Mapped[Big] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[Big] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[Small]
    name: Mapped[str] = mapped_column(String(32))
    actor: Mapped[Address]
    fields: Mapped[str] = mapped_column(Text)
    block: Mapped[Big]
    log_index: Mapped[int]
    happened_at: Mapped[Seconds]


def state_type(states: type[StrEnum]) -> Enum:
    """A column type holding the values of `states` as text, checked by the database."""
    return Enum(
        states,
        native_enum=False,
        create_constraint=True,
        length=16,
        name=states.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )
