"""Bearer tokens: made once, kept as digests, looked up at every request.

    tokens = AccessTokens(database, clock=time.time)
    made = tokens.create(Role.OFFICER, days=90, institution="123300004700007891")
    made.text                            # hrn_…, shown this once
    tokens.principal(made.text)          # Principal(role=officer, …)
    tokens.revoke(made.token.id)         # the next request with it is refused

A token is `hrn_`, 32 random bytes as 43 characters of base 62, and a CRC-32 of those as six more: one that was cut off
or mistyped is told apart from one that is unknown before the database is asked, and scanners for leaked secrets can
name it. With 256 random bits there is nothing to guess, so SHA-256 without salt or stretching keeps them; the digest is
the key of the look-up, and the found one is compared in constant time once more (decision 0225).
"""

from __future__ import annotations

import hmac
import re
import secrets
import zlib
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import bindparam, insert, select, update

from gateway.api.access_errors import (
    AccountUnknown,
    InstitutionUnknown,
    ScopeMissing,
    ScopeUnwanted,
    TokenExpired,
    TokenIdUnknown,
    TokenMalformed,
    TokenRevoked,
    TokenUnknown,
    Unauthorised,
)
from gateway.domain.civil_time import DAY
from gateway.domain.hashing import sha256
from gateway.domain.identifiers import Uscc
from gateway.store.errors import StoreError
from gateway.store.models import AccessToken, Accreditation, Learner, Role
from gateway.store.prepared import Prepared

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Table

    from gateway.store.engine import Database

PREFIX: Final = "hrn_"
SECRET_BYTES: Final = 32
MOST_DAYS: Final = 366
USED_SECONDS: Final = 3_600
"""How coarse `last_used_at` is."""
_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SECRET_LETTERS: Final = 43
_CHECK_LETTERS: Final = 6
_FORM: Final = re.compile(rf"{PREFIX}([0-9A-Za-z]{{{_SECRET_LETTERS}}})([0-9A-Za-z]{{{_CHECK_LETTERS}}})", re.ASCII)
_SCOPES: Final = {Role.OFFICER: "institution", Role.LEARNER: "account"}
"""What a role is bound to; the others see the whole centre."""
_TOKENS: Final = cast("Table", AccessToken.__table__)
_LEARNERS: Final = cast("Table", Learner.__table__)
_COLUMNS: Final = [_TOKENS.c[name] for name in (
    "id", "digest", "role", "institution", "account", "label", "created_at", "expires_at", "revoked_at", "last_used_at",
)]  # fmt: skip
_BY_DIGEST: Final = Prepared(select(*_COLUMNS).where(_TOKENS.c.digest == bindparam("digest")), "digest")
_BY_ID: Final = Prepared(select(*_COLUMNS).where(_TOKENS.c.id == bindparam("id")), "id")
_LIVE: Final = Prepared(
    select(_LEARNERS.c.id).where(_LEARNERS.c.id == bindparam("account"), _LEARNERS.c.deleted_at.is_(None)), "account"
)


