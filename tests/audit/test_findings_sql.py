"""The statements behind findings, on SQLite and on PostgreSQL, against the same counted one row after the other."""

from __future__ import annotations

import hashlib
import random
from collections import Counter, defaultdict
from fractions import Fraction
from statistics import median
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from sqlalchemy import insert
from stores import both_kinds

from gateway.audit.findings import claims as findings_claims
from gateway.audit.findings import flagged as findings_flagged
from gateway.audit.findings import law as findings_law
from gateway.audit.findings import officers as findings_officers
from gateway.audit.findings import transfers as findings_transfers
from gateway.audit.findings.values import Finding, Severity, Thresholds
from gateway.audit.reports.figures_law import RuleInForce
from gateway.audit.samples.book import DRAWN, SAMPLES
from gateway.audit.samples.kept import SampleKept
from gateway.domain.civil_time import DAY, month_of
from gateway.domain.hashing import hex0x
from gateway.ledger.projection import ANCHORS, ATTESTATIONS, OFFICERS
from gateway.ledger.reader import institution_word
from gateway.ledger.registry_events import REGISTRY
from gateway.ledger.transfer_projection import TRANSFERS
from gateway.ledger.values import BlockRef
from gateway.store.models import ManifestState, SampleState

if TYPE_CHECKING:
    from pathlib import Path

    from stores import Stores

    from gateway.store.engine import Database

START = 1_767_225_600  # 2026-01-01T08:00:00+08:00
SOURCE, TARGET = "123100004250004560", "123300004700007891"
NOW = BlockRef(10_000, b"\x01" * 32, START + 800 * DAY)


store_kind = both_kinds


@pytest.fixture
def database(stores: Stores, tmp_path: Path) -> Database:
    return stores.open(tmp_path / "office.db")


def digest(*what: object) -> bytes:
    return hashlib.sha256(repr(what).encode()).digest()


