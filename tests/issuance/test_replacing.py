"""Rows that replace an earlier certificate, on a database of its own: what is accepted, and what is a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from roster_rows import ROW, roster_of
from sqlalchemy import insert, select
from stores import both_kinds

from gateway.issuance import replacements, supersession
from gateway.issuance.reissues import Reissues
from gateway.issuance.report import Outcome
from gateway.issuance.roster.columns import HEADINGS, Column, find_columns
from gateway.issuance.service import IssueOptions
from gateway.issuance.supersession import Superseder, SupersessionPlan
from gateway.ledger.status_plan import StatusFinding
from gateway.store.models import Anchor, Batch, Credential, LeafStatus, ManifestState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from gateway.store.engine import Database

JIANGSU = 320_000
FIRST, SECOND, THIRD = "S589232934905244000001", "S589232934905244000002", "S589232934905244000003"
OTHER_PERSON = "310000196506149233"


store_kind = both_kinds


def row(certificate: str, **changes: str) -> dict[Column, str]:
    made = {**ROW, Column.CERTIFICATE_NUMBER: certificate, Column.REPLACES: ""}
    return made | {Column[name.upper()]: value for name, value in changes.items()}


@pytest.fixture
def issue(centre: Callable[[int], Any], tmp_path: Path) -> Callable[..., Any]:
    """Issues rows at Jiangsu's centre: `issue(row, …)`; the centre is `issue.centre`."""
    jiangsu = centre(JIANGSU)

    def run(*rows: Mapping[Column, str], **options: Any) -> Any:  # noqa: ANN401 - the report
        path = tmp_path / "roster.csv"
        path.write_bytes(roster_of(*rows))
        return jiangsu.issuer().issue(path, IssueOptions(**options))

    run.centre = jiangsu  # type: ignore[attr-defined]
    return run


def codes(report: Any) -> list[tuple[str, Column]]:  # noqa: ANN401 - the report
    return [(finding.reason.code, finding.columns[0]) for finding in report.findings if finding.is_error]


@pytest.mark.parametrize("heading", HEADINGS[Column.REPLACES])
def test_the_column_is_known_by_its_headings_in_both_languages(heading: str) -> None:
    assert find_columns([heading]).positions == {Column.REPLACES: 0}


def test_a_second_certificate_for_an_outcome_in_force_is_a_finding_that_says_how_to_correct_it(
    issue: Callable[..., Any],
) -> None:
    assert issue(row(FIRST)).outcome is Outcome.ISSUED
    refused = issue(row(SECOND, name="谢萱莉"))
    assert [code for code, _ in codes(refused)] == ["row.claim.issued"]
    [finding] = refused.findings
    assert "替代证书编号" in finding.reason.hint("zh")
    assert "Replaces certificate" in finding.reason.hint("en")


def test_a_row_that_names_the_earlier_certificate_is_issued_and_noted_with_it(issue: Callable[..., Any]) -> None:
    issue(row(FIRST))
    corrected = issue(row(SECOND, name="谢萱莉", replaces=FIRST))
    assert (corrected.outcome, corrected.issued) == (Outcome.ISSUED, 1)
    [(old, new, batch)] = issue.centre.rows(
        "SELECT r.replaced, c.leaf, c.batch_id FROM replacements r "
        "JOIN credentials c ON c.batch_id = r.batch_id AND c.position = r.position"
    )
    leaves = [leaf for (leaf,) in issue.centre.rows("SELECT leaf FROM credentials ORDER BY batch_id")]
    assert [old, new] == leaves
    assert batch == corrected.batches[0].id
    assert replacements.waiting(issue.centre.database) == 1
    assert replacements.due(issue.centre.database, 10) == []  # not before the index holds its anchor
    again = issue(row(SECOND, name="谢萱莉", replaces=FIRST))
    assert (again.outcome, replacements.waiting(issue.centre.database)) == (Outcome.NOTHING_TO_DO, 1)


def test_in_a_batch_of_many_the_right_rows_are_noted(issue: Callable[..., Any]) -> None:
    people = ["320000199408215968", OTHER_PERSON]
    issue(*(row(f"A{n}00001", number=person) for n, person in enumerate(people)))
    issue(*(row(f"B{n}00001", number=person, replaces=f"A{n}00001") for n, person in enumerate(people)))
    pairs = issue.centre.rows(
        "SELECT old.claim, new.claim FROM replacements r "
        "JOIN credentials new ON new.batch_id = r.batch_id AND new.position = r.position "
        "JOIN credentials old ON old.leaf = r.replaced"
    )
    assert len(pairs) == 2
    assert all(old == new for old, new in pairs)


