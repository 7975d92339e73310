"""A million transfers, the same for the same seed: twelve pairs, three categories, three years, 200 institutions.

    with database.write(durable=False) as connection:
        fill(connection, 1_000_000, seed=7)
    settle(database)

Rows are as the index would have made them of the events (`gateway.ledger.transfer_projection`), which are not there,
but for the agreements and the cursor. Decisions take days, mostly one or two weeks, a few pass their deadline; one in
six comes back, one in ten of these is appealed against, one award in forty is withdrawn.
"""

from __future__ import annotations

import random
from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import orjson
from sqlalchemy import insert

from gateway.domain.civil_time import DAY, month_of
from gateway.domain.hashing import keccak256
from gateway.domain.identifiers import institution_word, uscc_check_character
from gateway.domain.rule import ANY, NO_CAP, Rule
from gateway.domain.terms import Terms
from gateway.ledger import index_state
from gateway.ledger.recognition_events import RECOGNITION
from gateway.ledger.transfer_projection import TRANSFERS
from gateway.ledger.values import BlockRef
from gateway.store.bulk import insert_rows
from gateway.store.models import Transfer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from gateway.store.engine import Database

    Numbers = NDArray[np.int64]

PROVINCES: Final = (310_000, 320_000, 330_000, 340_000)
PAIRS: Final = tuple((a, b) for a in PROVINCES for b in PROVINCES if a != b)
FIRST: Final = 1_735_660_800
"""2025-01-01 in UTC+8."""
MONTHS: Final = 36
_SECONDS: Final = 1_095 * DAY  # three years without a leap day
_BLOCK_SECONDS: Final = 5
_FIRST_BLOCK: Final = 1_000
_HOMES: Final = 50  # institutions a province
_CHUNK: Final = 20_000
_CHAIN_ID: Final = 31_337
_COLUMNS: Final = tuple(column.name for column in TRANSFERS.columns)
_REASONS: Final = ((1, 2, 3, 4, 5, 6, 7), (0.36, 0.27, 0.1, 0.07, 0.06, 0.08, 0.06))


@cache
def institutions() -> dict[int, list[str]]:
    """Fifty valid unified social credit codes (GB 32100) a province."""

    def code(province: int, number: int) -> str:
        first = f"12{province}{number:09d}"
        return first + uscc_check_character(first)

    return {province: [code(province, number) for number in range(1, _HOMES + 1)] for province in PROVINCES}


def fill(connection: Connection, count: int, seed: int = 1) -> BlockRef:
    """Write agreements, `count` transfers and the cursor into empty tables; the block that the index then stands at.

    The indexes are made after the rows: a tenth of the time.
    """
    agreements = _agreements(connection)
    indexes = sorted(TRANSFERS.indexes, key=lambda index: str(index.name))
    for index in indexes:
        index.drop(connection)
    for rows in _chunks(count, seed, agreements):
        insert_rows(connection, Transfer, _COLUMNS, rows)
    for index in indexes:
        index.create(connection)
    end = FIRST + _SECONDS
    block = BlockRef(block_at(end), keccak256(b"the last block"), end)
    index_state.move_cursor(connection, _CHAIN_ID, block)
    return block


def settle(database: Database) -> None:
    """Have PostgreSQL do what it does by itself after a while: statistics, and which pages all may see.

    SQLite is left as it is: a gateway's has no statistics either.
    """
    if database.engine.dialect.name == "postgresql":
        pooled = database.engine.raw_connection()
        pooled.detach()
        driver = cast("Any", pooled.dbapi_connection)
        driver.autocommit = True
        driver.execute("VACUUM ANALYZE transfers")
        pooled.close()


def block_at(time: int) -> int:
    """The block of a moment: one every five seconds."""
    return _FIRST_BLOCK + (time - FIRST) // _BLOCK_SECONDS


def _agreements(connection: Connection) -> dict[tuple[int, int], bytes]:
    """One a pair, proposed and approved before the first request, with a rule a category."""
    made = {}
    rows = []
    for number, pair in enumerate(PAIRS):
        terms = _terms(pair, number)
        made[pair] = terms.agreement_id
        told = {"province": pair[0], "agreement": "0x" + terms.agreement_id.hex(), "terms": _as_event(terms)}
        approved = {"agreement": told["agreement"], "round": 1, "approvals": 2, "activeFrom": FIRST}
        rows.append(_event(pair[0], number * 2 + 1, "AgreementProposed", terms.agreement_id, told))
        rows.append(_event(pair[1], number * 2 + 2, "AgreementApproved", terms.agreement_id, approved))
    connection.execute(insert(RECOGNITION), rows)
    return made


