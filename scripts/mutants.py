"""Small wrong versions of contracts/: each mutant changes one place that solc's syntax tree points at.

Operators are the usual ones of mutation testing for Solidity (relational and logical operators, conditions forced, one
side of a conjunction dropped, arithmetic and bit operators, literals, statements, modifiers and events removed), so
that what line and branch coverage cannot see (a condition nobody checks) shows as a survivor.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Node = dict[str, Any]

BINARY = {
    "<": ("<=", ">="),
    "<=": ("<", ">"),
    ">": (">=", "<="),
    ">=": (">", "<"),
    "==": ("!=",),
    "!=": ("==",),
    "&&": ("||",),
    "||": ("&&",),
    "+": ("-",),
    "-": ("+",),
    "*": ("/",),
    "/": ("*",),
    "%": ("*",),
    "&": ("|",),
    "|": ("&",),
    "^": ("&",),
    "<<": (">>",),
    ">>": ("<<",),
}
ASSIGNMENT = {
    "+=": "-=",
    "-=": "+=",
    "*=": "/=",
    "/=": "*=",
    "|=": "&=",
    "&=": "|=",
    "^=": "|=",
    "<<=": ">>=",
    ">>=": "<<=",
}
YUL = {
    "add": "sub",
    "sub": "add",
    "and": "or",
    "or": "and",
    "lt": "gt",
    "gt": "lt",
    "shl": "shr",
    "shr": "shl",
    "mul": "add",
}
STATEMENTS = {"ExpressionStatement", "EmitStatement", "RevertStatement"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one source.

    Attributes:
        ident: stable name: the same change of the same line of the same function has it in every checkout, whatever
            is added or moved elsewhere in the source.
        file: source, relative to the checkout.
        function: function or modifier it stands in; empty outside of all.
        body: SHA-256 (hex, 12 digits) of that function's text; outside of all, of the line's.
        line: where, counted from 1.
        operator: what kind of change.
        start: first byte that is replaced.
        end: first byte that is kept again.
        original: what stands there.
        replacement: what the mutant puts there.
    """

    ident: str
    file: str
    function: str
    body: str
    line: int
    operator: str
    start: int
    end: int
    original: str
    replacement: str

    def apply(self, source: bytes) -> bytes:
        """Return the source with this one change."""
        return source[: self.start] + self.replacement.encode() + source[self.end :]


@dataclass(frozen=True, slots=True)
class _Change:
    operator: str
    start: int
    end: int
    replacement: str


def _span(node: Node) -> tuple[int, int]:
    start, length, _ = map(int, node["src"].split(":"))
    return start, start + length


