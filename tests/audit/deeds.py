"""Deeds at the contracts themselves, by the accounts that may do them: what the regional office then reads about.

Nothing here goes through the commands of the centres, so that the office's tests stand on the law alone.
"""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ground import AGREEMENT, SOURCE, TARGET, Ground
from ledger_world import ANHUI, DAY, SHANGHAI, ZHEJIANG, Batch, World, account

from gateway.documents.blobs import FolderStore
from gateway.domain.civil_time import day_of
from gateway.domain.claims import outcome_word
from gateway.domain.hashing import keccak256
from gateway.domain.identifiers import institution_word
from gateway.domain.leaf import Facts, Opening, fact_digests, facts_hash, leaf_hash, open_facts
from gateway.domain.manifest import manifest_of
from gateway.domain.tree import MerkleTree
from gateway.ledger.superseding import CLAIM_MASK, ProvenClaim
from gateway.recognition.transfers.values import Details
from node.client.abi import decode_log
from node.client.artifact import load

if TYPE_CHECKING:
    from pathlib import Path

PROGRAMME = outcome_word("ZJ-ACC-2026")
MASK = 0b0111111
_NUMBERS = itertools.count(1)


def ready(ground: Ground, capture: Any) -> None:  # noqa: ANN401 - of pytest
    """The agreement in force, the programme declared, the officers three days in office."""
    ground.lend(capture)
    if not ground.agreement:
        ground.agree(capture)
        ground.pass_days(8)
        officer = account(TARGET, "officer")
        ground.law.transact(officer, "ClaimBook", "declareProgramme", institution_word(TARGET), PROGRAMME, 2, 40)


@dataclass(frozen=True)
class Made:
    """A leaf made for a test, with all that opens it."""

    leaf: bytes
    commitment: bytes
    facts: Facts
    salt: bytes
    root: bytes
    proof: tuple[bytes, ...]

    def opening(self, mask: int) -> Opening:
        return open_facts(self.commitment, institution_word(SOURCE), self.facts, self.salt, mask)


@dataclass
class Deeds:
    """Between Shanghai and Zhejiang on the ground of tests/recognition."""

    ground: Ground
    blobs: Path
    details: dict[str, Details] = field(default_factory=dict)

    @property
    def law(self) -> World:
        return self.ground.law

    def propose_more(self) -> str:
        """Another agreement of the same provinces, approved by both; its id."""
        ground, path = self.ground, self.ground.shanghai.folder / "agreement.yaml"
        today, day = day_of(self.law.now), dt.timedelta(days=1)
        text = AGREEMENT.format(begin=today, end=today + 900 * day, by=today + 60 * day)
        path.write_text(text.replace("ratio: 3/4", "ratio: 1/2"))
        told = ground.shanghai.huren("agreement", "propose", str(path), "--yes", *ground.shanghai.by("law"))
        for centre in (ground.shanghai, ground.zhejiang):
            centre.huren("agreement", "approve", str(told["agreement"]), "--yes", *centre.by("admin", "law"))
        return str(told["agreement"])

    def anchor(self, *claims: bytes) -> list[Made]:
        """Anchor a leaf a claim, attested by Anhui; the manifest lies in `blobs`."""
        word, made = institution_word(SOURCE), []
        for claim in claims:
            number = next(_NUMBERS)
            commitment, salt = keccak256(b"commitment %d" % number), keccak256(b"salt %d" % number)
            facts = Facts(outcome_word("SOU-ACC-101"), claim, 1, 5, 400, 16, 640)
            digest = facts_hash(fact_digests(salt, facts.words))
            made.append((leaf_hash(commitment, word, digest), commitment, digest, facts, salt))
        made.sort()
        tree = MerkleTree.of_sorted([one[0] for one in made])
        batch = Batch(SOURCE, [(one[1], one[2]) for one in made], manifest_of(tree))
        self.law.anchor(batch)
        pair = (word, batch.manifest.root)
        self.law.transact(self.law.operator(ANHUI), "CredentialRegistry", "attest", [pair])
        FolderStore(self.blobs).put(batch.manifest.data)
        return [
            Made(leaf, commitment, facts, salt, tree.root, tuple(tree.proof(leaf)))
            for leaf, commitment, _, facts, salt in made
        ]

    def supersede(self, old: Made, new: Made) -> None:
        both = [ProvenClaim(one.leaf, one.root, one.opening(CLAIM_MASK), one.proof).arguments() for one in (old, new)]
        self.law.transact(self.law.operator(SHANGHAI), "CredentialRegistry", "supersede", *both[0], *both[1])

    def request(self, made: Made, *, rule: int = 1, programme: bytes = PROGRAMME, days: int = 60) -> str:
        agreement = bytes.fromhex(self.ground.agreement[2:])
        consent = keccak256(b"consent %d" % next(_NUMBERS))
        deadline = self.law.now + days * DAY
        application = (agreement, rule - 1, institution_word(TARGET), programme, bytes(32), consent, deadline)
        own = made.opening(MASK)
        opening = (own.commitment, own.institution, own.mask, list(own.values), list(own.salts), list(own.digests))
        operator = self.law.operator(SHANGHAI)
        self.law.transact(operator, "TransferLedger", "request", application, opening, made.root, list(made.proof))
        return self._requested()

    def _requested(self) -> str:
        address = self.law.deployment.address("TransferLedger")
        block = self.law.chain.call("eth_blockNumber")
        logs = self.law.chain.call("eth_getLogs", {"address": address, "fromBlock": block, "toBlock": block})
        event = decode_log(load("TransferLedger"), logs[-1])
        ref = "{source}-{target}-{number}".format(**event.args)
        self.details[ref] = Details(*event.args["details"])
        return ref

    def accept(self, ref: str, credits_hundredths: int = 300, enrolment: bytes = keccak256(b"student 1")) -> None:
        officer = account(TARGET, "officer")
        self.law.transact(officer, "TransferLedger", "accept", *self._named(ref), enrolment, credits_hundredths)

    def reject(self, ref: str, reason: int = 1) -> None:
        officer = account(TARGET, "officer")
        self.law.transact(officer, "TransferLedger", "reject", *self._named(ref), reason, keccak256(b"why"))

    def reverse(self, ref: str) -> None:
        for province in (SHANGHAI, ZHEJIANG):
            for role in ("operator", "admin"):
                self.law.transact(account(province, role), "TransferLedger", "reverse", *self._named(ref))

    def revoke(self, made: Made, status: int = 2, reason: int = 4) -> None:
        content = (made.commitment, facts_hash(fact_digests(made.salt, made.facts.words)))
        told = (institution_word(SOURCE), made.root, [content], list(made.proof), [False] * len(made.proof))
        self.law.transact(self.law.operator(SHANGHAI), "CredentialRegistry", "setStatus", *told, status, reason)

    def _named(self, ref: str) -> tuple[Any, Any]:
        return tuple(map(int, ref.split("-"))), self.details[ref].values
