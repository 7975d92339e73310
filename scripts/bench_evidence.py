"""Verifying certificate files with no network: evidence of finality, trust file, all eight steps.

The chain of the benchmark is one that nobody seals, so its newest state is put under blocks of four Clique validators
made here. Every file that is measured must be valid; one of an altered header must not.
"""

from __future__ import annotations

import secrets
import time
from itertools import cycle, islice
from typing import TYPE_CHECKING

import msgspec
from bench_rows import BenchError, Row, expect, more
from coincurve import PrivateKey

from gateway.domain.evidence import joined, split
from gateway.domain.hashing import keccak256
from gateway.domain.header import Header
from gateway.domain.rlp import encode, integer
from gateway.domain.seals import Consensus
from gateway.domain.validators import Era, turn
from gateway.domain.verdict import Kind
from gateway.verification.collecting import Snapshot, subject_of
from gateway.verification.offline import Trust, verify
from gateway.verification.trusting import trust_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.bootstrap import Gateway

MOST = 500
"""Files that are given evidence: each takes a few requests."""
UNIT = "/s of one core"
_VANITY = bytes(32)
_DIFFICULTY, _NUMBER, _TIME, _EXTRA = 7, 8, 11, 12


def evidence_row(gateway: Gateway, files: Sequence[bytes], beside: float, seconds: float) -> Row:
    """The row: verified offline by evidence, beside a rate of files verified without a ledger.

    Raises:
        BenchError: a good file is not valid, or an altered one is.
    """
    snapshot = Snapshot.newest(gateway.calls)
    keys = sorted((PrivateKey(secrets.token_bytes(32)) for _ in range(4)), key=_address)
    headers = _sealed(snapshot.header, keys)
    made = []
    for file in islice(files, MOST):
        evidence = snapshot.evidence(subject_of(file))
        made.append(joined(file, msgspec.structs.replace(evidence, headers=headers)))
    era = Era(1, snapshot.header.hash, tuple(map(_address, keys)))
    trust = msgspec.structs.replace(
        trust_of(gateway.calls), consensus=Consensus.CLIQUE, genesis=era.after, eras=(era,), confirmations=3
    )
    rate = max(_rate(made, trust, snapshot.header.time + 5, seconds) for _ in range(2))
    return more("verify offline by evidence, all eight steps", rate, beside, 0.3, UNIT)


def _rate(files: Sequence[bytes], trust: Trust, now: int, seconds: float) -> float:
    altered = _other_header(files[0])
    if verify(altered, trust, now=now).kind.favourable:
        raise BenchError("an altered header passes")
    expect("valid by evidence", sum(verify(file, trust, now=now).kind is Kind.VALID for file in files), len(files))
    began, done, rounds = time.process_time(), 0, cycle(files)
    while (spent := time.process_time() - began) < seconds:
        done += verify(next(rounds), trust, now=now).kind is Kind.VALID
    return done / spent


def _other_header(file: bytes) -> bytes:
    own, evidence = split(file)
    if evidence is None:
        raise BenchError("no evidence in the file")
    first = evidence.headers[0]
    bent = Header((*first.parts[:_TIME], integer(first.time + 1), *first.parts[_EXTRA:]))
    return joined(own, msgspec.structs.replace(evidence, headers=(bent, *evidence.headers[1:])))


def _sealed(header: Header, keys: Sequence[PrivateKey]) -> tuple[Header, ...]:
    """A block of the same state sealed by the first key, followed by one of each other."""
    parts = list(header.parts)
    found: list[Header] = []
    signers = [*map(_address, keys)]
    for key in keys:
        parts[_DIFFICULTY] = integer(turn(int.from_bytes(parts[_NUMBER], "big"), _address(key), signers))
        parts[_EXTRA] = _VANITY
        parts[_EXTRA] += key.sign_recoverable(keccak256(encode(list(parts))), hasher=None)
        found.append(Header(tuple(parts)))
        parts[0], parts[_NUMBER] = found[-1].hash, integer(found[-1].number + 1)
    return tuple(found)


def _address(key: PrivateKey) -> bytes:
    return keccak256(key.public_key.format(compressed=False)[1:])[12:]
