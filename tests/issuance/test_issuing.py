"""A roster becomes signed, sealed, approved credentials and an order to anchor: all of it, and once."""

from __future__ import annotations

import hashlib
import hmac
import itertools
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from sqlalchemy import insert
from stores import both_kinds

from gateway.documents.packs import DocumentPlace, open_document
from gateway.domain.claims import outcome_word
from gateway.domain.credential import Credential
from gateway.domain.hashing import hex0x
from gateway.domain.identifiers import institution_word
from gateway.domain.leaf import Facts, make_leaf
from gateway.domain.manifest import check_manifest, cid_of
from gateway.domain.proof import check_proofs, signed_by_issuer
from gateway.issuance import errors
from gateway.issuance.roster import reasons
from gateway.issuance.roster.reader import open_roster
from gateway.issuance.service import IssueOptions
from gateway.issuance.stored import read_stored
from gateway.store.models import LeafStatus

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Centres = Callable[[int], Any]

ROSTERS = {
    310000: ("shanghai-courses-2024.csv", 1488),
    320000: ("jiangsu-administrative-service-clerks-2024.csv", 2385),
    340000: ("anhui-mixed-2024.csv", 896),
}
TABLES = ("credentials", "batches", "packs", "learners", "outbox")
GOOD_ROWS = IssueOptions(accept_good_rows=True)


store_kind = both_kinds