class _Reader:
    """Walks one source's tree and yields its changes."""

    def __init__(self, source: bytes) -> None:
        self._source = source

    def _text(self, node: Node) -> str:
        start, end = _span(node)
        return self._source[start:end].decode()

    def _between(self, left: Node, right: Node, old: str, new: str, operator: str) -> Iterator[_Change]:
        begin, stop = _span(left)[1], _span(right)[0]
        at = self._source.find(old.encode(), begin, stop)
        if at >= 0:
            yield _Change(operator, at, at + len(old), new)

    def _whole(self, node: Node, replacement: str, operator: str) -> Iterator[_Change]:
        start, end = _span(node)
        if self._source[start:end].decode() != replacement:
            yield _Change(operator, start, end, replacement)

    def changes(self, node: Node) -> Iterator[_Change]:
        """Yield the changes at this very node (not below it)."""
        kind = node["nodeType"]
        if kind == "BinaryOperation":
            yield from self._binary(node)
        elif kind == "UnaryOperation":
            yield from self._unary(node)
        elif kind == "Assignment" and node["operator"] in ASSIGNMENT:
            old = node["operator"]
            yield from self._between(node["leftHandSide"], node["rightHandSide"], old, ASSIGNMENT[old], "assignment")
        elif kind == "IfStatement":
            yield from self._whole(node["condition"], "true", "condition forced")
            yield from self._whole(node["condition"], "false", "condition forced")
        elif kind == "Conditional":
            yield from self._whole(node, self._text(node["trueExpression"]), "one side of ?:")
            yield from self._whole(node, self._text(node["falseExpression"]), "one side of ?:")
        elif kind in STATEMENTS:
            start, end = _span(node)
            semicolon = self._source.find(b";", end - 1)
            yield _Change("statement removed", start, semicolon + 1, "{}")
        elif kind == "ModifierInvocation" and node.get("kind") == "modifierInvocation":
            yield from self._whole(node, "", "modifier removed")
        elif kind == "Literal":
            yield from self._literal(node)
        elif kind == "YulFunctionCall" and node["functionName"]["name"] in YUL:
            yield from self._whole(node["functionName"], YUL[node["functionName"]["name"]], "assembly")

    def _binary(self, node: Node) -> Iterator[_Change]:
        left, right, operator = node["leftExpression"], node["rightExpression"], node["operator"]
        for new in BINARY.get(operator, ()):
            yield from self._between(left, right, operator, new, "operator")
        if operator in {"&&", "||"}:
            yield from self._whole(node, self._text(left), "one side dropped")
            yield from self._whole(node, self._text(right), "one side dropped")

    def _unary(self, node: Node) -> Iterator[_Change]:
        operator, inner = node["operator"], node["subExpression"]
        if operator in {"!", "~"}:
            yield from self._whole(node, self._text(inner), "negation removed")
        elif operator in {"++", "--"}:
            other = "--" if operator == "++" else "++"
            text = other + self._text(inner) if node["prefix"] else self._text(inner) + other
            yield from self._whole(node, text, "operator")

    def _literal(self, node: Node) -> Iterator[_Change]:
        value = node.get("value")
        if node["kind"] == "bool":
            yield from self._whole(node, "false" if value == "true" else "true", "literal")
        elif node["kind"] == "number" and value and value.replace("_", "").isdigit():
            unit = f" {node['subdenomination']}" if node.get("subdenomination") else ""
            number = int(value.replace("_", ""))
            yield from self._whole(node, f"{number + 1}{unit}", "literal")
            if number == 1:
                yield from self._whole(node, f"0{unit}", "literal")


def _walk(node: Any, function: Node | None) -> Iterator[tuple[Node, Node | None]]:  # noqa: ANN401 - a JSON tree
    """Yield every node that may be changed with the function or modifier it stands in."""
    if isinstance(node, list):
        for item in node:
            yield from _walk(item, function)
    elif isinstance(node, dict) and "nodeType" in node:
        kind = node["nodeType"]
        if kind in {"PragmaDirective", "ImportDirective", "ArrayTypeName", "EventDefinition", "ErrorDefinition"}:
            return
        if kind in {"FunctionDefinition", "ModifierDefinition"}:
            function = node
        yield node, function
        for value in node.values():
            if isinstance(value, list | dict):
                yield from _walk(value, function)


def mutants_of(file: str, source: bytes, tree: Node) -> list[Mutant]:
    """Return every mutant of one source, given solc's syntax tree of it."""
    reader = _Reader(source)
    seen: Counter[str] = Counter()
    found: dict[tuple[int, int, str], Mutant] = {}
    for node, function in _walk(tree, None):
        within = "" if function is None else function["name"] or function.get("kind", "")
        for change in reader.changes(node):
            place = (change.start, change.end, change.replacement)
            if place in found:
                continue
            line = source.count(b"\n", 0, change.start) + 1
            text = source.splitlines()[line - 1].strip().decode()
            original = source[change.start : change.end].decode()
            body = text.encode() if function is None else source[slice(*_span(function))]
            name = f"{file}\x1f{within}\x1f{text}\x1f{original}\x1f{change.replacement}"
            seen[name] += 1
            ident = hashlib.sha256(f"{name}\x1f{seen[name]}".encode()).hexdigest()[:12]
            found[place] = Mutant(
                ident,
                file,
                within,
                hashlib.sha256(body).hexdigest()[:12],
                line,
                change.operator,
                change.start,
                change.end,
                original,
                change.replacement,
            )
    return sorted(found.values(), key=lambda mutant: (mutant.start, mutant.end, mutant.replacement))
