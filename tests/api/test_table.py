"""Role × route: the table of docs/api.md is the code's, and every cell of it is asked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from filled import FILLED

from gateway.api.table import BEGIN, END, RouteRoles, routes_of, table_of, with_table
from gateway.store.models import Role

if TYPE_CHECKING:
    House = Any

DOCUMENT = Path(__file__).parents[2] / "docs" / "api.md"
PUBLIC = {
    ("GET", "/v1/credentials/{hash}"), ("POST", "/v1/verify"), ("GET", "/v1/blobs/{cid}"), ("GET", "/v1/packs"),
    ("GET", "/v1/status/{institution}/{number}"), ("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/openapi.json"),
}  # fmt: skip
"""Verification, blobs, packs (to whom a signature lets in), status lists and health; and what there is."""
ENDLESS = "/v1/events"
"""Never ends: how it lets in is asked in test_event_stream.py."""


def routes(house: House) -> list[RouteRoles]:
    return routes_of(house.client.app)


def ask(house: House, route: RouteRoles, token: str | None) -> Any:  # noqa: ANN401
    path = route.path.format(**FILLED)
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    content = b"{}" if route.method == "POST" else None
    return house.client.request(route.method, path, content=content, headers=headers)


def test_the_document_has_the_table_that_the_code_makes(house: House) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert with_table(text, house.client.app) == text, "run .venv/bin/python scripts/api_table.py"
    assert text.split(BEGIN)[1].split(END)[0] == table_of(house.client.app)


def test_nothing_is_public_but_verification_blobs_status_lists_and_health(house: House) -> None:
    assert {(one.method, one.path) for one in routes(house) if one.roles is None} == PUBLIC


def test_every_other_route_lets_somebody_in_and_not_every_token_everywhere(house: House) -> None:
    guarded = [one for one in routes(house) if one.roles is not None]
    assert all(one.roles for one in guarded)
    assert {one.roles for one in guarded} > {tuple(Role)}


def test_no_route_is_left_out_of_the_table(house: House) -> None:
    """Nothing is served in secret: what FastAPI does not describe would not be in the table either."""
    served = {route.path for router in house.client.app.router.routes for route in flat(router)}
    assert served == {one.path for one in routes(house)}


def flat(route: Any) -> list[Any]:  # noqa: ANN401 - a route or something that holds routes
    inner = getattr(route, "routes", None) or getattr(getattr(route, "original_router", None), "routes", None)
    return [deeper for one in inner for deeper in flat(one)] if inner else [route]


def test_whoever_has_no_token_gets_what_is_public_and_401_for_all_else(house: House) -> None:
    for route in routes(house):
        answer = ask(house, route, None)
        if route.roles is None:
            assert answer.status_code not in {401, 403, 405} or signed_for(route, answer), route
            assert answer.json().get("code") != "api.no_route", route
        else:
            assert (answer.status_code, answer.json()["code"]) == (401, "access.token_missing"), route
            assert answer.headers["www-authenticate"] == 'Bearer realm="huren"'


def signed_for(route: RouteRoles, answer: Any) -> bool:  # noqa: ANN401
    """Whether a route that takes no token asked for a member's signature instead (test_packs.py)."""
    return route.path == "/v1/packs" and (answer.status_code, answer.json()["code"]) == (
        403,
        "replication.not_a_member",
    )


@pytest.mark.parametrize("role", list(Role))
def test_each_role_is_let_in_where_the_table_says_so_and_refused_with_403_elsewhere(house: House, role: Role) -> None:
    token = house.token(role)
    for route in routes(house):
        if route.path == ENDLESS and route.allows(role):
            continue
        answer = ask(house, route, token)
        if route.allows(role):
            assert answer.status_code not in {401, 403, 405} or signed_for(route, answer), route
            assert answer.json().get("code") != "api.no_route", route
        else:
            assert (answer.status_code, answer.json()["code"]) == (403, "access.role"), route
            assert answer.json()["field"] == "role", route
            allowed = " ".join(one.value for one in route.roles or ())
            assert f'error="insufficient_scope", scope="{allowed}"' in answer.headers["www-authenticate"]


def test_the_description_says_how_to_ask_and_which_roles_may(house: House) -> None:
    described = house.client.get("/openapi.json").json()
    assert described["components"]["securitySchemes"] == {
        "token": {
            "type": "http", "scheme": "bearer", "bearerFormat": "hrn_…",
            "description": "令牌由中心签发 / made by the centre: `huren token create`",
        }
    }  # fmt: skip
    assert described["paths"]["/v1/events"]["get"]["security"] == [{"token": ["operator", "officer", "auditor"]}]
    assert "security" not in described["paths"]["/v1/credentials/{hash}"]["get"]
