"""docs/api.md against the code: who may call which route, and that no route is forgotten."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    House = Any

TABLE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(GET|POST) (\S+)` \| (\w+) \| (\w+) \| (\w+) \| (\w+) \|$", re.MULTILINE)


def routes(house: House) -> set[tuple[str, str]]:
    """(method, path) of everything that the application answers."""
    described = house.client.get("/openapi.json").json()["paths"]
    found = {(method.upper(), path) for path, methods in described.items() for method in methods}
    return found | {("GET", "/openapi.json")}


def test_the_table_of_roles_has_every_route_and_no_other(house: House) -> None:
    rows = [match.groups() for match in ROW.finditer(TABLE)]
    assert {(method, path) for method, path, *_ in rows} == routes(house)
    assert len(rows) == len(routes(house))


def test_every_route_that_the_table_opens_to_anyone_answers_a_caller_without_credentials(house: House) -> None:
    for method, path, anyone, *others in (match.groups() for match in ROW.finditer(TABLE)):
        assert [anyone, *others] == ["yes"] * 4
        filled = path.replace("{hash}", "0x" + "ab" * 32).replace("{number}", "0").replace("{cid}", "x")
        answer = house.client.request(method, filled.replace("{institution}", "123200004660001235"), content=b"{}")
        assert answer.status_code not in {401, 403, 405}, path
        assert answer.json().get("code") != "api.no_route", path


def test_no_route_is_left_out_of_the_description(house: House) -> None:
    """Nothing is served in secret: what FastAPI does not describe would not be in the table either."""
    served = {route.path for router in house.client.app.router.routes for route in flat(router)}
    assert served == {path for _, path in routes(house)}


def flat(route: Any) -> list[Any]:  # noqa: ANN401 - a route or something that holds routes
    inner = getattr(route, "routes", None) or getattr(getattr(route, "original_router", None), "routes", None)
    return [deeper for one in inner for deeper in flat(one)] if inner else [route]


def test_nothing_here_asks_for_credentials_yet(house: House) -> None:
    schema = house.client.get("/openapi.json").json()
    assert "securitySchemes" not in schema.get("components", {})
