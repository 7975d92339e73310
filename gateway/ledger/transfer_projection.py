"""From the events of transfers to one row each, in the transaction that keeps the events.

A transfer is decided, reversed, appealed and answered once each (`contracts/transfer`), so the events of a stretch are
applied kind by kind, each kind in one statement, and the result is that of applying them one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

import orjson
from sqlalchemy import bindparam, delete, func, insert, select, update

from gateway.domain.civil_time import DAY, month_of
from gateway.domain.rule import CREDITS, GRADE, LEVEL, MONTH
from gateway.domain.transfer_words import Appeal, Stage
from gateway.ledger.reader import institution_text
from gateway.store.models import RecognitionEvent, Transfer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sqlalchemy import Connection, Table

TRANSFERS: Final = cast("Table", Transfer.__table__)
_EVENTS: Final = cast("Table", RecognitionEvent.__table__)
_CHUNK: Final = 10_000
_BEGINS: Final = "TransferRequested"
_KEY: Final = ("source", "target", "number")
_OPENED: Final = (("level", LEVEL), ("credits", CREDITS), ("grade", GRADE), ("month", MONTH))


def apply(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Bring the table forward by events, given as rows of `recognition_events` in the order of the chain."""
    by_name: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if row["name"] in _STEPS or row["name"] == _BEGINS:
            by_name.setdefault(row["name"], []).append(_told(row))
    begun = [_request(told) for told in by_name.get(_BEGINS, ())]
    if begun:
        connection.execute(insert(TRANSFERS), begun)
    for name, values_of in _STEPS.items():
        if name not in by_name:
            continue
        steps = [_step(told, values_of(told)) for told in by_name[name]]
        connection.execute(_update(tuple(steps[0])), steps)


def complete(connection: Connection) -> bool:
    """Tell whether every request that is kept has its row; it lacks in a database that an earlier release filled."""
    kept = select(func.count()).select_from(_EVENTS).where(_EVENTS.c.name == _BEGINS)
    rows = select(func.count()).select_from(TRANSFERS)
    return bool(connection.execute(kept).scalar_one() == connection.execute(rows).scalar_one())


def refill(connection: Connection) -> None:
    """Make the table again of the events that are kept."""
    connection.execute(delete(TRANSFERS))
    query = (
        select(_EVENTS.c.name, _EVENTS.c.fields, _EVENTS.c.actor, _EVENTS.c.block, _EVENTS.c.happened_at)
        .where(_EVENTS.c.name.in_([_BEGINS, *_STEPS]))
        .order_by(_EVENTS.c.block, _EVENTS.c.log_index)
    )
    at = (-1, -1)
    query = query.add_columns(_EVENTS.c.log_index).limit(_CHUNK)
    while True:
        later = (_EVENTS.c.block > at[0]) | ((_EVENTS.c.block == at[0]) & (_EVENTS.c.log_index > at[1]))
        rows = connection.execute(query.where(later)).mappings().all()
        if not rows:
            return
        apply(connection, cast("list[Mapping[str, Any]]", rows))
        at = rows[-1]["block"], rows[-1]["log_index"]


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the event says, and where, when and by whom it was said."""
    return {**orjson.loads(row["fields"]), "actor": row["actor"], "block": row["block"], "time": row["happened_at"]}


def _request(told: Mapping[str, Any]) -> dict[str, Any]:
    details, opened = told["details"], told["opened"]
    mask = opened["mask"]
    return {
        **{name: int(told[name]) for name in _KEY},
        "agreement": _bytes(details["agreement"]),
        "rule": details["rule"],
        "institution": institution_text(_bytes(details["institution"])),
        "target_institution": institution_text(_bytes(details["targetInstitution"])),
        "canonical": institution_text(_bytes(details["canonical"])),
        **{name: _bytes(details[name]) for name in ("root", "leaf", "outcome", "claim", "programme", "course")},
        "consent": _bytes(details["consent"]),
        "mask": mask,
        "category": opened["category"],
        **{name: opened[name] if mask >> index & 1 else None for name, index in _OPENED},
        "quoted": told["quoted"],
        "deadline": int(told["deadline"]),
        "requested_at": told["time"],
        "requested_month": month_of(told["time"]),
        "requested_block": told["block"],
        "requested_by": told["actor"],
        "stage": Stage.REQUESTED,
        "reason": 0,
        "appeal": 0,
        "last_block": told["block"],
    }


def _step(told: Mapping[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    key = {f"key_{name}": int(told[name]) for name in _KEY}
    return {**key, **{f"new_{name}": value for name, value in values.items()}, "new_last_block": told["block"]}


def _accepted(told: Mapping[str, Any]) -> dict[str, Any]:
    result = {"stage": Stage.ACCEPTED, "awarded": told["awarded"], "enrolment": _bytes(told["enrolment"])}
    return {**result, **_decided(told)}


def _returned(told: Mapping[str, Any]) -> dict[str, Any]:
    result = {"stage": Stage.RETURNED, "reason": told["reason"], "explanation": _bytes(told["explanation"])}
    return {**result, **_decided(told)}


def _decided(told: Mapping[str, Any]) -> dict[str, Any]:
    happened = {"decided_at": told["time"], "decided_month": month_of(told["time"])}
    return {**happened, "decided_block": told["block"], "decided_by": told["actor"]}


def _reversed(told: Mapping[str, Any]) -> dict[str, Any]:
    happened = {"reversed_at": told["time"], "reversed_block": told["block"]}
    return {"stage": Stage.REVERSED, "withdrawn": told["withdrawn"], "spent": told["spent"], **happened}


def _appealed(told: Mapping[str, Any]) -> dict[str, Any]:
    happened = {"appealed_at": told["time"], "appealed_block": told["block"]}
    return {"appeal": Appeal.FILED, "statement": _bytes(told["statement"]), **happened}


def _answered(told: Mapping[str, Any]) -> dict[str, Any]:
    happened = {"appeal_decided_at": told["time"], "appeal_decided_block": told["block"]}
    appeal = Appeal.UPHELD if told["upheld"] else Appeal.DISMISSED
    return {"appeal": appeal, "appeal_answer": _bytes(told["statement"]), **happened}


_STEPS: Final[dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]]] = {
    "TransferAccepted": _accepted,
    "TransferReturned": _returned,
    "TransferReversed": _reversed,
    "AppealFiled": _appealed,
    "AppealDecided": _answered,
}
"""In the order in which they can follow one another in one transfer."""


def _update(names: tuple[str, ...]) -> Any:  # noqa: ANN401 - an Update, whose type says nothing more
    values: dict[str, Any] = {
        name.removeprefix("new_"): bindparam(name, type_=TRANSFERS.c[name.removeprefix("new_")].type)
        for name in names
        if name.startswith("new_")
    }
    if "decided_at" in values:
        values["days"] = (values["decided_at"] - TRANSFERS.c.requested_at) // DAY
    return update(TRANSFERS).where(*(TRANSFERS.c[name] == bindparam(f"key_{name}") for name in _KEY)).values(**values)


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text[2:])
