"""Fifty credentials of the centres' rosters, issued and anchored, before @digitalbazaar/vc and its status check."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gateway.bootstrap import Gateway
from gateway.domain.credential import Credential
from gateway.domain.errors import HurenError
from gateway.domain.proof import check_proofs, signed_by_issuer
from gateway.domain.receipt import Certificate
from gateway.domain.verdict import Kind
from gateway.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stage import Stage

    from tests.interop.conftest import DigitalBazaar

pytestmark = [pytest.mark.interop, pytest.mark.network, pytest.mark.slow, pytest.mark.timeout(600)]
SHANGHAI, JIANGSU = 310000, 320000
ROSTERS = Path(__file__).parents[1] / "rosters"
OF_EACH = 25
Paper = dict[str, Any]


@pytest.fixture(scope="module")
def papers(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Path]]:
    """Certificate files: 25 of Shanghai's courses, 25 of Jiangsu's vocational certificates. Both gateways serve."""
    chosen = random.Random(50)
    found = []
    centres = [stage.centres[SHANGHAI], stage.centres[JIANGSU]]
    rosters = ("shanghai-courses-2024.csv", "jiangsu-administrative-service-clerks-2024.csv")
    for centre, roster in zip(centres, rosters, strict=True):
        folder = tmp_path_factory.mktemp(centre.home.slug)
        words = ("--accept-good-rows", "--yes", "--wait", "--out", str(folder))
        centre.run("issue", str(ROSTERS / roster), *words)
        found += chosen.sample(sorted(folder.glob("*.huren.json")), OF_EACH)
    try:
        for centre in centres:
            centre.serve()
        for centre in centres:  # each has the other's manifests from its gateway
            centre.wait_until_indexed(stage.block())
        yield found
    finally:
        for centre in centres:
            centre.stop()


def read(path: Path) -> Paper:
    paper: Paper = json.loads(path.read_bytes())
    return paper


def lists_of(*credentials: Paper) -> dict[str, Any]:
    """The status lists that the credentials point to, as their gateways answer."""
    from stage import fetch  # noqa: PLC0415 - found once the fixture of the stage has been asked for

    addresses = {credential["credentialStatus"]["statusListCredential"] for credential in credentials}
    return {address: fetch(address)[1] for address in addresses}


def test_fifty_credentials_of_the_rosters_pass_with_their_status(
    papers: list[Path], digital_bazaar: DigitalBazaar
) -> None:
    credentials = [read(path)["credential"] for path in papers]
    lists = lists_of(*credentials)
    assert len(credentials) == 50
    assert len(lists) == 2
    for credential in credentials:
        assert digital_bazaar.verify(credential, lists) == {"verified": True, "status": True, "error": None}


def alter(credential: Paper, number: int) -> None:
    """Ten ways to alter a credential; each changes what is said, or who says it."""
    subject = credential["credentialSubject"]
    [proof] = credential["proof"]
    if number == 0:
        subject["creditsEarned"] += 1
    elif number == 1:
        credential["name"] += "（高级）"
    elif number == 2:
        subject["licenseNumber"] += "0"
    elif number == 3:
        subject["identifier"][0]["identityHash"] = "王小明"
    elif number == 4:
        credential["validFrom"] = "2020-01-01T00:00:00+08:00"
    elif number == 5:
        subject["achievement"]["alignment"][1]["targetCode"] = "7"
    elif number == 6:
        credential["issuer"]["name"] = "另一所大学"
    elif number == 7:
        credential["id"] = "urn:uuid:00000000-0000-4000-8000-000000000001"
    elif number == 8:
        proof["created"] = "2020-01-01T00:00:00Z"
    else:
        value = proof["proofValue"]
        proof["proofValue"] = value[:-1] + ("2" if value[-1] != "2" else "3")


@pytest.mark.parametrize("number", range(10))
def test_an_altered_credential_is_refused_by_them_and_by_us(
    stage: Stage, papers: list[Path], digital_bazaar: DigitalBazaar, number: int
) -> None:
    paper = read(papers[5 * number])
    altered = copy.deepcopy(paper)
    alter(altered["credential"], number)
    assert altered != paper
    assert not digital_bazaar.verify(altered["credential"], lists_of(paper["credential"]))["verified"]
    assert not signed(altered["credential"])
    gateway = Gateway(load_settings(stage.centres[SHANGHAI].config))
    try:
        assert gateway.verifier.by_file(json.dumps(paper).encode()).kind is Kind.VALID
        assert gateway.verifier.by_file(json.dumps(altered).encode()).kind is Kind.INVALID
    finally:
        gateway.close()


def signed(credential: Paper) -> bool:
    """Whether our own reading of the credential alone finds it well-formed and signed."""
    try:
        return signed_by_issuer(check_proofs(Credential.parse(json.dumps(credential).encode())))
    except HurenError:
        return False


def test_a_revocation_on_the_chain_is_seen_by_their_status_check(
    stage: Stage, papers: list[Path], digital_bazaar: DigitalBazaar
) -> None:
    shanghai = stage.centres[SHANGHAI]
    revoked, other = papers[0], papers[1]
    leaf = "0x" + Certificate.parse(revoked.read_bytes()).leaf().leaf.hex()
    credential, unharmed = read(revoked)["credential"], read(other)["credential"]
    assert digital_bazaar.verify(credential, lists_of(credential))["status"] is True
    shanghai.run("revoke", leaf, "--reason", "error")
    shanghai.wait_until_indexed(stage.block())
    lists = lists_of(credential)
    assert digital_bazaar.verify(credential, lists)["status"] is False
    assert digital_bazaar.verify(unharmed, lists)["status"] is True
