"""Verifying by hash over HTTP with one worker, beside the same server answering a constant.

The client lies in processes of its own and is the same for both; what is compared are requests for each processor
second of the server, so that the client weighs on neither. Hashes are random: 5 % revoked, 5 % unknown, and nothing
between client and database remembers an answer.
"""

from __future__ import annotations

import asyncio
import os
import random
import secrets
from collections import Counter
from typing import TYPE_CHECKING

from bench_index import all_leaves
from bench_issuing import opened
from bench_rows import Row, expect, more

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stage import Centre, Stage

CONNECTIONS = 16
REVOKED = 500
_KINDS = ("registered", "revoked", "not-found")
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
CONSTANT = "/healthz"


def http_row(stage: Stage, issuer: Centre, asked: Centre, folder: Path, requests: int) -> Row:
    """The row; ``issuer`` revokes, ``asked`` answers.

    Raises:
        BenchError: an answer was another than the ledger's.
    """
    chosen = random.Random(7)  # noqa: S311 - to be repeatable
    with opened(asked) as gateway:
        leaves = all_leaves(gateway)
    revoked = chosen.sample(leaves, min(REVOKED, len(leaves) // 10))
    listed = folder / "revoked.txt"
    listed.write_text("".join(f"0x{leaf.hex()}\n" for leaf in revoked))
    issuer.run("revoke", "--file", str(listed), "--reason", "error", "--wait", "120", "--json")
    asked.serve(read_only=True)
    asked.wait_until_indexed(stage.block())
    among = set(revoked)
    good = [leaf for leaf in leaves if leaf not in among]
    share = requests // 20
    wanted = Counter(dict(zip(_KINDS, (requests - 2 * share, share, share), strict=True)))
    hashes = chosen.choices(good, k=wanted["registered"]) + chosen.choices(revoked, k=share)
    hashes += [secrets.token_bytes(32) for _ in range(share)]
    chosen.shuffle(hashes)
    paths = [f"/v1/credentials/0x{leaf.hex()}" for leaf in hashes]
    constant = [CONSTANT] * requests
    _load(asked, constant[:2_000])
    _load(asked, paths[:2_000])
    best = [0.0, 0.0]
    # By turns, so that whatever else the machine does weighs on both.
    turns = 4
    part = -(-requests // turns)
    kinds: Counter[str] = Counter()
    for turn in range(turns):
        for at, asking in enumerate((paths, constant)):
            rate, answers = _load(asked, asking[turn * part : (turn + 1) * part])
            best[at] = max(best[at], rate)
            kinds += answers
    expect("answers by kind", {kind: kinds[kind] for kind in _KINDS}, dict(wanted))
    expect("constants answered", kinds["ok"], requests)
    return more("verify by hash over HTTP, one worker", best[0], best[1], 0.6, "/s of the server's core")


def _load(centre: Centre, paths: Sequence[str]) -> tuple[float, Counter[str]]:
    """Requests a processor second of the server, and the answers by kind."""
    process = centre.process
    if process is None:
        raise RuntimeError("the gateway does not run")
    before = _ticks_of(process.pid)
    kinds = asyncio.run(_ask_all(centre.port, paths))
    # A hundred requests may cost less than the kernel's smallest unit of account: that counts as one.
    ticks = max(1, _ticks_of(process.pid) - before)
    return len(paths) * _TICKS_PER_SECOND / ticks, kinds


def _ticks_of(pid: int) -> int:
    """The processor time that a process has taken, in clock ticks (proc(5), stat, fields 14 and 15)."""
    with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123 - not a file to be managed
        fields = file.read().rpartition(b")")[2].split()
    return int(fields[11]) + int(fields[12])


async def _ask_all(port: int, paths: Sequence[str]) -> Counter[str]:
    parts = [paths[at::CONNECTIONS] for at in range(CONNECTIONS)]
    counts = await asyncio.gather(*(_ask(port, part) for part in parts))
    return sum(counts, Counter())


async def _ask(port: int, paths: Sequence[str]) -> Counter[str]:
    """One connection, kept alive; one request at a time."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    kinds: Counter[str] = Counter()
    try:
        for path in paths:
            writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
            kinds[kind_of(head, await reader.readexactly(length))] += 1
    finally:
        writer.close()
        await writer.wait_closed()
    return kinds


def kind_of(head: bytes, body: bytes) -> str:
    """The kind of a verdict, ``ok`` for the constant, or the first line of an answer that is neither."""
    if not head.startswith(b"HTTP/1.1 200 "):
        return head.partition(b"\r\n")[0].decode()
    for kind in _KINDS:
        if b'"verdict":"%b"' % kind.encode() in body:
            return kind
    return "ok" if body == b'{"status":"ok"}' else "?"