def _terms(pair: tuple[int, int], nonce: int) -> Terms:
    rules = tuple(
        Rule(
            ANY, ANY, ANY, pair[0], category, 1, 10, 0, False, 0, ANY, ANY, ANY, pair[1], category, 3, 4, 1_000,  # noqa: FBT003
            NO_CAP, FIRST, FIRST + 2 * _SECONDS,
        )
        for category in (1, 2, 3)
    )  # fmt: skip
    parties = tuple(sorted(pair))
    times = (FIRST, FIRST + 2 * _SECONDS, FIRST, 7 * DAY, 30 * DAY)
    return Terms(_CHAIN_ID, bytes(20), nonce, parties, rules, *times, keccak256(b"text"))


def _as_event(terms: Terms) -> dict[str, Any]:
    """As the index keeps the struct of the event: bytes as 0x-hex, ``from`` as the codec calls it."""
    names = (
        "typeTag", "chainId", "registry", "nonce", "parties", "rules", "from_", "until", "approveBy", "publicNotice",
        "withdrawalNotice", "text", "supersedes",
    )  # fmt: skip
    told = dict(zip(names, terms.values, strict=True))
    told["rules"] = [{f"f{n}": value for n, value in enumerate(rule)} for rule in cast("list[Any]", told["rules"])]
    return told


def _event(province: int, sequence: int, name: str, about: bytes, fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "contract": b"\xa9" * 20, "subject": province, "sequence": sequence, "kind": 1, "name": name, "about": about,
        "actor": bytes(20), "fields": orjson.dumps(fields, default=lambda value: "0x" + value.hex()).decode(),
        "block": _FIRST_BLOCK - 100 + sequence, "log_index": 0, "happened_at": FIRST - DAY + sequence,
    }  # fmt: skip


# -- the rows ----------------------------------------------------------------------------------------------------------


def _chunks(count: int, seed: int, agreements: dict[tuple[int, int], bytes]) -> Iterator[list[tuple[Any, ...]]]:
    chance = np.random.default_rng(seed)
    digests = random.Random(seed)  # noqa: S311 - a fixture is to be the same again
    homes = institutions()
    numbers = dict.fromkeys(PAIRS, 0)
    months = _months()
    for start in range(0, count, _CHUNK):
        many = min(_CHUNK, count - start)
        # Requests come in the order of time, a little more of them every month.
        share = (np.arange(start, start + many) + 0.5) / count
        requested = FIRST + (share**0.9 * (_SECONDS - 1)).astype(np.int64)
        drawn = _Drawn(chance, requested)
        yield _rows(drawn, digests, homes, agreements, numbers, months)