@dataclass(frozen=True, slots=True)
class Token:
    """What is kept of a token; nothing of it can be used as one."""

    id: int
    role: Role
    institution: str | None
    account: int | None
    label: str
    created_at: int
    expires_at: int
    revoked_at: int | None
    last_used_at: int | None

    def state(self, now: int) -> str:
        """In force, expired or revoked."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at <= now else "in-force"


@dataclass(frozen=True, slots=True)
class Made:
    """A token at its making: the only time that its text exists outside of its holder's hands."""

    token: Token
    text: str

    def __repr__(self) -> str:
        """Without the text: a value that is printed by accident gives nothing away."""
        return f"Made({self.token!r}, ***)"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks: a role, and what it is bound to. `token` is the token's number, for the log.

    An officer's `label` names the key with which they decide, where it lies here.
    """

    token: int
    role: Role
    institution: str | None = None
    account: int | None = None
    label: str = ""


class AccessTokens:
    """The tokens of one gateway. Threads may share it."""

    def __init__(self, database: Database, *, clock: Callable[[], float]) -> None:
        """Keep them in ``database``; ``clock`` gives the seconds since 1970."""
        self._database = database
        self._clock = clock

    @property
    def database(self) -> Database:
        """Where they are kept: what belongs to a token is kept beside it."""
        return self._database

    def create(
        self,
        role: Role,
        *,
        days: int,
        institution: str | None = None,
        account: int | None = None,
        label: str = "",
    ) -> Made:
        """Make a token that is good for ``days``.

        Raises:
            ScopeMissing, ScopeUnwanted: an officer's is of an institution, a learner's of an account, others' of none.
            IdentifierError: no unified social credit code.
            InstitutionUnknown, AccountUnknown: what it would be bound to is not there.
        """
        given = {"institution": institution, "account": account}
        wanted = _SCOPES.get(role)
        for name, value in given.items():
            if name == wanted and value is None:
                raise ScopeMissing(role.value, option=name)
            if name != wanted and value is not None:
                raise ScopeUnwanted(role.value, option=name)
        text, now = new_text(), int(self._clock())
        values = {
            "digest": digest_of(text),
            "role": role,
            "institution": institution,
            "account": account,
            "label": label,
            "created_at": now,
            "expires_at": now + days * DAY,
        }
        with self._database.write() as connection:
            if institution is not None:
                known = select(Accreditation.version).where(Accreditation.institution == institution).limit(1)
                if connection.execute(known).first() is None:
                    Uscc(institution)  # says what is mistyped; one that a motion permitted may be none
                    raise InstitutionUnknown(institution)
            if account is not None:
                live = select(Learner.id).where(Learner.id == account, Learner.deleted_at.is_(None))
                if connection.execute(live).first() is None:
                    raise AccountUnknown(account)
            connection.execute(insert(AccessToken).values(values))
            row = connection.execute(select(*_COLUMNS).where(_TOKENS.c.digest == values["digest"])).one()
        return Made(_token(row), text)

    def every(self) -> list[Token]:
        """All tokens that there ever were, oldest first."""
        with self._database.read() as connection:
            return [_token(row) for row in connection.execute(select(*_COLUMNS).order_by(_TOKENS.c.id))]

    def revoke(self, number: int) -> Token:
        """End a token, from the next request on; one that is revoked stays as it is.

        Raises:
            TokenIdUnknown: there is none with that number.
        """
        now = int(self._clock())
        with self._database.write() as connection:
            live = update(AccessToken).where(AccessToken.id == number, AccessToken.revoked_at.is_(None))
            connection.execute(live.values(revoked_at=now))
            row = connection.execute(select(*_COLUMNS).where(_TOKENS.c.id == number)).one_or_none()
        if row is None:
            raise TokenIdUnknown(number)
        return _token(row)

    def principal(self, text: str) -> Principal:
        """Who asks with a token. The database is asked each time: what was revoked is refused at once.

        Raises:
            TokenMalformed, TokenUnknown, TokenRevoked, TokenExpired: nobody, and why.
        """
        digest = checked_digest(text)
        [rows] = self._database.fetch(_BY_DIGEST, [(digest,)])
        row = rows[0] if rows else None
        if row is None or not hmac.compare_digest(bytes(row.digest), digest):
            raise TokenUnknown
        now = int(self._clock())
        self._check(row, now)
        if row.last_used_at is None or abs(now - row.last_used_at) >= USED_SECONDS:
            with suppress(StoreError), self._database.write(durable=False) as connection:  # worth no failed request
                connection.execute(update(AccessToken).where(AccessToken.id == row.id).values(last_used_at=now))
        return Principal(row.id, Role(row.role), row.institution, row.account, row.label)

    def holds(self, who: Principal) -> bool:
        """Whether a token by which somebody was let in is still good: for answers that go on for hours."""
        [rows] = self._database.fetch(_BY_ID, [(who.token,)])
        try:
            self._check(rows[0], int(self._clock()))
        except Unauthorised:
            return False
        return True

    def _check(self, row: Any, now: int) -> None:  # noqa: ANN401 - a row of `_COLUMNS`
        if row.revoked_at is not None:
            raise TokenRevoked(row.id)
        if row.expires_at <= now:
            raise TokenExpired(row.id)
        if row.account is not None and not self._database.fetch(_LIVE, [(row.account,)])[0]:
            raise TokenRevoked(row.id)  # the account was deleted: its token goes with it


def new_text() -> str:
    """A new token."""
    secret = _base62(int.from_bytes(secrets.token_bytes(SECRET_BYTES), "big"), _SECRET_LETTERS)
    return PREFIX + secret + _check(secret)


def digest_of(text: str) -> bytes:
    """By what a token is known again: SHA-256 of its characters."""
    return sha256(text.encode("ascii"))


def checked_digest(text: str) -> bytes:
    """The same, of what somebody sent.

    Raises:
        TokenMalformed: it cannot be a token: cut off, mistyped, or something else.
    """
    match = _FORM.fullmatch(text)
    if match is None or not hmac.compare_digest(match[2], _check(match[1])):
        raise TokenMalformed(len(text))
    return digest_of(text)


def _check(secret: str) -> str:
    return _base62(zlib.crc32(secret.encode("ascii")), _CHECK_LETTERS)


def _base62(number: int, letters: int) -> str:
    text = ""
    for _ in range(letters):
        number, digit = divmod(number, len(_ALPHABET))
        text = _ALPHABET[digit] + text
    return text


def _token(row: Any) -> Token:  # noqa: ANN401 - a row of `_COLUMNS`
    return Token(*(value for name, value in zip(row._fields, row, strict=True) if name != "digest"))
