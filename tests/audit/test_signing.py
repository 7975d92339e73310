"""Report keys and signature files: what is signed is told, and nothing that somebody hands in breaks the reader."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.audit.reports.errors import SignatureMalformed
from gateway.audit.reports.signing import Statement, create_report_key, open_report_key, read_signature, signature_path
from gateway.domain.hashing import sha256
from gateway.domain.proof import Signer
from gateway.keys.errors import KeyFileExists, KeyFileMalformed, WrongPassphrase

if TYPE_CHECKING:
    from pathlib import Path

SIGNER = Signer(b"\x05" * 32)
BLOCK = {"number": 7, "hash": "0x" + "11" * 32, "time": "2026-11-01T00:00:00+08:00"}
STATEMENT = Statement(
    sha256(b"a file"), sha256(b"a report"), {"chainId": 1, "genesis": "0x00"}, BLOCK, "2026-10", "pdf", "both"
)
SIGNED = json.loads(STATEMENT.signed_by(SIGNER))


def read(folder: Path, content: Any) -> Any:  # noqa: ANN401 - any JSON
    path = folder / "report.pdf.sig.json"
    path.write_text(json.dumps(content))
    return read_signature(path)


def test_a_signature_says_what_was_signed_and_by_whom(tmp_path: Path) -> None:
    found = read(tmp_path, SIGNED)
    assert (found.statement, found.signer, found.good) == (STATEMENT, SIGNER.did, True)
    assert STATEMENT.signed_by(SIGNER) == STATEMENT.signed_by(Signer(b"\x05" * 32))
    assert signature_path(tmp_path / "report.pdf").name == "report.pdf.sig.json"


@pytest.mark.parametrize("member", [name for name in SIGNED if name not in {"type", "version", "signature"}])
def test_no_member_can_be_changed_under_a_signature(tmp_path: Path, member: str) -> None:
    other: Any = {"chain": {"chainId": 2}, "block": {**BLOCK, "number": 8}, "signer": Signer(b"\x06" * 32).did}.get(
        member, "0x" + "22" * 32
    )
    assert not read(tmp_path, {**SIGNED, member: other}).good


@settings(max_examples=60)
@given(
    member=st.sampled_from(sorted(SIGNED)),
    value=st.one_of(
        st.none(), st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), st.text(max_size=8), st.just([]), st.just({}),
        st.just([[1]]), st.just({"number": "7"}), st.just({"number": -1}),
    ),
)  # fmt: skip
def test_whatever_stands_in_a_member_is_refused_or_is_no_good_signature(
    tmp_path_factory: pytest.TempPathFactory,
    member: str,
    value: Any,  # noqa: ANN401 - any JSON
) -> None:
    changed = {**SIGNED, member: value}
    if value == SIGNED[member]:
        return
    try:
        good = read(tmp_path_factory.mktemp("signature"), changed).good
    except SignatureMalformed:
        good = False
    assert not good


def test_members_are_those_that_there_are_and_no_others(tmp_path: Path) -> None:
    for content in ([], {}, {**SIGNED, "more": 1}, {n: v for n, v in SIGNED.items() if n != "file"}):
        with pytest.raises(SignatureMalformed):
            read(tmp_path, content)


def test_a_report_key_is_made_once_opens_with_its_passphrase_and_as_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "report.key.json"
    did = create_report_key(path, "correct horse", now=1, cost=2)
    assert open_report_key(path, "correct horse").did == did
    with pytest.raises(KeyFileExists):
        create_report_key(path, "correct horse", now=1, cost=2)
    with pytest.raises(WrongPassphrase):
        open_report_key(path, "wrong")
    told = json.loads(path.read_text())
    path.write_text(json.dumps({**told, "purpose": "master"}))
    with pytest.raises(KeyFileMalformed):
        open_report_key(path, "correct horse")