def _months() -> Numbers:
    """The month of every day since the first."""
    return np.array([month_of(FIRST + day * DAY) for day in range(_SECONDS // DAY + 400)], np.int64)


class _Drawn:
    """What chance says of a chunk's requests, column by column. 0 in a time: it has not happened."""

    def __init__(self, chance: np.random.Generator, requested: Numbers) -> None:
        many, end = len(requested), FIRST + _SECONDS
        weights = np.array([9, 7, 4, 8, 6, 5, 7, 6, 4, 3, 3, 2], float)
        self.requested = requested
        self.pair = chance.choice(len(PAIRS), many, p=weights / weights.sum())
        self.category = chance.choice((1, 2, 3), many, p=(0.55, 0.3, 0.15))
        self.source_home, self.target_home = ((chance.random(many) ** 2 * _HOMES).astype(int) for _ in range(2))
        self.level, self.grade = chance.integers(3, 8, many), chance.integers(12, 21, many)
        self.credits = chance.integers(1, 13, many) * 50
        self.quoted = np.maximum(self.credits * 3 // 4, 1)
        self.deadline = requested + chance.choice((30, 60, 90), many, p=(0.3, 0.5, 0.2)) * DAY
        took = np.minimum(chance.lognormal(2.2, 0.7, many), 100) * DAY
        decided = requested + took.astype(np.int64)
        self.decided = np.where((decided <= end) & (chance.random(many) < 249 / 250), decided, 0)
        returned = (self.decided > 0) & (chance.random(many) < 1 / 6)
        self.reason = np.where(returned, chance.choice(_REASONS[0], many, p=_REASONS[1]), 0)
        self.reversed = self._later(chance, (self.decided > 0) & ~returned & (chance.random(many) < 1 / 40), 200)
        appealable = returned & (self.reason <= 5)  # noqa: PLR2004 - Return.OTHERWISE, the last decision
        self.appealed = self._later(chance, appealable & (chance.random(many) < 1 / 10), 30)
        self.answered = np.where(self.appealed > 0, self.appealed + chance.integers(1, 30, many) * DAY, 0)
        self.answered[self.answered > end] = 0
        self.upheld = chance.random(many) < 1 / 3

    def _later(self, chance: np.random.Generator, whether: NDArray[np.bool_], days: int) -> Numbers:
        """Some days after the decision, where it happens before the end."""
        found = np.where(whether, self.decided + chance.integers(1, days, len(whether)) * DAY, 0)
        return np.where(found <= FIRST + _SECONDS, found, 0)


def _rows(
    drawn: _Drawn,
    digests: random.Random,
    homes: dict[int, list[str]],
    agreements: dict[tuple[int, int], bytes],
    numbers: dict[tuple[int, int], int],
    months: Numbers,
) -> list[tuple[Any, ...]]:
    """Tuples in the order of `_COLUMNS`."""
    stage = np.where(drawn.decided == 0, 1, np.where(drawn.reversed > 0, 4, np.where(drawn.reason > 0, 3, 2)))
    appeal = np.where(drawn.appealed == 0, 0, np.where(drawn.answered == 0, 1, np.where(drawn.upheld, 2, 3)))
    accepted, returned = (drawn.decided > 0) & (drawn.reason == 0), drawn.reason > 0
    last = np.maximum.reduce([drawn.requested, drawn.decided, drawn.reversed, drawn.appealed, drawn.answered])
    months_of = {name: months[(getattr(drawn, name) - FIRST).clip(0) // DAY] for name in ("requested", "decided")}
    columns: dict[str, list[Any]] = {
        "mask": [0b0011111] * len(stage), "grade": [None] * len(stage), "month": [None] * len(stage),
        "category": drawn.category.tolist(), "rule": drawn.category.tolist(), "level": drawn.level.tolist(),
        "credits": drawn.credits.tolist(), "quoted": drawn.quoted.tolist(), "deadline": drawn.deadline.tolist(),
        "requested_at": drawn.requested.tolist(), "requested_month": months_of["requested"].tolist(),
        "requested_block": _blocks(drawn.requested).tolist(), "stage": stage.tolist(), "reason": drawn.reason.tolist(),
        "awarded": _where(accepted, drawn.quoted), "withdrawn": _where(drawn.reversed > 0, drawn.quoted),
        "spent": _where(drawn.reversed > 0, drawn.upheld), "appeal": appeal.tolist(),
        "days": _where(drawn.decided > 0, (drawn.decided - drawn.requested) // DAY),
        "decided_month": _where(drawn.decided > 0, months_of["decided"]), "last_block": _blocks(last).tolist(),
    }  # fmt: skip
    for name, times in (
        ("decided", drawn.decided), ("reversed", drawn.reversed), ("appealed", drawn.appealed),
        ("appeal_decided", drawn.answered),
    ):  # fmt: skip
        columns[f"{name}_at"] = _where(times > 0, times)
        columns[f"{name}_block"] = _where(times > 0, _blocks(times))
    columns |= _names_of(drawn, digests, homes, agreements, numbers)
    officer = [bytes([pair]) * 20 for pair in drawn.pair.tolist()]
    columns["requested_by"] = officer
    columns["decided_by"] = _pick(drawn.decided > 0, officer)
    for name, whether in (
        ("enrolment", accepted), ("explanation", returned), ("statement", drawn.appealed > 0),
        ("appeal_answer", drawn.answered > 0),
    ):  # fmt: skip
        columns[name] = _pick(whether, columns["consent"])
    return list(zip(*(columns[name] for name in _COLUMNS), strict=True))


def _names_of(
    drawn: _Drawn,
    digests: random.Random,
    homes: dict[int, list[str]],
    agreements: dict[tuple[int, int], bytes],
    numbers: dict[tuple[int, int], int],
) -> dict[str, list[Any]]:
    """Whose transfers they are, and their digests."""
    pairs = [PAIRS[index] for index in drawn.pair.tolist()]
    found: dict[str, list[Any]] = {"source": [pair[0] for pair in pairs], "target": [pair[1] for pair in pairs]}
    found["number"] = []
    for pair in pairs:
        numbers[pair] += 1
        found["number"].append(numbers[pair])
    found["agreement"] = [agreements[pair] for pair in pairs]
    found["institution"] = [homes[p[0]][home] for p, home in zip(pairs, drawn.source_home.tolist(), strict=True)]
    found["target_institution"] = [homes[p[1]][home] for p, home in zip(pairs, drawn.target_home.tolist(), strict=True)]
    found["canonical"] = found["institution"]
    outcomes = [keccak256(institution_word(homes[p[0]][n % _HOMES])) for n in range(_HOMES) for p in PAIRS[:1]]
    found["outcome"] = found["programme"] = [outcomes[home] for home in drawn.source_home.tolist()]
    found["course"] = [ANY] * len(pairs)
    found["root"] = [outcomes[level] for level in drawn.level.tolist()]
    for name in ("leaf", "claim", "consent"):
        drawn_bytes = digests.randbytes(32 * len(pairs))
        found[name] = [drawn_bytes[at : at + 32] for at in range(0, len(drawn_bytes), 32)]
    return found


def _blocks(times: Numbers) -> Numbers:
    return _FIRST_BLOCK + (times - FIRST) // _BLOCK_SECONDS


def _where(whether: NDArray[np.bool_], values: NDArray[Any]) -> list[Any]:
    return _pick(whether, values.tolist())


def _pick(whether: NDArray[np.bool_], values: list[Any]) -> list[Any]:
    return [value if happened else None for happened, value in zip(whether.tolist(), values, strict=True)]
