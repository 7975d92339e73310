"""Status lists as ``huren serve`` publishes them: derived from the chain's events, and read by a foreign verifier."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, select, update
from starlette.testclient import TestClient

from gateway.api.app import create_app
from gateway.cli.serve import _services
from gateway.domain.receipt import Certificate
from gateway.domain.secured import verify_document
from gateway.domain.statuslist import decode_status_list, status_bit
from gateway.ledger.values import Status
from gateway.store.models import Anchor, Batch, ChainCursor, Credential, LeafStatus, ManifestState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.bootstrap import Gateway

    Centre = Any

INSTITUTION = "123300004700007891"
SCRIPT = Path(__file__).parents[2] / "hardhat-config" / "interop" / "credentials.mjs"
PATH = f"/v1/status/{INSTITUTION}/0"
BLOCK = 41


@pytest.fixture
def gateway(centre: Centre) -> Iterator[Gateway]:
    """A centre whose one batch is anchored and indexed."""
    opened = centre.gateway()
    with opened.database.session() as session:
        batch = session.scalars(select(Batch)).one()
        own = {
            "institution": INSTITUTION,
            "root": batch.root,
            "manifest": batch.manifest,
            "leaf_count": batch.leaf_count,
        }
        session.add(
            Anchor(
                id=1, **own, province=330_000, accreditation=1, officer=b"\x01" * 20, actor=b"\x02" * 20, sequence=1,
                block=BLOCK, tx_hash=b"\x03" * 32, anchored_at=1_772_323_200, manifest_state=ManifestState.HELD,
                status=0, reason=0, set_by=0, since=0,
            )
        )  # fmt: skip
        cursor = {"block": BLOCK, "block_hash": b"\x04" * 32, "block_time": 1_772_323_201}
        session.add(ChainCursor(id=1, chain_id=31_337, **cursor, updated_at=int(time.time())))
        leaves = session.scalars(select(Credential.leaf).order_by(Credential.position)).all()
    opened.leaves.add(1, b"".join(leaves))
    yield opened
    opened.close()


@pytest.fixture
def client(gateway: Gateway) -> Iterator[TestClient]:
    with TestClient(create_app(_services(gateway, acts=False), body_bytes=1 << 20)) as made:
        yield made


def places(gateway: Gateway) -> dict[bytes, int]:
    """Leaf → place in the list."""
    with gateway.database.read() as connection:
        return {row.leaf: row.list_index for row in connection.execute(select(Credential.leaf, Credential.list_index))}


def set_status(gateway: Gateway, leaf: bytes, status: Status) -> None:
    with gateway.database.session() as session:
        session.execute(delete(LeafStatus).where(LeafStatus.leaf == leaf))
        said = {"reason": 1, "set_by": 330_000, "since": 1_772_323_300, "block": BLOCK + 1}
        session.add(LeafStatus(institution=INSTITUTION, leaf=leaf, status=status, **said))


def set_batch(gateway: Gateway, status: Status) -> None:
    with gateway.database.session() as session:
        session.execute(update(Anchor).where(Anchor.id == 1).values(status=status, since=1_772_323_400))


def listed(client: TestClient) -> dict[str, Any]:
    document: dict[str, Any] = client.get(PATH).json()
    verify_document(document)
    return document


def revoked(client: TestClient) -> set[int]:
    bits = decode_status_list(listed(client)["credentialSubject"]["encodedList"])
    return {index for index in range(len(bits) * 8) if status_bit(bits, index)}


def test_a_list_is_signed_by_its_institution_and_names_the_block(client: TestClient, gateway: Gateway) -> None:
    answer = client.get(PATH)
    assert answer.headers["huren-block"] == str(BLOCK)
    document = answer.json()
    assert document["issuer"] == gateway.keys.signer_for(INSTITUTION).did
    assert document["id"] == f"https://bank.example{PATH}"
    assert str(BLOCK) in document["description"]
    assert len(decode_status_list(document["credentialSubject"]["encodedList"])) * 8 == 1 << 20


def test_a_bit_follows_the_ledger_and_a_suspension_sets_none(client: TestClient, gateway: Gateway) -> None:
    leaf, *others = sorted(places(gateway))
    assert revoked(client) == set()
    set_status(gateway, leaf, Status.SUSPENDED)
    assert revoked(client) == set()
    set_status(gateway, leaf, Status.REVOKED)
    assert revoked(client) == {places(gateway)[leaf]}
    set_batch(gateway, Status.REVOKED)
    assert revoked(client) == set(places(gateway).values())
    set_batch(gateway, Status.VALID)
    set_status(gateway, others[0], Status.REVOKED)
    assert revoked(client) == {places(gateway)[leaf], places(gateway)[others[0]]}


def test_a_leaf_anchored_again_has_left_its_revoked_batch(client: TestClient, gateway: Gateway) -> None:
    leaf, *others = sorted(places(gateway))
    with gateway.database.session() as session:
        first = session.get(Anchor, 1)
        again = {column.name: getattr(first, column.name) for column in Anchor.__table__.columns}
        again |= {"id": 2, "root": b"\x09" * 32, "manifest": gateway_put(gateway, leaf), "leaf_count": 1}
        session.add(Anchor(**again))
    gateway.leaves.add(2, leaf)
    set_batch(gateway, Status.REVOKED)
    assert revoked(client) == {places(gateway)[other] for other in others}


def gateway_put(gateway: Gateway, leaf: bytes) -> bytes:
    from gateway.domain.manifest import cid_digest  # noqa: PLC0415 - this helper's alone

    return cid_digest(gateway.blobs.put(leaf))


def test_an_empty_index_publishes_no_list(centre: Centre) -> None:
    opened = centre.gateway()
    try:
        with TestClient(create_app(_services(opened, acts=False), body_bytes=1 << 20)) as client:
            assert client.get(PATH).json()["code"] == "issuance.no_status_list"
    finally:
        opened.close()


@pytest.mark.interop
def test_a_foreign_verifier_accepts_certificate_and_list_and_sees_the_revocation(
    client: TestClient, gateway: Gateway, certificate_file: Path
) -> None:
    certificate = Certificate.parse(certificate_file.read_bytes())
    document = json.loads(certificate.credential.canonical)
    address = document["credentialStatus"]["statusListCredential"]
    good = {"op": "verify", "document": document, "statusLists": {address: listed(client)}}
    set_status(gateway, certificate.leaf().leaf, Status.REVOKED)
    bad = {**good, "statusLists": {address: listed(client)}}
    forged = json.loads(json.dumps(good))
    forged["document"]["name"] = "律师"
    lines = "".join(json.dumps(request) + "\n" for request in (good, bad, forged))
    done = subprocess.run(
        ["node", str(SCRIPT)], input=lines, capture_output=True, text=True, timeout=120, check=True, cwd=SCRIPT.parent
    )
    accepted, refused, altered = map(json.loads, done.stdout.splitlines())
    assert (accepted["verified"], accepted["status"]) == (True, True), accepted["error"]
    assert refused["status"] is False
    assert altered["verified"] is False
