"""The spool, the row keys, the officer's approval, the end of an anchor, and the book of institutions."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data

from gateway.domain.approval import Approval
from gateway.domain.claims import outcome_word
from gateway.domain.crosswalk import Category
from gateway.domain.identifiers import DocumentType, institution_word
from gateway.issuance import anchoring, errors
from gateway.issuance.approval import KeyringApprover
from gateway.issuance.book import SqlInstitutionBook
from gateway.issuance.ports import AnchoredBatch, BatchDraft
from gateway.issuance.roster.rows import Offering, Row
from gateway.issuance.row_keys import RowKeys
from gateway.issuance.service import IssueOptions
from gateway.issuance.spool import Spool, SpooledRow
from gateway.ledger.settlement import Settlement
from gateway.store.models import Accreditation, OutcomeAlias

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OFFERING = Offering("123200004660001235", "JS-ASC-4", "行政服务办事员", Category.VOCATIONAL, "江苏", "4", 4, 800, "192")
ROW = Row(
    2, "1", OFFERING, "谢萱丽", DocumentType.RESIDENT, "320000199408215968", "74.7", dt.date(2024, 1, 15), "S1234"
)


def test_the_spool_gives_back_what_it_was_given_and_leaves_no_name(tmp_path: Path) -> None:
    rows = [SpooledRow(0, f"名{n}", "ID", "3", "", 1, "S", b"k", b"d", n) for n in range(10)]
    with Spool(tmp_path) as spool:
        spool.append(rows[:4])
        spool.append([])
        spool.append(rows[4:])
        assert spool.rows == 10
        assert list(tmp_path.iterdir()) == []
        spool._file.flush()
        spool._file.seek(0)
        assert "名".encode() not in spool._file.read()
        for _ in range(2):
            assert [row for chunk in spool.chunks() for row in chunk] == rows


def test_a_row_key_is_the_institution_and_the_number_whatever_else_the_row_says() -> None:
    keys = RowKeys(b"\x05" * 32)
    key, digest, number = keys.of_row(ROW)
    assert number == "S1234"
    for other in (ROW._replace(line=9, sequence="9"),):
        assert keys.of_row(other) == (key, digest, number)
    for other in (
        ROW._replace(name="谢萱"),
        ROW._replace(grade="74.8"),
        ROW._replace(awarded_on=dt.date(2024, 1, 16)),
        ROW._replace(valid_until=dt.date(2029, 1, 16)),
    ):
        assert keys.of_row(other)[0] == key
        assert keys.of_row(other)[1] != digest
    assert keys.of_row(ROW._replace(certificate_number="S1235"))[0] != key
    assert RowKeys(b"\x06" * 32).of_row(ROW)[0] != key


def test_row_keys_tell_institutions_and_kinds_of_rows_apart() -> None:
    keys, whole = RowKeys(b"\x05" * 32), bytes(32).hex()
    found = {
        keys.of_number("12310000425006133D", "A1"),
        keys.of_number("12310000425006133D", "A2"),
        keys.of_number("12320000466000713T", "A1"),
        keys.of_number("12310000425006133D", whole),
        keys.of_row(ROW)[1],
    }
    assert len(found) == 5
    assert {len(key) for key in found} == {16}


def test_a_row_without_a_number_gets_one_that_follows_from_the_whole_row() -> None:
    keys = RowKeys(b"\x05" * 32)
    bare = ROW._replace(certificate_number="")
    key, _, number = keys.of_row(bare)
    assert number.startswith("HR")
    assert len(number) == 22
    assert keys.of_row(bare) == keys.of_row(bare._replace(line=7))
    assert keys.of_row(bare._replace(grade="80"))[2] != number
    assert key == keys.of_number(OFFERING.institution, number)


def draft(leaves: int = 3, rows: int = 3) -> BatchDraft:
    return BatchDraft("123100004250004560", b"\x01" * 32, b"\x02" * 32, leaves, "roster.csv", rows)


def test_the_approval_is_what_a_wallet_would_sign(centre: Callable[[int], Any]) -> None:
    shanghai = centre(310000)
    approver = KeyringApprover(shanghai.keys, 31337, lambda: [b"\x22" * 20], lambda _: True, clock=lambda: 1000)
    signed = approver.approve(draft())
    assert signed.deadline == 1000 + 30 * 86_400
    typed = Approval(institution_word("123100004250004560"), b"\x01" * 32, b"\x02" * 32, 3, signed.deadline).typed_data(
        31337, b"\x22" * 20
    )
    recovered = Account.recover_message(encode_typed_data(full_message=typed), signature=signed.signature)
    assert bytes.fromhex(recovered[2:]) == signed.officer
    assert recovered.lower() == shanghai.keys.officers(shanghai.institution)[0].address


def test_a_batch_with_spare_leaves_is_not_signed_unnoticed(centre: Callable[[int], Any]) -> None:
    shanghai = centre(310000)
    approver = KeyringApprover(shanghai.keys, 31337, lambda: [b"\x22" * 20], lambda _: True)
    with pytest.raises(errors.NotApproved):
        approver.approve(draft(leaves=4))


@pytest.mark.parametrize(("refused", "state"), [(False, "anchored"), (True, "failed")])
def test_the_end_of_the_anchor_is_the_batches_end(
    centre: Callable[[int], Any],
    rosters: Path,
    refused: bool,  # noqa: FBT001 (a parameter of the test)
    state: str,
) -> None:
    shanghai = centre(310000)
    shanghai.issuer().issue(rosters / "shanghai-courses-2024.csv", IssueOptions(accept_good_rows=True))

    class Refusal:
        def to_text(self) -> str:
            return "x" * 2000

    end = Settlement(1, "anchor", {"batch": 1}, 7, b"\x01" * 32, Refusal() if refused else None)  # type: ignore[arg-type]
    with shanghai.database.write() as connection:
        anchoring.settled(connection, end)
        anchoring.settled(connection, end)
    [(found, block, error)] = shanghai.rows("SELECT state, anchored_block, error FROM batches")
    assert found == state
    assert (block, error) == ((None, "x" * 2000) if refused else (7, None))


def test_the_ledger_says_where_a_batch_is_anchored() -> None:
    class Anchored:
        province, sequence, anchored_at = 310000, 9, 77

    class Reader:
        def final_block(self) -> str:
            return "block"

        def anchors(self, batches: list[tuple[str, bytes]], block: str) -> list[Anchored | None]:
            assert block == "block"
            return [Anchored() if root == b"\x01" * 32 else None for _, root in batches]

        def registry_at(self, time: int) -> bytes:
            assert time == 77
            return b"\x22" * 20

    book = anchoring.LedgerAnchors(Reader(), 31337)  # type: ignore[arg-type]
    assert book.anchored("123100004250004560", b"\x01" * 32) == AnchoredBatch(310000, 9, b"\x22" * 20)
    assert book.anchored("123100004250004560", b"\x02" * 32) is None
    assert book.chain_id == 31337


def test_the_book_reads_the_newest_accreditation_names_and_aliases(centre: Callable[[int], Any]) -> None:
    shanghai = centre(310000)
    institution, outcome = shanghai.institution, outcome_word("SOU-PM-118")
    accreditation = {
        "institution": institution,
        "province": 310000,
        "categories": 0b0110,
        "highest_level": 6,
        "most_credits": 800,
        "valid_from": 1,
        "block": 1,
    }
    with shanghai.database.session() as session:
        first = {**accreditation, "categories": 0b1110, "province": 340000}
        session.add(Accreditation(version=1, standing=2, **first))
        session.add(Accreditation(version=2, standing=1, **accreditation))
        session.add(
            OutcomeAlias(
                institution=institution,
                outcome=outcome,
                canonical_institution="123200004660001235",
                canonical_outcome=b"\x09" * 32,
                block=1,
            )
        )
    book = SqlInstitutionBook(shanghai.database, shanghai.keys)
    scope = book.scope(institution)
    assert scope is not None
    assert (scope.province, scope.claims_by) == (310000, 340000)  # it moved, and its claims did not
    assert (scope.in_force, scope.categories, scope.highest_level, scope.most_credits) == (True, {1, 2}, 6, 800)
    assert book.scope("123200004660001235") is None
    assert book.issues_for(institution)
    assert not book.issues_for("123200004660001235")
    assert book.issuer_name(institution) == "上海开放大学"
    with pytest.raises(errors.InstitutionNameless):
        book.issuer_name("123200004660001235")
    assert book.canonical(institution, outcome) == (institution_word("123200004660001235"), b"\x09" * 32)
    assert book.canonical(institution, b"\x08" * 32) == (institution_word(institution), b"\x08" * 32)
