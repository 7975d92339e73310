"""Four real nodes, four Kubo daemons: anchors beside a bare loop, a roster's way to another province, catching up.

Everything is by the clock: what is measured goes through consensus, and most of its time is nobody's processor.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench_index import ASKED, sample
from bench_issuing import opened
from bench_rows import BenchError, Row, expect, less, more
from real_stage import RealStage
from synthetic_rosters import write_roster

from gateway.domain.manifest import manifest_of
from gateway.domain.tree import MerkleTree
from gateway.issuance.approval import KeyringApprover
from gateway.issuance.ports import BatchDraft
from gateway.ledger.anchoring import AnchorTerms, anchor_intent
from gateway.ledger.outbox import enqueue, submissions
from gateway.ledger.receipts import receipts
from gateway.ledger.transactions import chain_state, sign
from gateway.store.models import OutboxState
from node.client.rpc import JsonRpc

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from stage import Centre, Stage

    from gateway.bootstrap import Gateway
    from gateway.ledger.outbox import Intent

ISSUER, OTHER, NEW = 310000, 330000, 340000
_GAS = 400_000  # of an anchor by a bare loop, which asks nobody
_ALONE = 3
"""How often one anchor is sent alone, each way."""
_TURNS = 3
_SECONDS = 600.0
_POLL = 0.1


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many anchors, credentials of the roster that goes to another province, and credentials to catch up with."""

    anchors: int
    roster: int
    catching_up: int


def consortium_rows(folder: Path, sizes: Sizes, say: Callable[[str], None]) -> list[Row]:
    """The rows of a network of real processes.

    Raises:
        BenchError: something was not anchored, or not verifiable in the other province.
    """
    stage = RealStage(folder)
    try:
        say("four nodes, four Kubo daemons, and their past")
        stage.raise_network(_accredited)
        issuer, other, new = (stage.centres[province] for province in (ISSUER, OTHER, NEW))
        issuer.serve()
        other.serve()
        other.wait_until_indexed(stage.block(), _SECONDS)
        say(f"{sizes.roster:,} from a roster in Shanghai to verifiable in Zhejiang")
        seconds = _to_another_province(issuer, other, folder, sizes.roster, first=0)
        rate = sizes.roster / seconds
        rows = [less(f"{sizes.roster:,} from roster to verifiable elsewhere", seconds, _SECONDS, 1, "s by the clock")]
        more_rows = sizes.catching_up - sizes.roster
        if more_rows > 0:
            say(f"{more_rows:,} more")
            rate = more_rows / _to_another_province(issuer, other, folder, more_rows, first=sizes.roster)
        other.stop()
        _expect_held(other, sizes.catching_up)
        say("a new province catches up")
        caught = _catching_up(new, stage.block(), sizes.catching_up)
        rows.append(more(f"a new gateway catches up with {sizes.catching_up:,}", caught, rate, 5, "/s by the clock"))
        issuer.stop()
        with opened(issuer) as gateway:
            gateway.indexer(attesting=False).advance()
            say(f"{sizes.anchors:,} anchors by a bare loop, and by the outbox")
            # Last: batches of one leaf by the thousand are nothing that a newcomer has to catch up with.
            rows += _anchors(gateway, sizes.anchors)
        return rows
    finally:
        stage.close()


def _accredited(past: Stage) -> None:
    for province in (ISSUER, OTHER, NEW):
        past.centres[province].prepare()
    past.centres[ISSUER].accredit()
    past.node("advance", "--days", "29")


# --- anchors ----------------------------------------------------------------------------------------------------------


def _anchors(gateway: Gateway, count: int) -> list[Row]:
    """The same transactions, as fast as a loop gets them in and as the outbox does; and how long one alone takes."""
    bare = ours = _SECONDS
    for _ in range(_TURNS):  # by turns, so that whatever else the machine does weighs on both
        bare = min(bare, _by_a_bare_loop(gateway, _intents(gateway, count)))
        ours = min(ours, _by_the_outbox(gateway, _intents(gateway, count)))
    alone = min(_by_the_outbox(gateway, _intents(gateway, 1)) for _ in range(_ALONE))
    alone_bare = min(_by_a_bare_loop(gateway, _intents(gateway, 1)) for _ in range(_ALONE))
    return [
        more(f"{count:,} anchors to final on four nodes, beside a bare loop", count / ours, count / bare, 0.9, "/s"),
        less("one anchor to final, beside a bare loop", alone, alone_bare, 0.5, "s by the clock"),
    ]


