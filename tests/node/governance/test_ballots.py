"""Votes are read out of headers: Clique's from made-up ones, QBFT's from those that a real Besu sealed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from node.engines.protocol import Sealed
from node.governance.ballots import ballots, clique_vote, qbft_vote
from node.governance.values import Ballot, Rule

VECTORS = Path(__file__).resolve().parents[2] / "vectors" / "qbft"
SUBJECT = "0x" + "ab" * 20
ALL, NONE = "0x" + "ff" * 8, "0x" + "00" * 8


def clique(miner: str, nonce: str, block_hash: str = "0x01") -> dict[str, Any]:
    return {"hash": block_hash, "miner": miner, "nonce": nonce}


def sealed(sealer: str, block_hash: str = "0x01") -> Sealed:
    return Sealed(1, block_hash, 0, sealer, sealer)


@pytest.mark.parametrize(
    ("miner", "nonce", "expected"),
    [
        (SUBJECT.upper().replace("X", "x"), ALL, (SUBJECT, True)),
        (SUBJECT, NONE, (SUBJECT, False)),
        ("0x" + "00" * 20, NONE, None),
        (SUBJECT, "0x" + "0f" * 8, None),
    ],
)
def test_a_clique_header_votes_by_its_miner_and_nonce(
    miner: str, nonce: str, expected: tuple[str, bool] | None
) -> None:
    assert clique_vote(clique(miner, nonce)) == expected


@pytest.mark.parametrize("path", sorted(VECTORS.glob("header-*.json")), ids=lambda path: path.stem)
def test_a_header_of_besu_votes_as_was_recorded(path: Path) -> None:
    recorded = json.loads(path.read_text(encoding="utf-8"))
    vote = recorded["decoded"].get("vote")
    expected = (vote["recipient"], vote["type"] == "0xff") if vote else None
    assert qbft_vote(recorded["block"]) == expected


@pytest.mark.parametrize("extra", ["0x", "0xc0", "0x00", "0xc3010203"])
def test_extra_data_of_another_shape_is_no_vote(extra: str) -> None:
    assert qbft_vote({"extraData": extra}) is None


def test_of_each_voter_the_newest_vote_on_a_subject_counts_and_blocks_that_went_away_do_not() -> None:
    blocks = [sealed("0xa", "0x01"), sealed("0xa", "0x02"), sealed("0xb", "0x03"), sealed("0xc", "0x04")]
    headers = [clique(SUBJECT, ALL, "0x01"), clique(SUBJECT, NONE, "0x02"), clique(SUBJECT, ALL, "0x99"), None]
    assert ballots(Rule.CLIQUE, blocks, headers) == {Ballot("0xa", SUBJECT, admit=False)}
