"""What must hold after every fault: one chain, each credential and claim once, equal heads, no gap, all kept.

before = others(stage, work)
…
assert_sound(stage, work, before)
"""

from __future__ import annotations

import urllib.request
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from anchored import events
from copies import database, documents_kept
from real_member import moving
from sqlalchemy import text
from stage import fetch
from trading import LEDGER, hash_of

from gateway.domain.manifest import check_manifest, cid_of

if TYPE_CHECKING:
    from meanwhile import Work
    from real_stage import RealStage
    from stage import Centre

SECONDS = 240.0
"""How long a network may take to be well again."""


@dataclass(frozen=True, slots=True)
class Others:
    """What is on the chain and not of this work: how many leaves, and the leaves that transfers were asked for."""

    leaves: int
    asked: Counter[str]


def others(stage: RealStage, work: Work) -> Others:
    """What other tests have left on the chain."""
    leaves = sum(said["leafCount"] for said in events(stage, "Anchored"))
    return Others(leaves - work.rows, _asked(stage) - Counter(hash_of(paper) for paper in work.papers))


def assert_sound(stage: RealStage, work: Work, before: Others) -> None:
    """Finish the work, and find everything on the chain exactly once, and the same at every gateway."""
    moving(stage.members.values())
    work.finish()
    block = agreed(stage)
    for centre in stage.centres.values():
        centre.wait_until_indexed(block, SECONDS)
    leaves = anchored(stage)
    assert len(leaves) == work.rows + before.leaves
    assert len(set(leaves)) == len(leaves)
    _claims_used_once(stage, work, before)
    heads = {centre.home.slug: heads_of(centre) for centre in stage.centres.values()}
    assert len({tuple(sorted(one.items())) for one in heads.values()}) == 1, heads
    _complete(stage)
    documents_kept(stage, SECONDS)


def agreed(stage: RealStage) -> int:
    """The newest block that is final at every node; all have the same one there."""
    final = min(member.head().number for member in stage.members.values()) - 3
    assert len({member.block(final).hash for member in stage.members.values()}) == 1
    return final


def issued_by(stage: RealStage, province: int) -> int:
    """How many leaves a province has anchored, by the events that the first member's node tells."""
    return sum(said["leafCount"] for said in events(stage, "Anchored") if said["province"] == province)


def anchored(stage: RealStage) -> list[bytes]:
    """Every leaf anchored by anybody, from events and from the manifests that some gateway gives."""
    found: list[bytes] = []
    for said in events(stage, "Anchored"):
        content = manifest_bytes(stage, cid_of(said["manifest"]))
        manifest = check_manifest(content, digest=said["manifest"], root=said["root"], count=said["leafCount"])
        found += manifest.tree.leaves
    return found


def manifest_bytes(stage: RealStage, cid: str) -> bytes:
    """A manifest, of the first gateway that has it."""
    for centre in stage.centres.values():
        try:
            with urllib.request.urlopen(f"{centre.url}/v1/blobs/{cid}", timeout=30) as answer:  # noqa: S310 - ours
                content: bytes = answer.read()
                return content
        except OSError:
            continue
    raise AssertionError(f"no gateway has {cid}")


def heads_of(centre: Centre) -> dict[tuple[bytes, int], tuple[bytes, int]]:
    """By contract and subject, the head that a gateway has come to, and how many events led there."""
    with database(centre) as connection:
        rows = connection.execute(text("SELECT contract, subject, head, sequence FROM contract_heads"))
        return {(bytes(row[0]), row[1]): (bytes(row[2]), row[3]) for row in rows}


def _claims_used_once(stage: RealStage, work: Work, before: Others) -> None:
    assert _asked(stage) - before.asked == Counter(hash_of(paper) for paper in work.papers)
    accepted = events(stage, "TransferAccepted", LEDGER)
    numbers = [(said["source"], said["target"], said["number"]) for said in accepted]
    assert len(numbers) == len(set(numbers)) >= len(work.papers)


def _asked(stage: RealStage) -> Counter[str]:
    return Counter("0x" + said["details"].leaf.hex() for said in events(stage, "TransferRequested", LEDGER))


def _complete(stage: RealStage) -> None:
    """The office proves, by one node and with the others as witnesses, that no event is lacking or altered."""
    first, *others = stage.members.values()
    words = [word for member in others for word in ("--witness", member.rpc_url)]
    told = stage.office.run("audit", "completeness", "--rpc", first.rpc_url, *words, "--json", ok=(0, 1, 2)).json
    assert told["verdict"] == "complete", told


def readiness(centre: Centre) -> Any:  # noqa: ANN401 - JSON
    """What /readyz tells."""
    return fetch(f"{centre.url}/readyz")[1]