def _intents(gateway: Gateway, count: int) -> list[Intent]:
    """Anchors of batches of one made-up leaf, each approved by the officer; others find their manifests here."""
    institution = gateway.keys.institutions()[0]
    approver = KeyringApprover(
        gateway.keys, gateway.deployment.chain_id, gateway.contracts.accepting, ask=lambda _: True
    )
    manifests = [manifest_of(MerkleTree.of([secrets.token_bytes(32)])) for _ in range(count)]
    gateway.blobs.put_many([manifest.data for manifest in manifests])
    made = []
    for number, manifest in enumerate(manifests):
        digest = hashlib.sha256(manifest.data).digest()
        approval = approver.approve(BatchDraft(institution, manifest.root, digest, 1, "bench", 1))
        terms = AnchorTerms(institution, manifest.root, digest, 1, approval.deadline, approval.signatures)
        made.append(anchor_intent(terms, -number - 1))
    return made


def _by_the_outbox(gateway: Gateway, intents: Sequence[Intent]) -> float:
    """Seconds from the commit of the outbox's entries to the last one's being final."""
    began = time.perf_counter()
    with gateway.database.write() as connection:
        ids = enqueue(connection, gateway.sender.address, intents, now=int(time.time()))
    gateway.sender.settle(ids, _SECONDS)
    seconds = time.perf_counter() - began
    with gateway.database.read() as connection:
        states = {entry.state for entry in submissions(connection, ids)}
    expect("states of the outbox's anchors", states, {OutboxState.FINAL})
    return seconds


def _by_a_bare_loop(gateway: Gateway, intents: Sequence[Intent]) -> float:
    """Seconds from the first eth_sendRawTransaction, one after another, to the last one's being final."""
    calls, account = gateway.calls, gateway.operator
    nonce = chain_state(calls, account.address).next_nonce
    signed = [
        sign(account, calls.deployment.chain_id, nonce + number, intent.target, intent.call, _GAS)
        for number, intent in enumerate(intents)
    ]
    with JsonRpc(gateway.settings.rpc_url) as rpc:
        began = time.perf_counter()
        for each in signed:
            rpc.call("eth_sendRawTransaction", "0x" + each.raw.hex())
        while (found := receipts(calls, [signed[-1].hash])[0]) is None or found.block > calls.final_block().number:
            if time.perf_counter() - began > _SECONDS:
                raise BenchError("the bare loop's transactions are not final")
            time.sleep(_POLL)
        seconds = time.perf_counter() - began
    ended = receipts(calls, [each.hash for each in signed])
    expect("anchors of the bare loop", sum(one is not None and one.succeeded for one in ended), len(intents))
    return seconds


# --- a roster's way to another province, and a newcomer's -------------------------------------------------------------


def _to_another_province(issuer: Centre, other: Centre, folder: Path, rows: int, *, first: int) -> float:
    """Seconds from the start of the command to the other province's gateway holding every credential of the roster."""
    path = folder / f"roster-{first}.csv"
    home = issuer.home
    write_roster(path, rows, province=home.province, institution=home.institution, seed=7, first=first)
    words = ("issue", str(path), "--yes", "--wait", "--wait-seconds", "1800", "--json")
    began = time.perf_counter()
    report = issuer.run(*words, timeout=3_000).json
    other.wait_until_indexed(max(anchor["block"] for anchor in report["anchors"]), _SECONDS)
    seconds = time.perf_counter() - began
    expect("rows issued", (report["issued"], report["errors"]), (rows, 0))
    path.unlink()
    return seconds


def _catching_up(new: Centre, block: int, leaves: int) -> float:
    """Leaves a second, from a gateway that knows nothing to one that holds all that were anchored up to ``block``."""
    began = time.perf_counter()
    new.serve()
    new.wait_until_indexed(block, 3 * _SECONDS)
    rate = leaves / (time.perf_counter() - began)
    new.stop()
    _expect_held(new, leaves)
    return rate


def _expect_held(centre: Centre, leaves: int) -> None:
    with opened(centre) as gateway:
        expect(f"leaves that {centre.home.slug} answers for", len(gateway.leaves), leaves)
        found = gateway.holdings.find_many(sample(gateway, ASKED))
    expect("of a sample found", sum(map(bool, found)), len(found))
