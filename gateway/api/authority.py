"""Who may ask what: every route that is not public names its roles, in one way.

    @router.get("/transfers")
    def transfers(who: Principal = allow(Role.OPERATOR, Role.OFFICER)) -> Response: ...

FastAPI writes the names into /openapi.json beside the scheme (OpenAPI 3.1 lets a bearer scheme list roles), from which
the table of docs/api.md is made: what is enforced and what is written down are one thing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import structlog
from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes

from gateway.api.access import Principal
from gateway.api.access_errors import OutOfScope, RoleForbidden, TokenMissing, Unauthorised
from gateway.api.services import services_of

if TYPE_CHECKING:
    from gateway.store.models import Role

log = structlog.get_logger(__name__)

SCHEME: Final = "token"
_BEARER: Final = HTTPBearer(
    auto_error=False,
    scheme_name=SCHEME,
    bearerFormat="hrn_…",
    description="令牌由中心签发 / made by the centre: `huren token create`",
)


def allow(*roles: Role) -> Any:  # noqa: ANN401 - what FastAPI takes as a parameter's default
    """The parameter of a route through which it knows who asks: one of ``roles``, or the request is refused."""
    return Security(_who, scopes=[role.value for role in roles])


# Not async: the database is asked, which takes a thread.
def _who(
    request: Request,
    wanted: SecurityScopes,
    given: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
) -> Principal:
    """Who asks.

    Raises:
        TokenMissing, TokenMalformed, TokenUnknown, TokenRevoked, TokenExpired: 401.
        RoleForbidden: 403.
        TooManyAttempts: 429.
    """
    if given is None:
        raise TokenMissing
    principal = authenticated(request, given.credentials)
    if principal.role.value not in wanted.scopes:
        raise RoleForbidden(principal.role.value, allowed=" ".join(wanted.scopes), field="role")
    return principal


def authenticated(request: Request, text: str) -> Principal:
    """Who holds a token, whatever they may ask; counts those that are none."""
    services = services_of(request)
    try:
        return services.tokens.principal(text)
    except Unauthorised as error:
        services.attempts.refused(request.client.host if request.client else "")
        log.warning("api.refused", why=error.code, path=request.url.path)
        raise


def of_institution(who: Principal, *institutions: str) -> None:
    """Let an officer pass whose institution is among these; the other roles are bound to none.

    Raises:
        OutOfScope: it is not.
    """
    if who.institution is not None and who.institution not in institutions:
        raise OutOfScope(", ".join(institutions))


def of_account(who: Principal, account: int) -> None:
    """Let a learner pass whose account it is; the other roles are bound to none.

    Raises:
        OutOfScope: it is another's.
    """
    if who.account is not None and who.account != account:
        raise OutOfScope(account)