def counts(centre: Any) -> dict[str, int]:  # noqa: ANN401 (conftest's own class)
    return {table: centre.rows(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}  # noqa: S608


def test_a_roster_with_findings_is_refused_whole(centre: Centres, rosters: Path) -> None:
    zhejiang = centre(330000)
    report = zhejiang.issuer().issue(rosters / "zhejiang-dirty.csv")
    assert (report.outcome, report.rows, report.issued, report.errors) == ("refused", 40, 0, 14)
    assert set(counts(zhejiang).values()) == {0}
    assert zhejiang.rows("SELECT state, rows, good_rows FROM rosters") == [("refused", 40, 26)]


def test_its_good_rows_are_issued_when_asked_for(centre: Centres, rosters: Path) -> None:
    zhejiang = centre(330000)
    report = zhejiang.issuer().issue(rosters / "zhejiang-dirty.csv", GOOD_ROWS)
    assert (report.outcome, report.issued, report.errors) == ("issued", 26, 14)
    assert counts(zhejiang) == {"credentials": 26, "batches": 1, "packs": 1, "learners": 26, "outbox": 1}
    assert zhejiang.rows("SELECT state FROM rosters") == [("issued",)]


def test_a_roster_without_any_good_row_is_refused_even_then(centre: Centres, rosters: Path, tmp_path: Path) -> None:
    lines = (rosters / "zhejiang-dirty.csv").read_text("utf-8-sig").splitlines()
    (tmp_path / "bad.csv").write_text("\n".join([lines[0], lines[3], lines[5]]))
    zhejiang = centre(330000)
    report = zhejiang.issuer().issue(tmp_path / "bad.csv", GOOD_ROWS)
    assert (report.outcome, report.rows, report.good) == ("refused", 2, 0)


def test_a_dry_run_writes_nothing(centre: Centres, rosters: Path) -> None:
    zhejiang = centre(330000)
    options = IssueOptions(dry_run=True, accept_good_rows=True)
    report = zhejiang.issuer().issue(rosters / "zhejiang-dirty.csv", options)
    assert (report.outcome, report.good, report.errors) == ("checked", 26, 14)
    assert zhejiang.rows("SELECT count(*) FROM rosters") == [(0,)]
    assert not list((zhejiang.folder / "blobs").glob("*/*"))


@pytest.mark.parametrize("province", ROSTERS)
def test_every_credential_verifies_offline_and_leads_to_the_root(centre: Centres, rosters: Path, province: int) -> None:
    here = centre(province)
    name, count = ROSTERS[province]
    report = here.issuer().issue(rosters / name, GOOD_ROWS)
    [batch] = report.batches
    assert (report.issued, batch.leaf_count) == (count, count)
    blobs = here.issuer().blobs
    [(root, manifest, deadline, officer)] = here.rows("SELECT root, manifest, deadline, officer FROM batches")
    tree = check_manifest(blobs.get(batch.manifest), digest=manifest, root=root, count=count)
    assert (batch.root, batch.manifest) == (root, cid_of(manifest))
    assert deadline > 0
    assert hex0x(officer) == here.keys.officers(here.institution)[0].address
    learners = {row[0]: here.accounts().learner_key(row[0]) for row in here.rows("SELECT id FROM learners")}
    rows = here.rows(
        "SELECT position, leaf, commitment, facts, claim, learner_id, p.digest, pack_offset, pack_length, list_index"
        " FROM credentials c JOIN packs p ON p.id = c.pack_id ORDER BY position"
    )
    names = set()
    for position, leaf, commitment, facts, claim, learner, pack, offset, length, index in rows[:: max(1, count // 50)]:
        stored = read_stored(
            open_document(blobs.get(cid_of(pack)), DocumentPlace(offset, length), learners[learner], leaf)
        )
        credential = Credential.parse(bytes(stored.credential))
        assert signed_by_issuer(check_proofs(credential))
        made = make_leaf(
            credential.body,
            credential.fields,
            institution_word(here.institution),
            Facts.of(credential.facts(), claim).words,
            bytes.fromhex(stored.salt),
        )
        assert (made.leaf, made.commitment, made.facts) == (leaf, commitment, facts)
        assert tree.tree.leaves[position] == leaf
        status = credential.document.credential_status
        assert status.status_list_index == str(index)
        assert status.status_list_credential == f"https://credit-bank.example/v1/status/{here.institution}/0"
        [person] = here.accounts().open_many([learner])
        identity = credential.document.credential_subject.identifier
        assert identity[0].identity_hash == person.name
        opening = bytes.fromhex(stored.opening)
        committed = hashlib.sha256(person.number.encode() + opening).hexdigest()
        assert identity[1].identity_hash == f"sha256${committed}"
        names.add(person.name)
    assert len(names) > 20


def test_the_claim_is_that_of_the_person_and_the_outcome(centre: Centres, rosters: Path) -> None:
    shanghai = centre(310000)
    shanghai.issuer().issue(rosters / ROSTERS[310000][0], GOOD_ROWS)
    first = next(iter(open_roster(rosters / ROSTERS[310000][0]).rows()))
    number, code = first.cells[3], first.cells[4]
    [learner] = shanghai.accounts().find_by_number(number)
    person_key = shanghai.keys.pseudonym().claim_key("ID", number)
    # The oracle is Python's own HMAC, apart from the product's.
    word = institution_word(shanghai.institution)
    expected = hmac.new(person_key, word + outcome_word(code), "sha256").digest()
    [(claim,)] = shanghai.rows(f"SELECT claim FROM credentials WHERE learner_id = {learner.id}")  # noqa: S608
    assert claim == expected


def test_issuing_a_roster_again_changes_nothing_and_says_so(centre: Centres, rosters: Path) -> None:
    anhui = centre(340000)
    anhui.issuer().issue(rosters / "anhui-mixed-2024.csv", GOOD_ROWS)
    before = counts(anhui), sorted((anhui.folder / "blobs").glob("*/*"))
    for name, rows in (("anhui-mixed-2024.csv", 896), ("anhui-mixed-2024.xlsx", 297)):
        report = anhui.issuer().issue(rosters / name, GOOD_ROWS)
        assert (report.outcome, report.issued, report.already) == ("nothing_to_do", 0, rows)
        assert (counts(anhui), sorted((anhui.folder / "blobs").glob("*/*"))) == before


def test_a_csv_after_its_workbook_issues_only_what_is_new(centre: Centres, rosters: Path) -> None:
    anhui = centre(340000)
    assert anhui.issuer().issue(rosters / "anhui-mixed-2024.xlsx", GOOD_ROWS).issued == 297
    report = anhui.issuer().issue(rosters / "anhui-mixed-2024.csv", GOOD_ROWS)
    assert (report.issued, report.already) == (599, 297)
    assert anhui.rows("SELECT count(DISTINCT claim), count(*) FROM credentials") == [(896, 896)]
    assert anhui.rows("SELECT count(DISTINCT list_index) FROM credentials") == [(896,)]
    assert anhui.rows("SELECT taken FROM status_lists") == [(896,)]


def roster_with(path: Path, source: Path, change: Callable[[list[str]], list[str]]) -> Path:
    lines = source.read_text("utf-8-sig").splitlines()
    path.write_text("\n".join([lines[0], *change(lines[1:])]), "utf-8")
    return path


def test_the_same_outcome_under_another_certificate_number_is_a_finding(
    centre: Centres, rosters: Path, tmp_path: Path
) -> None:
    shanghai = centre(310000)
    source = rosters / "shanghai-courses-2024.csv"
    shanghai.issuer().issue(source, GOOD_ROWS)
    other = roster_with(
        tmp_path / "a.csv", source, lambda rows: [rows[0].replace("S666232942200244", "S999999999999999")]
    )
    report = shanghai.issuer().issue(other)
    assert report.outcome == "refused"
    [finding] = report.findings
    assert isinstance(finding.reason, reasons.ClaimInForce)
    assert finding.line == 2


def test_a_revoked_certificate_makes_way_for_another(centre: Centres, rosters: Path, tmp_path: Path) -> None:
    shanghai = centre(310000)
    source = rosters / "shanghai-courses-2024.csv"
    shanghai.issuer().issue(source, GOOD_ROWS)
    number = next(iter(open_roster(source).rows())).cells[3]
    [learner] = shanghai.accounts().find_by_number(number)
    [(leaf,)] = shanghai.rows(f"SELECT leaf FROM credentials WHERE learner_id = {learner.id}")  # noqa: S608
    with shanghai.database.write() as connection:
        revoked = {"status": 2, "reason": 1, "set_by": 310000, "since": 1, "block": 1}
        connection.execute(insert(LeafStatus).values(institution=shanghai.institution, leaf=leaf, **revoked))
    other = roster_with(
        tmp_path / "a.csv", source, lambda rows: [rows[0].replace("S666232942200244", "S999999999999999")]
    )
    assert shanghai.issuer().issue(other).issued == 1
    assert shanghai.issuer().issue(source, GOOD_ROWS).outcome == "nothing_to_do"


def test_a_certificate_number_with_other_content_is_a_finding(centre: Centres, rosters: Path, tmp_path: Path) -> None:
    shanghai = centre(310000)
    source = rosters / "shanghai-courses-2024.csv"
    shanghai.issuer().issue(source, GOOD_ROWS)
    other = roster_with(tmp_path / "a.csv", source, lambda rows: [rows[0].replace(",75.6,", ",95.6,")])
    report = shanghai.issuer().issue(other)
    assert report.outcome == "refused"
    assert [type(f.reason) for f in report.findings] == [reasons.CertificateNumberIssued]


def test_a_row_without_a_certificate_number_is_issued_once_under_a_number_of_its_own(
    centre: Centres, rosters: Path, tmp_path: Path
) -> None:
    shanghai = centre(310000)
    source = rosters / "shanghai-courses-2024.csv"
    bare = roster_with(
        tmp_path / "a.csv", source, lambda rows: [row.replace(row.split(",")[12], "") for row in rows[:20]]
    )
    assert shanghai.issuer().issue(bare).issued == 20
    assert shanghai.issuer().issue(bare).already == 20


def test_places_in_the_status_list_tell_nothing_of_the_order(centre: Centres, rosters: Path) -> None:
    shanghai = centre(310000)
    shanghai.issuer().issue(rosters / "shanghai-courses-2024.csv", GOOD_ROWS)
    places = [row[0] for row in shanghai.rows("SELECT list_index FROM credentials ORDER BY learner_id")]
    assert len(set(places)) == len(places)
    rises = sum(a < b for a, b in itertools.pairwise(places))
    assert 0.4 < rises / len(places) < 0.6
    assert max(places) > 1_000_000


def test_the_officer_sees_rows_beside_leaves_and_may_decline(centre: Centres, rosters: Path) -> None:
    shanghai = centre(310000)
    issuer = shanghai.issuer()
    declining = shanghai.issuer(approver=type(issuer.approver)(shanghai.keys, 1, b"\x22" * 20, lambda _: False))
    with pytest.raises(errors.NotApproved):
        declining.issue(rosters / "shanghai-courses-2024.csv", GOOD_ROWS)
    assert counts(shanghai)["credentials"] == counts(shanghai)["outbox"] == 0
    issuer.issue(rosters / "shanghai-courses-2024.csv", GOOD_ROWS)
    [draft] = shanghai.drafts
    assert (draft.leaf_count, draft.roster_rows, draft.roster) == (1488, 1488, "shanghai-courses-2024.csv")


def test_the_order_to_anchor_names_the_batch_and_no_person(centre: Centres, rosters: Path) -> None:
    shanghai = centre(310000)
    report = shanghai.issuer().issue(rosters / "shanghai-courses-2024.csv", GOOD_ROWS)
    [(kind, payload, state, number)] = shanghai.rows("SELECT kind, payload, state, id FROM outbox")
    assert (kind, state, number) == ("anchor", "queued", report.batches[0].outbox)
    assert orjson.loads(payload) == {
        "batch": 1,
        "calls": {},  # an approval is good for one registry alone
        "institution": shanghai.institution,
        "root": report.batches[0].root.hex(),
        "manifest": shanghai.rows("SELECT manifest FROM batches")[0][0].hex(),
    }


def test_nothing_of_a_person_lies_in_the_clear(centre: Centres, rosters: Path) -> None:
    shanghai = centre(310000)
    shanghai.issuer().issue(rosters / "shanghai-courses-2024.csv", GOOD_ROWS)
    shanghai.database.close()
    secrets = ["许英娟".encode(), b"310000196506149233", b"S666232942200244000001"]
    files = [path for path in shanghai.folder.rglob("*") if path.is_file()]
    assert len(files) > 5
    assert not [(path, secret) for path in files for secret in secrets if secret in path.read_bytes()]


def test_two_processes_never_issue_at_the_same_time(centre: Centres, rosters: Path) -> None:
    shanghai = centre(310000)
    issuer = shanghai.issuer()
    with issuer._alone(), pytest.raises(errors.IssuingBusy):
        shanghai.issuer().issue(rosters / "shanghai-courses-2024.csv")


def test_worker_processes_make_what_one_process_makes(
    centre: Centres, rosters: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.issuance.service.WORTH_WORKERS", 1)
    jiangsu = centre(320000)
    report = jiangsu.issuer(workers=2).issue(rosters / ROSTERS[320000][0], GOOD_ROWS)
    assert report.issued == 2385
    assert jiangsu.rows("SELECT count(*) FROM credentials") == [(2385,)]
    assert jiangsu.issuer(workers=2).issue(rosters / ROSTERS[320000][0], GOOD_ROWS).outcome == "nothing_to_do"


def test_a_batch_that_the_chain_refused_is_approved_and_queued_again(centre: Centres, rosters: Path) -> None:
    shanghai = centre(310000)
    roster = rosters / "shanghai-courses-2024.csv"
    first = shanghai.issuer().issue(roster, GOOD_ROWS)
    with shanghai.database.write() as connection:
        connection.exec_driver_sql("UPDATE batches SET state = 'failed', error = 'quota', deadline = 1")
        connection.exec_driver_sql("UPDATE outbox SET state = 'failed', error = 'quota'")
    report = shanghai.issuer().issue(roster, GOOD_ROWS)
    assert (report.outcome, report.issued, len(report.again)) == ("nothing_to_do", 0, 1)
    assert (report.again[0].id, report.again[0].root) == (first.batches[0].id, first.batches[0].root)
    [(state, deadline, error)] = shanghai.rows("SELECT state, deadline, error FROM batches")
    assert (state, error) == ("queued", None)
    assert deadline > 1_000_000
    assert shanghai.rows("SELECT state, count(*) FROM outbox GROUP BY state") == [("queued", 1)]
    assert shanghai.issuer().issue(roster, GOOD_ROWS).again == ()
