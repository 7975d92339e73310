"""network.toml as the ceremony writes it: from the same values the same bytes, wherever it is written.

describe(text_of(description), path) == description
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from node.description.values import toml_text

if TYPE_CHECKING:
    from pydantic import BaseModel

    from node.description.members import Member
    from node.description.network import Description

_HEAD = """\
# 互认链网络描述，各成员一致 / the network, described once, the same at every member.
# 由 huren-node network assemble 写成；请勿手改，改动会使指纹不同
# written by huren-node network assemble; do not edit: the fingerprint would differ
"""
_MEMBERS = "\n# 成员：一行一个，先后即轮值顺序 / a member is a row; their order is the order of chairs\n"


def text_of(description: Description) -> str:
    """Return the network as network.toml says it: every value, also those at their defaults."""
    parts = [_HEAD, "\n", _lines(description, {"engine", "consortium", "ipfs", "member"})]
    parts += [
        f"\n[{name}]\n{_lines(table, set())}"
        for name, table in (
            ("engine", description.engine),
            ("consortium", description.consortium),
            ("ipfs", description.ipfs),
        )
    ]
    return "".join([*parts, _MEMBERS, *map(row_of, description.member)])


def row_of(member: Member) -> str:
    """Return one member as network.toml says it."""
    operators = "".join(f"\n[[member.operator]]\n{_lines(operator, set())}" for operator in member.operator)
    node = f"\n[member.node]\n{_lines(member.node, set())}" if member.node is not None else ""
    without = {"operator", "node"} if member.left else {"operator", "node", "left"}
    return f"\n[[member]]\n{_lines(member, without)}{operators}{node}"


def _lines(table: BaseModel, without: set[str]) -> str:
    values = table.model_dump(exclude=without, exclude_none=True)
    return "".join(f"{name} = {_value(value)}\n" for name, value in values.items())


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return toml_text(value)
    if isinstance(value, tuple):
        return f"[{', '.join(map(_value, value))}]"
    raise TypeError(f"network.toml holds no {type(value).__name__}")
