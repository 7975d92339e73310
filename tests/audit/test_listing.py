"""Lists of transfers: filters that say what they mean, or are refused with the field and what to do."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from reporting import block_of, fill
from transfer_history import JIANGSU, SHANGHAI, SOURCE, TARGET, ZHEJIANG, History, digest, random_history

from gateway.audit.lists.listing import COLUMNS, entry_of, values_of
from gateway.domain.civil_time import month_of
from gateway.domain.crosswalk import CATEGORIES
from gateway.domain.transfer_words import STAGES
from gateway.ledger.transfer_asked import PARAMETERS, Asked, filter_of
from gateway.ledger.transfer_asked_errors import FieldRefused, FilterRefused
from gateway.ledger.transfer_rows import TransferFilter, TransferRows, month_number
from gateway.recognition.agreements.values import UnknownAgreement

if TYPE_CHECKING:
    from gateway.store.engine import Database

AGREEMENT = digest("agreement")


class Known:
    """Knows one agreement of three rules, and the institutions of the histories."""

    def knows_institution(self, institution: str) -> bool:
        return institution in {SOURCE, TARGET}

    def rules_of(self, name: str) -> tuple[bytes, int]:
        if not ("0x" + AGREEMENT.hex()).startswith(name):
            raise UnknownAgreement(name, shortest=8)
        return AGREEMENT, 3


BLOCK = block_of(History(), 50)  # of January 1970: of no month that is asked for below but one


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        (Asked(source="320000", target="320000"), "filter.same_province", "to-province"),
        (Asked(source="329999"), "identifier.province.unknown", "from-province"),
        (Asked(target="江苏"), "identifier.province.unknown", "to-province"),
        (Asked(month="2026-13"), "transfer.month", "month"),
        (Asked(last_month="2026"), "transfer.month", "last-month"),
        (Asked(month="1970-01", first_month="1970-01"), "filter.months", "month"),
        (Asked(first_month="1970-02", last_month="1970-01"), "filter.months_backwards", "first-month"),
        (Asked(first_month="2999-01"), "filter.months_backwards", "first-month"),
        (Asked(category="sport"), "filter.category", "category"),
        (Asked(stage="lost"), "filter.stage", "stage"),
        (Asked(reason="because"), "filter.reason", "reason"),
        (Asked(rule=1), "filter.rule_without_agreement", "rule"),
        (Asked(rule=4, agreement="0x" + AGREEMENT.hex()), "filter.rule", "rule"),
        (Asked(rule=0, agreement="0x" + AGREEMENT.hex()), "filter.rule", "rule"),
        (Asked(agreement="0xfeedfeed"), "agreement.unknown", "agreement"),
        (Asked(institution="12310000425000456X"), "identifier.uscc.check", "institution"),
        (Asked(target_institution="123200004660001235"), "filter.institution", "target-institution"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused_with_code_field_and_what_to_do(
    asked: Asked, code: str, field: str
) -> None:
    with pytest.raises(FilterRefused) as caught:
        filter_of(asked, Known(), now=BLOCK.time, block=BLOCK.number)
    told = caught.value.to_json()
    assert (told["code"], told["field"]) == (code, field)
    assert all(told[name] for name in ("zh", "en", "hintZh", "hintEn"))
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - errors travel between processes
    assert again.to_json() == told


def test_what_is_refused_is_named_as_its_surface_calls_it() -> None:
    asked = Asked(source="320000", target="320000")
    with pytest.raises(FilterRefused, match="from 320000 to 320000") as option:
        filter_of(asked, Known(), now=None, block=None)
    with pytest.raises(FilterRefused) as parameter:
        filter_of(asked, Known(), now=None, block=None, spelling=PARAMETERS)
    assert "change --to-province" in option.value.hint()
    assert (parameter.value.to_json()["field"], "change target," in parameter.value.hint()) == ("target", True)
    with pytest.raises(FilterRefused, match=r"^from: ") as month:
        filter_of(Asked(first_month="June"), Known(), now=None, block=None, spelling=PARAMETERS)
    assert month.value.to_json()["code"] == "transfer.month"


def test_what_is_asked_is_what_is_looked_for() -> None:
    asked = Asked(
        source="310000", target="330000", category="vocational", first_month="1970-01", last_month="1970-03",
        institution=SOURCE, target_institution=TARGET, agreement="0x" + AGREEMENT.hex()[:12], rule=2, stage="returned",
        reason="not-enrolled",
    )  # fmt: skip
    assert filter_of(asked, Known(), now=BLOCK.time, block=BLOCK.number) == TransferFilter(
        source=SHANGHAI, target=ZHEJIANG, category=2, first_month="1970-01", last_month="1970-03", institution=SOURCE,
        target_institution=TARGET, agreement=AGREEMENT, rule=1, stage=3, reason=3, block=50,
    )  # fmt: skip
    assert filter_of(Asked(), Known(), now=BLOCK.time, block=BLOCK.number) == TransferFilter(block=50)
    assert filter_of(Asked(month="1970-01"), Known(), now=BLOCK.time, block=BLOCK.number) == TransferFilter(
        first_month="1970-01", last_month="1970-01", block=50
    )


@settings(max_examples=30)
@given(
    seed=st.integers(0, 2**32),
    share=st.floats(0, 1),
    source=st.sampled_from([None, SHANGHAI, JIANGSU, ZHEJIANG]),
    stage=st.sampled_from([None, *STAGES]),
    month=st.sampled_from([None, "2026-01", "2026-02", "2026-06"]),
)
def test_a_list_holds_those_that_fit_as_they_stood_and_no_others(
    database: Database, seed: int, share: float, source: int | None, stage: str | None, month: str | None
) -> None:
    history = random_history(seed)
    fill(database, history)
    block = block_of(history, round(history.rows[-1]["block"] * share))
    assume(month is None or month_number(month) <= month_of(block.time))
    rows = TransferRows(database)
    asked = Asked(source=None if source is None else str(source), stage=stage, month=month)
    where = filter_of(asked, Known(), now=block.time, block=block.number)
    found = [values_of(row) for row in rows.stream(where)]
    everything = [values_of(row) for row in rows.stream(TransferFilter(block=block.number))]
    place = {column.name: number for number, column in enumerate(COLUMNS)}
    wanted = [
        row
        for row in everything
        if (source is None or row[place["source"]] == source)
        and (stage is None or row[place["stage"]] == stage)
        and (month is None or row[place["month"]] == month)
    ]
    assert found == wanted
    assert rows.count(where) == len(wanted)


def test_a_transfer_is_told_by_the_names_of_the_columns(database: Database) -> None:
    history = History()
    history.accept(history.request(), hours=49)
    fill(database, history)
    [row] = TransferRows(database).page(TransferFilter())
    told: dict[str, Any] = entry_of(row)
    assert list(told) == [column.name for column in COLUMNS]
    assert told["transfer"] == f"{SHANGHAI}-{ZHEJIANG}-1"
    assert (told["stage"], told["quoted"], told["awarded"], told["days"]) == ("accepted", "3.00", "2.50", 2)
    assert (told["category"], told["credits"], told["reason"], told["appeal"]) == ("academic", "4.00", None, None)
    assert told["requestedAt"] == "2026-01-01T09:00:00+08:00"
    assert told["rule"] == 2


def test_the_words_of_categories_are_those_that_reports_use() -> None:
    assert CATEGORIES == {"academic": 1, "vocational": 2, "culture": 3}
    assert set(STAGES) == {"requested", "accepted", "returned", "reversed"}
    assert isinstance(FieldRefused(UnknownAgreement("x", shortest=8), "agreement", "--agreement"), FilterRefused)