def transfer(number: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """A row; with `awarded` accepted, with `reason` returned, with `withdrawn` reversed, on day `day` and after."""
    day, block = more.pop("day", number), 10 * number
    accepted, returned, reversed_ = "awarded" in more, "reason" in more, "withdrawn" in more
    decided = START + (day + more.pop("after", 5)) * DAY if accepted or returned else None
    row: dict[str, Any] = {
        "source": 310_000, "target": 330_000, "number": number, "agreement": b"\x0a" * 32, "rule": 0,
        "institution": SOURCE, "target_institution": TARGET, "canonical": SOURCE, "root": b"\x0b" * 32,
        **{name: digest(name, number) for name in ("leaf", "outcome", "claim", "course", "consent")},
        "programme": b"\x0c" * 32, "mask": 63, "category": 1, "level": 5, "credits": 400, "grade": 16, "month": None,
        "quoted": 300, "deadline": START + (day + 60) * DAY, "requested_at": START + day * DAY,
        "requested_month": month_of(START + day * DAY), "requested_block": block, "requested_by": b"\x0d" * 20,
        "stage": 4 if reversed_ else 2 if accepted else 3 if returned else 1, "reason": 0, "awarded": None,
        "enrolment": digest("enrolment", number) if accepted else None, "explanation": None, "decided_at": decided,
        "decided_block": block + 1 if decided else None, "decided_by": b"\x0e" * 20 if decided else None,
        "days": 5 if decided else None, "decided_month": month_of(decided) if decided else None,
        "reversed_at": decided + DAY if reversed_ and decided else None,
        "reversed_block": block + 2 if reversed_ else None, "withdrawn": None, "spent": False if reversed_ else None,
        "appeal": 0, "appealed_at": None, "appealed_block": None, "statement": None, "appeal_decided_at": None,
        "appeal_decided_block": None, "appeal_answer": None, "last_block": block + 2 * bool(decided),
    }  # fmt: skip
    return {**row, **more}


def fill(database: Database, *rows: dict[str, Any]) -> None:
    with database.write() as connection:
        connection.execute(insert(TRANSFERS), list(rows))


def found(database: Database, look: Any, *arguments: Any) -> list[Finding]:  # noqa: ANN401
    with database.read() as connection:
        return sorted(look(connection, *arguments), key=lambda one: one.key)


@pytest.mark.parametrize("window", [1, 2])
@pytest.mark.parametrize("seed", range(4))
def test_caps_are_what_adding_up_row_by_row_gives(database: Database, seed: int, window: int) -> None:
    chance = random.Random(seed)
    rows = []
    for number in range(1, 120):
        more: dict[str, Any] = {"enrolment": digest("student", chance.randrange(12)), "rule": chance.randrange(3)}
        more["awarded"] = chance.randrange(50, 400)
        if chance.random() < 0.2:
            more["withdrawn"] = more["awarded"]
        rows.append(transfer(number, day=chance.randrange(700), **more))
    fill(database, *rows)
    caps = {(b"\x0a" * 32, 0): 1_500, (b"\x0a" * 32, 1): 900, (b"\x0a" * 32, 2): 2**32 - 1}
    windows = {(TARGET, b"\x0c" * 32): window}
    for block in (NOW, BlockRef(600, b"\x02" * 32, START + 400 * DAY)):
        used: Counter[tuple[bytes, int]] = Counter()
        least: dict[tuple[bytes, int], int] = defaultdict(lambda: 2**32)
        for row in rows:
            if row["decided_block"] > block.number:
                continue
            key = row["enrolment"], row["decided_month"] // 12 if window == 1 else 0
            gone = row["withdrawn"] or 0 if (row["reversed_block"] or 10**9) <= block.number else 0
            used[key] += row["awarded"] - gone
            least[key] = min(least[key], caps[b"\x0a" * 32, row["rule"]])
        expected = {(hex0x(key[0]), used[key]) for key in used if used[key] * 100 >= least[key] * 80}
        told = found(database, findings_transfers.of_caps, block, caps, windows, 80)
        assert expected
        assert {
            (next(ref for kind, ref in one.refs if kind == "enrolment"), round(float(one.values["used"]) * 100))
            for one in told
        } == expected


def test_without_rules_or_programmes_there_are_no_caps(database: Database) -> None:
    fill(database, transfer(1, awarded=300))
    assert found(database, findings_transfers.of_caps, NOW, {}, {(TARGET, b"\x0c" * 32): 1}, 1) == []
    assert found(database, findings_transfers.of_caps, NOW, {(b"\x0a" * 32, 0): 1}, {}, 1) == []


def _decided(accepted: dict[str, int], of: int) -> list[dict[str, Any]]:
    rows = []
    for institution, good in accepted.items():
        for number in range(of):
            more = {"awarded": 100} if number < good else {"reason": 1}
            rows.append(transfer(len(rows) + 1, target_institution=institution, day=1, **more))
    return rows


def test_an_institution_that_accepts_far_more_than_the_others_is_found_by_median_and_mad(database: Database) -> None:
    rates = {f"1233000000000{number:04d}X": accepted for number, accepted in enumerate((50, 52, 48, 51, 49, 98))}
    fill(database, *_decided(rates, 100))
    [one] = found(database, findings_transfers.of_rates, NOW, Thresholds())
    assert one.values["institution"] == list(rates)[-1]
    middle = median(Fraction(rate, 100) for rate in rates.values())
    spread = median(abs(Fraction(rate, 100) - middle) for rate in rates.values())
    assert one.values["score"] == f"{float(Fraction(6745, 10_000) * (Fraction(98, 100) - middle) / spread):.1f}"
    assert (one.values["accepted"], one.values["decided"], one.values["median"]) == (98, 100, 50)
    assert found(database, findings_transfers.of_rates, NOW, Thresholds(rate_decisions=101)) == []
    assert found(database, findings_transfers.of_rates, NOW, Thresholds(rate_institutions=7)) == []
    assert found(database, findings_transfers.of_rates, NOW, Thresholds(rate_score=100)) == []


def test_where_most_rates_are_one_the_mean_deviation_takes_the_mads_place(database: Database) -> None:
    rates = {f"1233000000000{number:04d}X": accepted for number, accepted in enumerate((10, 10, 10, 10, 10, 10, 20))}
    fill(database, *_decided(rates, 20))
    [one] = found(database, findings_transfers.of_rates, NOW, Thresholds())
    assert one.values["score"] == f"{(0.5) / (1.253314 * 0.5 / 7):.1f}"


def test_where_all_rates_are_one_nobody_stands_out(database: Database) -> None:
    fill(database, *_decided({f"1233000000000{number:04d}X": 20 for number in range(6)}, 20))
    assert found(database, findings_transfers.of_rates, NOW, Thresholds(rate_score=0.1)) == []


def test_headcounts_deadlines_and_officers_count_what_had_happened_by_the_block(database: Database) -> None:
    with database.write() as connection:
        officer = {"institution": TARGET, "address": b"\x0e" * 20, "valid_from": START, "founding": False, "block": 1}
        connection.execute(insert(OFFICERS), [officer])
    fill(
        database,
        transfer(1, awarded=100),
        transfer(2, awarded=100),
        transfer(3, reason=1, after=62),  # two days late
        transfer(4),
        transfer(5, reason=7, after=70),  # expired: nobody decided
    )
    programme = (TARGET, b"\x0c" * 32)
    [crowded] = found(database, findings_transfers.of_headcounts, NOW, {programme: 1})
    assert (crowded.values["enrolments"], crowded.values["headcount"]) == (2, 1)
    assert found(database, findings_transfers.of_headcounts, NOW, {programme: 2}) == []
    overdue, late = found(database, findings_transfers.of_deadlines, NOW)
    assert (overdue.code, overdue.values["number"], late.code, late.values["number"]) == (
        "decision.overdue", 1, "decision.late", 1,
    )  # fmt: skip
    assert ("transfer", "310000-330000-4") in overdue.refs
    then = BlockRef(25, b"\x03" * 32, START + 10 * DAY)
    assert found(database, findings_transfers.of_deadlines, then) == []
    assert found(database, findings_transfers.of_headcounts, then, {programme: 1})[0].values["enrolments"] == 2
    [young] = found(database, findings_officers.of_decisions, NOW, 30)
    assert (young.values["number"], young.severity) == (2, Severity.WARNING)
    assert found(database, findings_officers.of_decisions, NOW, 1) == []


def _status(sequence: int, leaf: bytes, status: int, reason: int, successor: bytes | None = None) -> dict[str, Any]:
    return {
        "contract": b"\x01" * 20, "subject": 310_000, "sequence": sequence, "kind": 402, "name": "LeafStatusSet",
        "about": leaf, "successor": successor, "actor": b"\x0d" * 20,
        "fields": orjson.dumps({"status": status, "reason": reason}).decode(),
        "block": 5_000 + sequence, "log_index": 0, "happened_at": START + sequence,
    }  # fmt: skip


def test_flags_follow_successors_and_lifted_suspensions_are_none(database: Database) -> None:
    leaves = [digest("leaf", number) for number in range(1, 7)]
    fill(database, *(transfer(number, awarded=100) for number in range(1, 6)), transfer(6))
    heir, last = digest("heir"), digest("last")
    events = [
        _status(1, leaves[0], 2, 4),
        _status(2, leaves[1], 1, 1),
        _status(3, leaves[1], 0, 0),
        _status(4, leaves[2], 2, 3, heir),
        _status(5, heir, 2, 3, last),
        _status(6, leaves[3], 2, 3, digest("good")),
        _status(7, leaves[5], 2, 1),  # only asked for
        _status(8, last, 1, 1),
        {
            **_status(9, b"\x0f" * 32, 2, 1),
            "name": "BatchStatusSet",
            "about": b"\x0b" * 32,
            "fields": orjson.dumps({"institution": hex0x(institution_word(TARGET)), "status": 2, "reason": 1}).decode(),
        },
    ]
    with database.write() as connection:
        connection.execute(insert(REGISTRY), events)
    told = {one.refs[0][1][-1]: (one.code, one.severity) for one in found(database, findings_flagged.of_flagged, NOW)}
    assert told == {
        "1": ("transfer.flagged.credential", Severity.ALARM),
        "3": ("transfer.flagged.successor", Severity.WARNING),
    }
    before = BlockRef(5_001, b"\x04" * 32, START)
    assert [one.refs[0][1] for one in found(database, findings_flagged.of_flagged, before)] == ["310000-330000-1"]


def test_claims_that_tell_two_stories(database: Database) -> None:
    same = {"claim": digest("one person")}
    fill(
        database,
        transfer(1, **same, awarded=100, withdrawn=100, enrolment=digest("a")),
        transfer(2, **same, awarded=100, enrolment=digest("b"), leaf=digest("leaf", 1)),
        transfer(3, claim=digest("other")),
        transfer(4, claim=digest("other")),
    )
    told = found(database, findings_claims.of_claims, NOW)
    assert [one.code for one in told] == ["enrolment.twice", "claim.credentials"]
    with database.write() as connection:
        connection.execute(insert(REGISTRY), [_status(1, digest("leaf", 3), 2, 3, digest("leaf", 4))])
    assert [one.code for one in found(database, findings_claims.of_claims, NOW)] == ["enrolment.twice"]


def _anchor(number: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "id": number, "institution": SOURCE, "root": digest("root", number), "province": 310_000,
        "manifest": digest("manifest", number), "leaf_count": 7, "accreditation": 1, "officer": b"\x0e" * 20,
        "actor": b"\x0d" * 20, "sequence": number, "block": number, "tx_hash": digest("tx", number),
        "anchored_at": START + number * DAY, "manifest_state": ManifestState.HELD, "status": 0, "reason": 0,
        "set_by": 0, "since": 0, **more,
    }  # fmt: skip


def test_batches_approvals_and_manifests(database: Database) -> None:
    why = orjson.dumps({"zh": "未升序", "en": "not ascending"}).decode()
    with database.write() as connection:
        officer = {"institution": SOURCE, "address": b"\x0e" * 20, "valid_from": START, "founding": True, "block": 1}
        connection.execute(insert(OFFICERS), [officer])
        connection.execute(insert(ANCHORS), [_anchor(1), _anchor(2, manifest_state=ManifestState.MISSING)])
        malformed = _anchor(3, manifest_state=ManifestState.MALFORMED, manifest_finding=why)
        connection.execute(insert(ANCHORS), [malformed])
        seen = {"anchor_id": 1, "province": 340_000, "block": 4, "attested_at": START + 2 * DAY}
        connection.execute(insert(ATTESTATIONS), [seen])
    [approved] = found(database, findings_officers.of_approvals, NOW, 30)
    assert (approved.values["number"], approved.severity) == (3, Severity.NOTE)
    alone = found(database, findings_law.of_batches, NOW, 7)
    assert [one.refs[1][1] for one in alone] == [hex0x(digest("root", number)) for number in (2, 3)]
    then = BlockRef(3, b"\x05" * 32, NOW.time)
    assert len(found(database, findings_law.of_batches, then, 7)) == 3  # attested later
    told = {one.code: one for one in found(database, findings_law.of_manifests, NOW)}
    assert set(told) == {"manifest.missing", "manifest.malformed"}
    assert "not ascending" in told["manifest.malformed"].to_json()["en"]
    assert all(one.local for one in told.values())


def test_rules_nobody_applied_under(database: Database) -> None:
    fill(database, transfer(1, rule=1))
    rules = [
        RuleInForce(
            agreement=b"\x0a" * 32, number=number, source_province=1, target_province=2, source_institution=b"",
            target_institution=b"", outcome=b"", evaluation=b"", programme=b"", course=b"", category=1, kind=1,
            numerator=1, denominator=1, most_credits=1, cap=1, begins=START, ends=START,
        )
        for number in (1, 2)
    ]  # fmt: skip
    [one] = found(database, findings_law.of_rules, NOW, rules, 180)
    assert (one.values["rule"], one.values["days"]) == (1, 800)
    assert found(database, findings_law.of_rules, NOW, rules, 801) == []


def test_digests_of_earlier_answers_are_found_again(database: Database) -> None:
    fill(database, transfer(1), transfer(2))
    row = {"sample_id": 1, "source": 310_000, "target": 330_000, "state": SampleState.RIGHT}
    tags = {"person_tag": b"\x01" * 16, "document_tag": b"\x02" * 16, "paper_tag": b"\x03" * 16}
    with database.write() as connection:
        connection.execute(insert(SAMPLES), [{"id": 1, "digest": b"\x09" * 32, "record": "{}", "announced_at": 1}])
        connection.execute(insert(DRAWN), [{**row, "position": 0, "number": 1, **tags}])
        connection.execute(insert(DRAWN), [{**row, "position": 1, "number": 2}])
    kept = SampleKept(database)
    for document, paper in ((b"\x02" * 16, b"\0" * 16), (b"\0" * 16, b"\x03" * 16)):
        [known] = kept.known(document, paper)
        assert (known.transfer, known.claim) == ((310_000, 330_000, 1), digest("claim", 1))
    assert kept.known(b"\0" * 16, b"\0" * 16) == []