@pytest.mark.parametrize(
    ("changes", "code", "column"),
    [
        ({"replaces": "S000000000000000000000"}, "row.replaces.unknown", Column.REPLACES),
        ({"replaces": FIRST, "number": OTHER_PERSON}, "row.replaces.another", Column.REPLACES),
        ({"replaces": FIRST, "outcome_code": "JS-ASC-5"}, "row.replaces.another", Column.REPLACES),
        ({"replaces": SECOND}, "row.replaces.itself", Column.REPLACES),
        ({"replaces": "?"}, "row.certificate_number", Column.REPLACES),
    ],
)
def test_a_wrong_earlier_certificate_is_a_finding_in_its_column(
    issue: Callable[..., Any], changes: dict[str, str], code: str, column: Column
) -> None:
    issue(row(FIRST))
    assert codes(issue(row(SECOND, **changes))) == [(code, column)]
    assert replacements.waiting(issue.centre.database) == 0


def test_a_certificate_has_one_successor(issue: Callable[..., Any]) -> None:
    issue(row(FIRST))
    issue(row(SECOND, replaces=FIRST))
    assert [code for code, _ in codes(issue(row(THIRD, replaces=FIRST)))] == ["row.claim.issued"]
    twice = issue(row(THIRD, replaces=SECOND), row("S589232934905244000004", replaces=FIRST))
    assert twice.outcome is Outcome.REFUSED


def test_a_revoked_certificate_needs_no_replacing(issue: Callable[..., Any]) -> None:
    issue(row(FIRST))
    with issue.centre.database.write() as connection:
        revoked = {"status": 2, "reason": 1, "set_by": JIANGSU, "since": 1, "block": 1}
        [leaf] = connection.execute(select(Credential.leaf)).scalars()
        connection.execute(insert(LeafStatus).values(institution=ROW[Column.INSTITUTION], leaf=leaf, **revoked))
    assert codes(issue(row(SECOND, replaces=FIRST))) == [("row.replaces.revoked", Column.REPLACES)]
    assert issue(row(SECOND)).outcome is Outcome.ISSUED


def hold_anchors(database: Database) -> None:
    """What the indexer writes once the batches are anchored and their manifests checked."""
    with database.write() as connection:
        for batch in connection.execute(select(Batch.institution, Batch.root, Batch.manifest, Batch.leaf_count)):
            zero = dict.fromkeys(("status", "reason", "set_by", "since", "accreditation", "sequence", "block"), 0)
            whose = {"province": JIANGSU, "officer": bytes(20), "actor": bytes(20), "tx_hash": bytes(32)}
            state = {"anchored_at": 1, "manifest_state": ManifestState.HELD}
            connection.execute(insert(Anchor).values(**batch._mapping, **zero, **whose, **state))


def test_what_is_due_is_queued_in_portions_and_what_never_can_be_is_taken_off_the_list(
    issue: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [ROW[Column.NUMBER], OTHER_PERSON, "310000197505024732"]
    issue(*(row(f"A{n}00001", number=person) for n, person in enumerate(people)))
    issue(*(row(f"B{n}00001", number=person, replaces=f"A{n}00001") for n, person in enumerate(people)))
    database = issue.centre.database
    hold_anchors(database)
    monkeypatch.setattr(supersession, "TOGETHER", 2)
    planned: list[int] = []

    class Planner(Superseder):
        """Plans nothing but findings: the first is hopeless, the second may be mended, the third is done already."""

        def plan(self, pairs: Any) -> SupersessionPlan:  # noqa: ANN401 - rows
            findings, unchanged = [], []
            for at, old, new in pairs:
                assert old != new
                code = ("revoked", "bad_successor", None)[len(planned)]
                planned.append(at)
                if code is None:
                    unchanged.append(at)
                else:
                    findings.append(StatusFinding(at, old, code, "", ""))
            return SupersessionPlan((), tuple(findings), tuple(unchanged))

    nothing: Any = None
    parts = dict.fromkeys(("records", "learners", "row_keys", "blobs", "holdings", "index", "contracts"), nothing)
    superseder = Planner(database=database, sender=bytes(20), **parts)
    second = replacements.due(database, 3)[1]
    assert superseder.queue_due() == []
    assert planned == [0, 1, 0]
    assert replacements.due(database, 3) == [second]
    assert superseder.waiting() == 1

    rests = Reissues(database, lambda: superseder)
    planned[:] = [0]
    assert (rests(), planned) == (0, [0, 0])
    assert (rests(), planned) == (0, [0, 0])  # not tried again at once
