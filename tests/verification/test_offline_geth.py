"""With no network: blocks that geth's own Clique made (its digest, its signature, its checkpoints) are followed."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import rlp
from sealing import Validator, addresses, clique_genesis, number

from gateway.domain.header import Header
from gateway.domain.seals import Consensus, clique_listed
from gateway.domain.validators import Eras, NotLawful
from gateway.verification.offline import Trust
from gateway.verification.offline.errors import NotFinal, OtherOrder, OtherValidators
from gateway.verification.offline.finality import final_header

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
from prehistory import Past, PastBlock, seal

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = pytest.mark.network
BEGIN, BLOCKS, EPOCH, LIMIT = 1_700_000_000, 23, 5, 30_000_000
FORKS = (
    "homesteadBlock", "eip150Block", "eip155Block", "eip158Block", "byzantiumBlock", "constantinopleBlock",
    "petersburgBlock", "istanbulBlock", "berlinBlock",
)  # fmt: skip


def sealed_by_geth(count: int, folder: Path) -> list[Header]:
    """The first block of so many signers, and those that geth's code makes after it."""
    members, keys = [Validator.of(at) for at in range(count)], []
    for at, member in enumerate(members):
        keys.append(folder / f"{at}.key")
        keys[-1].write_text(hashlib.sha256(repr(at).encode()).hexdigest())
        assert member.key.to_hex() == keys[-1].read_text()
    begin = clique_genesis(members, BEGIN)
    begin = Header((*begin.parts[:9], number(LIMIT), *begin.parts[10:]))
    genesis = {
        "config": {"chainId": 20_260, **dict.fromkeys(FORKS, 0), "clique": {"period": 1, "epoch": EPOCH}},
        "timestamp": hex(BEGIN), "extraData": "0x" + begin.extra.hex(), "gasLimit": hex(LIMIT), "difficulty": "0x1",
        "alloc": {},
    }  # fmt: skip
    (folder / "genesis.json").write_text(json.dumps(genesis))
    past = Past(BEGIN, tuple(PastBlock(at, BEGIN + 2 * at, ()) for at in range(1, BLOCKS + 1)))
    seal(past, folder / "genesis.json", keys, folder / "chain.rlp")
    data, headers, at = (folder / "chain.rlp").read_bytes(), [begin], 0
    while at < len(data):
        block, _, at = rlp.codec.consume_item(data, at)
        headers.append(Header.of_rlp(rlp.encode(block[0])))
    return headers


def trusting(headers: Sequence[Header], **changes: Any) -> Trust:  # noqa: ANN401
    eras = Eras(headers[0])
    for header in headers[1:]:
        eras.follow(header)
    plain: dict[str, Any] = {"eras": tuple(eras.found), "confirmations": 3}
    return Trust(
        network="geth", chain_id=20_260, genesis=headers[0].hash, consensus=Consensus.CLIQUE, contracts=(),
        expires=2**33, **(plain | changes),
    )  # fmt: skip


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7])
def test_blocks_of_geths_own_making_are_followed_and_final(count: int, tmp_path: Path) -> None:
    headers = sealed_by_geth(count, tmp_path)
    assert len(headers) == BLOCKS + 1
    signers = tuple(addresses([Validator.of(at) for at in range(count)]))
    assert [clique_listed(header) for header in headers[1:]] == [
        signers if at % EPOCH == 0 else () for at in range(1, BLOCKS + 1)
    ]
    trust = trusting(headers)
    assert trust.validators == signers
    for at in range(1, BLOCKS - 5):
        shown = headers[at : at + 1 + max(3, count // 2 + 1)]
        assert final_header(shown, trust, shown[0].time + 9, 30) is shown[0]
        with pytest.raises(NotFinal):
            final_header(shown[:-1], trust, shown[0].time + 9, 30)
        with pytest.raises(NotLawful):
            final_header([*shown[:1], *shown[2:], *headers[1:2]], trust, shown[0].time + 9, 30)


def test_a_set_of_another_size_finds_geths_blocks_in_another_order_and_calls_them_nothing_worse(tmp_path: Path) -> None:
    headers = sealed_by_geth(4, tmp_path)
    trust = trusting(headers)
    [era] = trust.eras
    for at in range(1, 9):
        shown = headers[at : at + 6]
        for validators in (era.validators[:-1], tuple(sorted((*era.validators, b"\x77" * 20)))):
            other = trusting(headers, eras=(type(era)(0, bytes(32), validators),))
            with pytest.raises((OtherValidators, OtherOrder)):
                final_header(shown, other, shown[0].time + 9, 30)
