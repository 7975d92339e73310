"""``validUntil`` (VC Data Model 2.0, section 4.9): a time with its offset, in the body, never before the award."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.credential import Credential
from gateway.domain.leaf import Facts, field_digests, make_leaf
from gateway.domain.partial import Presentation, present
from gateway.domain.receipt import Certificate, Receipt
from gateway.domain.validity import (
    EndsBeforeAward,
    ValidUntilMalformed,
    check_order,
    valid_until,
    valid_until_time,
)
from gateway.domain.wire import MalformedDocument, encode

if TYPE_CHECKING:
    from gateway.domain.leaf import Leaf

UNTIL = "2029-12-31T23:59:59+08:00"
CHINA = dt.timezone(dt.timedelta(hours=8))


def ending(certificate: Certificate, until: object) -> Credential:
    """The known credential with an end, without its proof."""
    document = json.loads(certificate.credential.unsecured)
    return Credential.from_document({**document, "validUntil": until})


def leaf_of(credential: Credential, receipt: Receipt) -> Leaf:
    return make_leaf(
        credential.body, credential.fields, receipt.anchoring.institution, receipt.facts.words, receipt.salt
    )


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (UNTIL, 1_893_427_199),
        ("2029-12-31T15:59:59Z", 1_893_427_199),
        ("2029-12-31T05:29:59.5-10:30", 1_893_427_199.5),
        ("1970-01-01T00:00:00+00:00", 0),
    ],
)
def test_one_moment_may_be_written_with_any_offset(text: str, seconds: float) -> None:
    assert valid_until_time(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "", "2029-12-31", "2029-12-31T23:59:59", "2029-12-31 23:59:59Z", "2029-13-01T00:00:00Z", "2029-02-29T00:00:00Z",
        "20291231T235959Z", "2029-12-31T23:59:59z", "2029-12-31T23:59:59+0800", "2029-12-31T23:59:59+25:00",
        "0000-01-01T00:00:00Z", "-2029-12-31T23:59:59Z", "2029-12-31T23:59:59Z\n", "２029-12-31T23:59:59Z",
    ],
)  # fmt: skip
def test_a_time_without_offset_or_that_no_calendar_has_is_refused(text: str) -> None:
    with pytest.raises(ValidUntilMalformed) as caught:
        valid_until_time(text)
    assert caught.value.value == text


@given(st.dates(dt.date(1970, 1, 1)))
def test_a_last_day_ends_with_its_last_second_in_utc_8(day: dt.date) -> None:
    end = dt.datetime.fromisoformat(valid_until(day))
    assert end.astimezone(CHINA).date() == day
    assert valid_until_time(valid_until(day)) == end.timestamp()
    assert (end - dt.datetime(day.year, day.month, day.day, tzinfo=CHINA)).total_seconds() == 86_399
    check_order(day, valid_until(day))


def test_an_end_before_the_award_is_refused() -> None:
    check_order(dt.date(2024, 1, 15), "2024-01-14T16:00:00Z")
    with pytest.raises(EndsBeforeAward):
        check_order(dt.date(2024, 1, 15), "2024-01-14T15:59:59Z")


@pytest.mark.parametrize("until", ["2029-12-31", "1999-01-01T00:00:00Z", 5, "", ["2029-12-31T23:59:59Z"]])
def test_a_document_whose_end_is_none_is_malformed(certificate: Certificate, until: object) -> None:
    with pytest.raises(MalformedDocument):
        ending(certificate, until)


def test_the_end_stays_in_the_body_and_changes_no_disclosable_field(certificate: Certificate) -> None:
    without, with_end = certificate.credential, ending(certificate, UNTIL)
    body = json.loads(with_end.body)
    assert body.pop("validUntil") == UNTIL
    assert body == json.loads(without.body)
    salt = certificate.receipt.salt
    assert field_digests(salt, with_end.fields) == field_digests(salt, without.fields)
    assert with_end.facts() == without.facts()
    assert list(json.loads(with_end.canonical)) == sorted(json.loads(with_end.canonical))


def test_another_end_is_another_leaf(certificate: Certificate) -> None:
    receipt = certificate.receipt
    leaves = {
        leaf_of(credential, receipt).leaf
        for credential in (
            certificate.credential,
            ending(certificate, UNTIL),
            ending(certificate, UNTIL.replace("2029", "2030")),
        )
    }
    assert len(leaves) == 3


def test_whoever_is_shown_a_part_sees_the_end(certificate: Certificate) -> None:
    whole = Certificate(ending(certificate, UNTIL), certificate.receipt)
    part = present(whole, ["name"])
    again = Presentation.parse(part.to_json())
    assert (again.valid_until, again.shown) == (UNTIL, ("/name",))
    assert again.leaf() == leaf_of(whole.credential, whole.receipt)


@pytest.mark.parametrize(("show", "until"), [("name", "tomorrow"), ("validFrom", "1999-01-01T00:00:00Z")])
def test_a_part_whose_end_cannot_be_is_malformed(certificate: Certificate, show: str, until: str) -> None:
    whole = Certificate(ending(certificate, UNTIL), certificate.receipt)
    file: dict[str, Any] = json.loads(present(whole, [show]).to_json())
    file["partial"]["body"]["validUntil"] = until
    with pytest.raises(MalformedDocument):
        Presentation.parse(encode(file))


def test_the_facts_of_a_credential_with_an_end_are_the_ledgers(certificate: Certificate) -> None:
    receipt = certificate.receipt
    whole = Certificate(ending(certificate, UNTIL), receipt)
    assert Facts.of(whole.credential.facts(), receipt.facts.claim) == receipt.facts
    assert Certificate.parse(whole.to_json()).leaf() == leaf_of(whole.credential, receipt)
