"""Whether one contract on the chain is one that the compiler made: its code, and what its immutables hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from node.immutables import DEPLOYER, address_word, created_by, expected
from node.law import NO_ADDRESS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from node.client.directory import Entry, Listing
    from node.compiler import Compiled
    from node.description import Description


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be: what it concerns (a contract or a source), which check, and in words."""

    subject: str
    check: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Law:
    """What the places of immutables must say: the network, its chain, and everything that its Directory listed."""

    description: Description
    chain_id: int
    listing: Listing


def differences(compiled: Compiled, code: bytes, entry: Entry, law: Law) -> tuple[Finding, ...]:
    """Return in what `code`, which lies at the address of `entry`, is not `compiled`; nothing where it is."""
    return (*_code(compiled, code, entry), *_immutables(compiled, code, entry, law))


def _code(compiled: Compiled, code: bytes, entry: Entry) -> Iterator[Finding]:
    """Every byte, apart from the places of immutables."""
    wanted = compiled.code
    at = f"{entry.address}："
    if len(code) != len(wanted):
        yield Finding(
            entry.name,
            "code",
            f"{at}链上代码 {len(code)} 字节，源码编译得 {len(wanted)} 字节",
            f"{entry.address}: the code on the chain has {len(code)} bytes, these sources give {len(wanted)}",
        )
        return
    masked = bytearray(code)
    for starts in compiled.immutables.values():
        for start in starts:
            masked[start : start + 32] = bytes(32)
    body = len(wanted) - compiled.metadata_size
    differing = [place for place in range(len(wanted)) if masked[place] != wanted[place]]
    in_body = [place for place in differing if place < body]
    if in_body:
        yield Finding(
            entry.name,
            "code",
            f"{at}有 {len(in_body)} 个字节与源码不符，第一个在 {in_body[0]} 处",
            f"{entry.address}: {len(in_body)} bytes are not those of these sources, the first at offset {in_body[0]}",
        )
    elif differing:
        yield Finding(
            entry.name,
            "metadata",
            f"{at}可执行部分一致，但元数据（源码与编译设置的摘要）不同",
            f"{entry.address}: what runs is the same, but the metadata (digest of sources and settings) differs",
        )


def _immutables(compiled: Compiled, code: bytes, entry: Entry, law: Law) -> Iterator[Finding]:
    """Every place of every immutable."""
    if len(code) != len(compiled.code):
        return
    values = _allowed(entry, law)
    for variable, starts in compiled.immutables.items():
        wanted = values.get(variable, ())
        for found in {code[start : start + 32] for start in starts}:
            holds = created_by(found, entry.address) if variable == DEPLOYER else found in wanted
            if not holds:
                should = " / ".join(f"0x{one.hex()}" for one in wanted) or "?"
                yield Finding(
                    entry.name,
                    "immutable",
                    f"{entry.address}：不可变量 {variable} 是 0x{found.hex()}，应为 {should}",
                    f"{entry.address}: the immutable {variable} is 0x{found.hex()}, it should be {should}",
                )


def _allowed(entry: Entry, law: Law) -> dict[str, tuple[bytes, ...]]:
    """What each immutable of a contract may hold.

    A contract walks from its Consortium and its Directory to those in force (contracts/base/Governed.sol), so any that
    was listed by the time it took effect will do; a Consortium and a Directory name themselves.
    """
    listed = law.listing.entries
    walkable = {
        name: [entry.address]
        if name == entry.name
        else [one.address for one in listed.get(name, ()) if one.since <= entry.since]
        for name in ("Consortium", "Directory")
    }
    before = [one.address for one in listed.get(entry.name, ()) if one.version == entry.version - 1]
    where = {name: (found or [entry.address])[0] for name, found in walkable.items()} | {entry.name: entry.address}
    predecessor = before[-1] if before else NO_ADDRESS
    known = expected(entry.name, law.description, where, chain_id=law.chain_id, predecessor=predecessor)
    values: dict[str, tuple[bytes, ...]] = {variable: (value,) for variable, value in known.items()}
    values["consortium"] = tuple(map(address_word, walkable["Consortium"]))
    values["directory"] = tuple(map(address_word, walkable["Directory"]))
    return values
