"""Histories of transfers as the index keeps their events: made at random, and always such as the ledger allows."""

from __future__ import annotations

import hashlib
import random
from typing import Any

import orjson

from gateway.ledger.reader import institution_word

SHANGHAI, JIANGSU, ZHEJIANG = 310_000, 320_000, 330_000
SOURCE, TARGET = "123100004250004560", "123300004700007891"
START = 1_767_225_600  # 2026-01-01T08:00:00+08:00


def digest(*what: object) -> bytes:
    return hashlib.sha256(repr(what).encode()).digest()


def hexed(value: bytes) -> str:
    return "0x" + value.hex()


class History:
    """Events in the order of the chain; each call logs one, in a block of its own unless told otherwise."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.numbers: dict[tuple[int, int], int] = {}

    def log(self, name: str, ref: tuple[int, int, int], *, hours: int = 1, actor: str = "", **told: Any) -> None:  # noqa: ANN401
        last = self.rows[-1] if self.rows else {"block": 10, "happened_at": START}
        fields = {"source": ref[0], "target": ref[1], "number": ref[2], **told}
        self.rows.append(
            {
                "contract": b"\x01" * 20, "subject": ref[0] << 32 | ref[1], "sequence": len(self.rows) + 1, "kind": 1,
                "name": name, "about": None, "actor": digest(actor)[:20], "fields": orjson.dumps(fields).decode(),
                "block": last["block"] + (1 if hours else 0), "log_index": len(self.rows),
                "happened_at": last["happened_at"] + hours * 3600,
            }
        )  # fmt: skip

    def request(self, source: int = SHANGHAI, target: int = ZHEJIANG, mask: int = 0b111111, **more: Any) -> Any:  # noqa: ANN401
        number = self.numbers[source, target] = self.numbers.get((source, target), 0) + 1
        ref = source, target, number
        details = {
            "institution": hexed(institution_word(SOURCE)),
            **{name: hexed(digest(name, ref)) for name in ("root", "leaf", "outcome", "claim")},
            "canonical": hexed(institution_word(SOURCE)),
            "agreement": hexed(digest("agreement")),
            "rule": 1,
            "targetInstitution": hexed(institution_word(TARGET)),
            **{name: hexed(digest(name, ref)) for name in ("programme", "course", "consent")},
        }
        opened = {"mask": mask, "category": 1, "level": 5, "credits": 400, "grade": 16 if mask & 32 else 0}
        opened["month"] = 650 if mask & 64 else 0
        self.log(
            "TransferRequested", ref, details=details, opened=opened, quoted=300, deadline=START + 90 * 86_400, **more
        )  # fmt: skip
        return ref

    def accept(self, ref: Any, **more: Any) -> None:  # noqa: ANN401
        self.log("TransferAccepted", ref, enrolment=hexed(digest("enrolment", ref)), awarded=250, **more)

    def reject(self, ref: Any, reason: int = 1, **more: Any) -> None:  # noqa: ANN401
        self.log("TransferReturned", ref, reason=reason, explanation=hexed(digest("explanation", ref)), **more)

    def reverse(self, ref: Any, **more: Any) -> None:  # noqa: ANN401
        self.log("ReversalAgreed", ref, province=ref[0], hours=0)
        self.log("TransferReversed", ref, withdrawn=250, spent=False, **more)

    def appeal(self, ref: Any, **more: Any) -> None:  # noqa: ANN401
        self.log("AppealFiled", ref, statement=hexed(digest("statement", ref)), **more)

    def answer(self, ref: Any, *, upheld: bool, **more: Any) -> None:  # noqa: ANN401
        self.log("AppealDecided", ref, upheld=upheld, statement=hexed(digest("answer", ref)), **more)


def random_history(seed: int, steps: int = 60) -> History:
    """Every kind of step, in an order that the ledger would allow."""
    chance, history = random.Random(seed), History()
    waiting: dict[str, list[Any]] = {"requested": [], "accepted": [], "rejected": [], "appealed": []}
    for _ in range(steps):
        hours = chance.choice((0, 1, 30, 400))
        stage = chance.choice(("new", *waiting))
        if stage == "new" or not waiting[stage]:
            pair = chance.choice(((SHANGHAI, ZHEJIANG), (ZHEJIANG, SHANGHAI), (JIANGSU, ZHEJIANG)))
            waiting["requested"].append(history.request(*pair, mask=chance.choice((31, 63, 127)), hours=hours))
            continue
        ref = waiting[stage].pop(chance.randrange(len(waiting[stage])))
        if stage == "accepted":
            history.reverse(ref, hours=hours)
        elif stage == "rejected":
            history.appeal(ref, hours=hours)
            waiting["appealed"].append(ref)
        elif stage == "appealed":
            history.answer(ref, upheld=chance.random() < 0.5, hours=hours)
        elif chance.random() < 0.5:
            history.accept(ref, hours=hours)
            waiting["accepted"].append(ref)
        else:
            history.reject(ref, reason=chance.randrange(1, 6), hours=hours)
            waiting["rejected"].append(ref)
    return history
