"""An index filled with a history of transfers, and the same figures counted the plain way."""

from __future__ import annotations

import statistics
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import delete, insert

from gateway.domain.civil_time import DAY, month_of
from gateway.ledger import transfer_projection
from gateway.ledger.recognition_events import RECOGNITION
from gateway.ledger.transfer_projection import TRANSFERS
from gateway.ledger.values import BlockRef

if TYPE_CHECKING:
    from transfer_history import History

    from gateway.store.engine import Database

REASONS = ("not-equivalent", "documents-missing", "not-enrolled", "duplicate", "otherwise")


def fill(database: Database, history: History) -> None:
    """Index a history, and nothing else."""
    with database.write(durable=False) as connection:
        connection.execute(delete(TRANSFERS))
        connection.execute(delete(RECOGNITION))
        if history.rows:
            connection.execute(insert(RECOGNITION), history.rows)
            transfer_projection.apply(connection, history.rows)


def block_of(history: History, number: int) -> BlockRef:
    """The block of that number, with the time of the last event up to it."""
    times = [row["happened_at"] for row in history.rows if row["block"] <= number]
    return BlockRef(number, number.to_bytes(32, "big"), max(times, default=0) + 1)


def recount(history: History, block: BlockRef) -> dict[tuple[int, int, int, str], dict[str, Any]]:
    """The figures, event by event, by pair, category and month: what the product must come to."""
    lives: dict[tuple[int, int, int], dict[str, Any]] = {}
    for row in history.rows:
        if row["block"] > block.number:
            continue
        told, now = orjson.loads(row["fields"]), row["happened_at"]
        ref = (told["source"], told["target"], told["number"])
        if row["name"] == "TransferRequested":
            lives[ref] = {"asked": now, "category": told["opened"]["category"], **told}
            continue
        life = lives[ref]
        life[row["name"]] = told
        if row["name"] in {"TransferAccepted", "TransferReturned"}:
            life["decided"] = now
    found: dict[tuple[int, int, int, str], dict[str, Any]] = defaultdict(_nothing)
    for (source, target, _), life in lives.items():
        row = found[source, target, life["category"], _month(life["asked"])]
        _count(row, life, block)
        if "decided" in life and (why := life.get("TransferReturned", {}).get("reason", 0)) <= len(REASONS):
            decided = found[source, target, life["category"], _month(life["decided"])]["decidedInMonth"]
            decided["rejected" if why else "accepted"] += 1
            decided["awarded"] += 0 if why else life["TransferAccepted"]["awarded"]
    for row in found.values():
        row["medianDays"] = statistics.median(row.pop("days") or [-1])
        if row["medianDays"] < 0:
            row["medianDays"] = None
    return dict(found)


def _nothing() -> dict[str, Any]:
    names = ("applied", "pending", "overdue", "accepted", "reversed", "cancelled", "expired", "quoted", "awarded")
    return {
        **dict.fromkeys((*names, "withdrawn"), 0),
        "rejected": dict.fromkeys(REASONS, 0),
        "appeals": {"filed": 0, "upheld": 0, "dismissed": 0},
        "decidedInMonth": {"accepted": 0, "rejected": 0, "awarded": 0},
        "days": [],
    }


def _count(row: dict[str, Any], life: dict[str, Any], block: BlockRef) -> None:
    row["applied"] += 1
    row["quoted"] += life["quoted"]
    if "decided" not in life:
        row["pending"] += 1
        row["overdue"] += life["deadline"] <= block.time
        return
    days = (life["decided"] - life["asked"]) // DAY
    if (accepted := life.get("TransferAccepted")) is not None:
        row["accepted"] += 1
        row["awarded"] += accepted["awarded"]
        row["days"].append(days)
        if (taken_back := life.get("TransferReversed")) is not None:
            row["reversed"] += 1
            row["withdrawn"] += taken_back["withdrawn"]
        return
    why = life["TransferReturned"]["reason"]
    if why > len(REASONS):
        row["cancelled" if why == 6 else "expired"] += 1
        return
    row["rejected"][REASONS[why - 1]] += 1
    row["days"].append(days)
    row["appeals"]["filed"] += "AppealFiled" in life
    if (answer := life.get("AppealDecided")) is not None:
        row["appeals"]["upheld" if answer["upheld"] else "dismissed"] += 1


def _month(time: int) -> str:
    month = month_of(time)
    return f"{1970 + month // 12}-{month % 12 + 1:02d}"
