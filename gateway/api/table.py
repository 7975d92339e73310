"""The table role × route, made of what the code enforces: docs/api.md holds it, a test compares them.

table_of(app)        # Markdown
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gateway.api.authority import SCHEME
from gateway.store.models import Role

if TYPE_CHECKING:
    from fastapi import FastAPI

PUBLIC: Final = "anyone"
BEGIN: Final = "<!-- role × route: made by scripts/api_table.py -->\n"
END: Final = "<!-- end -->\n"
_DESCRIPTION: Final = ("GET", "/openapi.json")
"""FastAPI's own route, which it does not describe."""


@dataclass(frozen=True, slots=True, order=True)
class RouteRoles:
    """A route and the roles that may ask it; `roles` is None where it is public."""

    path: str
    method: str
    roles: tuple[Role, ...] | None

    def allows(self, role: Role) -> bool:
        """Whether somebody with that role is let in."""
        return self.roles is None or role in self.roles


def routes_of(app: FastAPI) -> list[RouteRoles]:
    """Every route, the public ones first, each by path."""
    found = [RouteRoles(_DESCRIPTION[1], _DESCRIPTION[0], None)]
    for path, methods in app.openapi()["paths"].items():
        for method, operation in methods.items():
            names = [name for one in operation.get("security", ()) for name in one[SCHEME]]
            roles = tuple(role for role in Role if role.value in names) if "security" in operation else None
            found.append(RouteRoles(path, method.upper(), roles))
    return sorted(found, key=lambda one: (one.roles is not None, one.path, one.method))


def table_of(app: FastAPI) -> str:
    """The table as docs/api.md has it."""
    names = [PUBLIC, *(role.value for role in Role)]
    lines = [f"| route | {' | '.join(names)} |", f"| {' | '.join(['---'] * (len(names) + 1))} |"]
    for one in routes_of(app):
        public = "yes" if one.roles is None else ""
        cells = [public, *("yes" if one.allows(role) else "" for role in Role)]
        lines.append(f"| `{one.method} {one.path}` | {' | '.join(cell or '—' for cell in cells)} |")
    return "\n".join(lines) + "\n"


def with_table(text: str, app: FastAPI) -> str:
    """A document with the table between its two marks replaced."""
    begin, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    return text[:begin] + table_of(app) + text[end:]
