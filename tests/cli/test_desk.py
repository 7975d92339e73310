"""A clerk's commands, run as a clerk runs them: find, account delete, job, verify, present."""

from __future__ import annotations

import io
import json
import re
import sys
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from gateway.domain.receipt import Certificate
from gateway.store.models import (
    Anchor,
    Batch,
    BatchState,
    Credential,
    LeafStatus,
    ManifestState,
    OutboxEntry,
    OutboxState,
)

if TYPE_CHECKING:
    from pathlib import Path

    Centre = Any

INSTITUTION = "123300004700007891"


def told(capsys: pytest.CaptureFixture[str]) -> Any:  # noqa: ANN401 - any JSON
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def somebody(centre: Centre) -> dict[str, Any]:
    """A learner of the roster: id, name, number."""
    gateway = centre.gateway()
    try:
        [learner, *_] = gateway.accounts.open_many([1])
        return {"id": learner.id, "name": learner.name, "number": learner.number}
    finally:
        gateway.close()


def test_a_learner_is_found_by_name_with_every_certificate(
    centre: Centre, somebody: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert centre.huren("find", "--name", somebody["name"], "--json") == 0
    [found] = [one for one in told(capsys) if one["learner"] == somebody["id"]]
    assert (found["name"], found["number"]) == (somebody["name"], somebody["number"])
    [certificate, *_] = found["certificates"]
    assert certificate["institution"] == INSTITUTION
    assert re.fullmatch("0x[0-9a-f]{64}", certificate["hash"])
    assert certificate["state"] == "queued"
    assert certificate["outcome"]
    assert certificate["awarded"]


def test_by_number_by_name_and_by_certificate_the_same_learner_is_found(
    centre: Centre, somebody: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert centre.huren("find", "--number", f" {somebody['number'].lower()} ", "--json") == 0
    [by_number] = told(capsys)
    assert by_number["learner"] == somebody["id"]
    for certificate in by_number["certificates"]:
        assert centre.huren("find", "--certificate", certificate["certificate"], "--json") == 0
        [by_certificate] = told(capsys)
        assert by_certificate["learner"] == somebody["id"]
        assert by_certificate["certificates"] == [certificate]


def test_what_is_looked_for_can_be_kept_out_of_the_list_of_processes(
    centre: Centre, somebody: dict[str, Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(somebody["number"].encode() + b"\n")))
    assert centre.huren("find", "--number", "-", "--json") == 0
    assert told(capsys)[0]["learner"] == somebody["id"]


def test_nothing_found_ends_with_1(centre: Centre, capsys: pytest.CaptureFixture[str]) -> None:
    for option in ("--name", "--number", "--certificate"):
        assert centre.huren("find", option, "NOBODY-AT-ALL", "--json") == 1
        assert told(capsys) == []
    assert centre.huren("find", "--name", "NOBODY") == 1
    assert "未找到" in capsys.readouterr().out


def test_a_person_reads_a_table(centre: Centre, somebody: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert centre.huren("find", "--number", somebody["number"]) == 0
    out = capsys.readouterr().out
    assert somebody["name"] in out
    assert "待上链" in out


def test_a_certificate_tells_what_the_ledger_says_of_it_and_survives_a_lost_pack(
    centre: Centre, somebody: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    gateway = centre.gateway()
    with gateway.database.session() as session:
        leaf = session.scalars(select(Credential.leaf).where(Credential.learner_id == somebody["id"])).first()
        session.execute(update(Batch).values(state=BatchState.ANCHORED))
        session.add(
            LeafStatus(institution=INSTITUTION, leaf=leaf, status=2, reason=1, set_by=330_000, since=1, block=1)
        )
    gateway.close()
    for blob in (centre.folder / "data" / "blobs").rglob("b*"):
        if blob.is_file():
            blob.unlink()
    assert centre.huren("find", "--number", somebody["number"], "--json") == 0
    [found] = told(capsys)
    certificate = next(one for one in found["certificates"] if one["hash"] == "0x" + leaf.hex())
    assert (certificate["state"], certificate["certificate"]) == ("revoked", None)


# --- deleting


def test_a_deleted_account_cannot_be_read_or_found_any_more(
    centre: Centre, somebody: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert centre.huren("account", "delete", str(somebody["id"]), "--yes", "--json") == 0
    answer = told(capsys)
    assert (answer["deleted"], answer["scrubbed"]) == (True, True)
    assert all(sentence["zh"] and sentence["en"] for sentence in answer["stays"])
    assert centre.huren("find", "--number", somebody["number"], "--json") == 1
    capsys.readouterr()
    assert centre.huren("account", "delete", str(somebody["id"]), "--yes", "--json") == 1
    assert told(capsys)["error"]["code"] == "account.deleted"


def test_deleting_somebody_who_is_not_there_ends_with_1(centre: Centre, capsys: pytest.CaptureFixture[str]) -> None:
    assert centre.huren("account", "delete", "999999", "--yes", "--json") == 1
    assert told(capsys)["error"]["code"] == "account.not_found"


def test_nobody_is_deleted_without_a_yes(
    centre: Centre, somebody: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert centre.huren("account", "delete", str(somebody["id"]), "--json") == 1
    assert told(capsys)["error"]["code"] == "account.not_confirmed"
    assert centre.huren("find", "--number", somebody["number"], "--json") == 0


def test_a_person_is_told_what_stays(
    centre: Centre, somebody: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert centre.huren("account", "delete", str(somebody["id"]), "--yes") == 0
    out = capsys.readouterr().out
    assert "密钥已销毁" in out
    assert "墓碑" in out


# --- what is going on


def test_what_waits_for_the_chain_is_listed(centre: Centre, capsys: pytest.CaptureFixture[str]) -> None:
    assert centre.huren("job", "list", "--json") == 0
    found = told(capsys)
    assert found["rosters"] == []
    [batch] = found["batches"]
    assert (batch["reference"], batch["leaves"], batch["state"]) == ("batch-1", 26, "queued")
    [entry] = found["outbox"]
    assert (entry["kind"], entry["batch"], entry["state"], entry["error"]) == ("anchor", "batch-1", "queued", None)
    assert centre.huren("job", "list") == 0
    out = capsys.readouterr().out
    assert "batch-1" in out
    for words in ("种类", "存证批次", "待发送"):
        assert words[:3] in out  # a narrow column folds the rest
    assert centre.huren("job", "show", "outbox-1") == 0
    assert "存证批次 / anchor a batch" in capsys.readouterr().out


def test_a_failure_is_told_in_both_languages(centre: Centre, capsys: pytest.CaptureFixture[str]) -> None:
    gateway = centre.gateway()
    with gateway.database.session() as session:
        error = json.dumps({"code": "QuotaExceeded", "zh": "当日额度已用完", "en": "today's quota is used up"})
        session.execute(update(OutboxEntry).values(state=OutboxState.FAILED, error=error))
        session.execute(update(Batch).values(state=BatchState.FAILED, error='{"zh": "cut of'))
    gateway.close()
    assert centre.huren("job", "list") == 0
    out = capsys.readouterr().out
    assert "当日额度已用完 / today's quota is used up" in out
    assert "cut of" in out
    assert centre.huren("job", "show", "outbox-1", "--json") == 0
    assert told(capsys)["error"]["code"] == "QuotaExceeded"


def test_what_is_done_is_listed_on_request(centre: Centre, capsys: pytest.CaptureFixture[str]) -> None:
    gateway = centre.gateway()
    with gateway.database.session() as session:
        session.execute(update(OutboxEntry).values(state=OutboxState.FINAL, block=9, tx_hash=b"\x01" * 32, nonce=0))
        session.execute(update(Batch).values(state=BatchState.ANCHORED, anchored_block=9))
    gateway.close()
    assert centre.huren("job", "list") == 0
    assert "没有未完成的工作" in capsys.readouterr().out
    assert centre.huren("job", "list", "--all", "--json") == 0
    found = told(capsys)
    assert [one["rows"] for one in found["rosters"]] == [40]
    assert found["outbox"][0]["transaction"] == "0x" + "01" * 32


def test_one_piece_of_work_is_shown(centre: Centre, capsys: pytest.CaptureFixture[str]) -> None:
    assert centre.huren("job", "show", "roster-1", "--json") == 0
    found = told(capsys)
    assert (found["goodRows"], [batch["reference"] for batch in found["batches"]]) == (26, ["batch-1"])
    assert centre.huren("job", "show", "roster-1") == 0
    assert "zhejiang-dirty.csv" in capsys.readouterr().out
    for reference in ("roster-9", "batch-0", "job-1", "roster-1;", "roster-99999999999999999999"):
        assert centre.huren("job", "show", reference, "--json") == 1
        assert told(capsys)["error"]["code"] == "work.unknown"


# --- verifying, with no chain in reach


def test_a_hash_cannot_be_checked_without_chain_and_index(centre: Centre, capsys: pytest.CaptureFixture[str]) -> None:
    assert centre.huren("verify", "0x" + "ab" * 32, "--json") == 2
    assert told(capsys)["verdict"] == "cannot-check"
    assert centre.huren("verify", "0x" + "ab" * 32) == 2
    assert "暂时无法核验 / cannot check" in capsys.readouterr().out


def test_a_file_that_is_no_certificate_is_invalid(
    centre: Centre, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"{}")))
    assert centre.huren("verify", "-", "--json") == 1
    verdict = told(capsys)
    assert (verdict["verdict"], verdict["steps"][0]["state"]) == ("invalid", "failed")


def test_a_file_that_is_not_there_is_not_called_invalid(centre: Centre, capsys: pytest.CaptureFixture[str]) -> None:
    assert centre.huren("verify", str(centre.folder / "none.huren.json"), "--json") == 64
    assert told(capsys)["error"]["code"] == "cli.file"


def test_settings_that_cannot_be_used_are_said_to_be_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from gateway.cli.main import run  # noqa: PLC0415 - no centre here

    assert run(["verify", "0x" + "ab" * 32, "--config", str(tmp_path / "none.toml"), "--json"]) == 2
    assert told(capsys)["error"]["code"] == "settings"


def test_some_fields_are_presented_and_the_others_kept(
    certificate_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from gateway.cli.main import run  # noqa: PLC0415 - needs no centre

    out = tmp_path / "part.huren.json"
    assert run(["present", str(certificate_file), "--show", "name, creditsEarned", "--out", str(out), "--json"]) == 0
    assert told(capsys)["shown"] == ["/name", "/credentialSubject/creditsEarned"]
    whole = Certificate.parse(certificate_file.read_bytes())
    learner = whole.credential.document.credential_subject.identifier[0].identity_hash
    assert learner not in out.read_text()
    assert run(["present", str(certificate_file), "--show", "name"]) == 0
    assert told(capsys)["partial"]["type"] == "HurenPartialCertificate"
    assert run(["present", str(certificate_file), "--show", "salt", "--json"]) == 64
    assert told(capsys)["error"]["code"] == "present.field"


# --- certificate files of one's own


@pytest.mark.parametrize("known", [True, False])
def test_a_certificate_file_is_exported_by_its_hash(
    centre: Centre,
    certificate_file: Path,
    capsys: pytest.CaptureFixture[str],
    known: bool,
) -> None:
    """By the index, which says in which batch the hash stands; the chain is asked for the anchor, and is away here."""
    leaf = Certificate.parse(certificate_file.read_bytes()).leaf().leaf
    gateway = centre.gateway()
    with gateway.database.session() as session:
        batch = session.scalars(select(Batch)).one()
        own = {"institution": batch.institution, "root": batch.root, "manifest": batch.manifest}
        session.add(
            Anchor(
                id=1, **own, leaf_count=batch.leaf_count, province=330_000, accreditation=1, officer=b"\x01" * 20,
                actor=b"\x02" * 20, sequence=1, block=1, tx_hash=b"\x03" * 32, anchored_at=1,
                manifest_state=ManifestState.HELD, status=0, reason=0, set_by=0, since=0,
            )
        )  # fmt: skip
        leaves = session.scalars(select(Credential.leaf).order_by(Credential.position)).all()
    gateway.leaves.add(1, b"".join(leaves))
    gateway.close()
    asked = "0x" + (leaf if known else b"\x77" * 32).hex()
    assert centre.huren("export", "--out", str(centre.folder / "out"), "--hash", asked, "--json") == (2 if known else 1)
    assert told(capsys)["error"]["code"] == ("ledger.unavailable" if known else "issuance.credential")


def test_a_file_without_end_is_too_large_and_not_read_to_its_end(
    centre: Centre, capsys: pytest.CaptureFixture[str]
) -> None:
    assert centre.huren("verify", "/dev/zero", "--json") == 1
    assert told(capsys)["reason"]["code"] == "json.size"
