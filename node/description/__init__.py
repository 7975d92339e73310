"""network.toml: one declarative file describes the network; an unknown key fails; a member is a row.

description = read(folder / "network.toml")
[member.province for member in description.founders]
"""

from __future__ import annotations

from node.description.engines import AnvilEngine, BesuEngine, GethEngine, ValidatorEngine
from node.description.members import ROLES, Member, MemberNode, Operator, Role
from node.description.network import DAY, FOUNDERS, Description, Ipfs, Rules
from node.description.reading import DescriptionError, describe, read

__all__ = [
    "DAY",
    "FOUNDERS",
    "ROLES",
    "AnvilEngine",
    "BesuEngine",
    "Description",
    "DescriptionError",
    "GethEngine",
    "Ipfs",
    "Member",
    "MemberNode",
    "Operator",
    "Role",
    "Rules",
    "ValidatorEngine",
    "describe",
    "read",
]
