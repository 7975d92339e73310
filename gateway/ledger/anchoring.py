"""Anchoring by the outbox: the transaction, and how an anchor that is there already is recognised as our own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gateway.ledger.outbox import Intent
from gateway.ledger.reader import CREDENTIALS, ChainReader, institution_word
from gateway.ledger.settlement import Adoption
from gateway.ledger.succession import bound_to
from node.client.abi import encode_call, event_topic
from node.client.artifact import load

if TYPE_CHECKING:
    from collections.abc import Mapping

KIND = "anchor"


@dataclass(frozen=True, slots=True)
class AnchorTerms:
    """What is anchored and by whom it was approved.

    Attributes:
        institution: 18 characters; root, manifest: 32 bytes (the manifest's sha256); leaf_count: 1 to 32,768.
        deadline: of the officer's approval, seconds.
        signatures: theirs (65 bytes, EIP-712) by the CredentialRegistry (20 bytes) that each is for: the one in force
            first, then one that is to succeed it, where that is scheduled.
    """

    institution: str
    root: bytes
    manifest: bytes
    leaf_count: int
    deadline: int
    signatures: tuple[tuple[bytes, bytes], ...]


def anchor_intent(terms: AnchorTerms, batch_id: int) -> Intent:
    """Return the transaction that anchors a batch; `batch_id` is this gateway's own number of it."""
    batch = (institution_word(terms.institution), terms.root, terms.manifest, terms.leaf_count)
    (target, call), *later = [
        (registry, encode_call(load(CREDENTIALS), "anchor", batch, (terms.deadline, signature)))
        for registry, signature in terms.signatures
    ]
    return Intent(
        kind=KIND,
        dedupe_key=f"{KIND}:{terms.institution}:{terms.root.hex()}",
        target=target,
        call=call,
        payload=bound_to(dict(later))
        | {
            "batch": batch_id,
            "institution": terms.institution,
            "root": terms.root.hex(),
            "manifest": terms.manifest.hex(),
        },
    )


class AnchoredByUs:
    """An `Adopter`: a refused anchor succeeded if the chain holds that very batch, anchored by this province."""

    def __init__(self, reader: ChainReader, province: int) -> None:
        """Look through `reader` for anchors of `province`."""
        self._reader = reader
        self._province = province

    def __call__(self, payload: Mapping[str, Any]) -> Adoption | None:
        """Return where the batch was anchored by us, None where it was not.

        Raises:
            ChainUnavailable: no answer.
        """
        institution, root = payload["institution"], bytes.fromhex(payload["root"])
        [anchor] = self._reader.anchors([(institution, root)], self._reader.final_block())
        if anchor is None or anchor.province != self._province or anchor.manifest.hex() != payload["manifest"]:
            return None
        return self._find(institution, root)

    def _find(self, institution: str, root: bytes) -> Adoption | None:
        calls = self._reader.calls
        topics = [
            event_topic(load(CREDENTIALS), "Anchored"),
            "0x" + self._province.to_bytes(32, "big").hex(),
            "0x" + institution_word(institution).hex(),
            "0x" + root.hex(),
        ]
        registries = list(calls.listing().ever(CREDENTIALS))  # a successor knows of an anchor that it never logged
        wanted = {"address": registries, "fromBlock": hex(calls.deployment.block), "topics": topics}
        logs = calls.request("eth_getLogs", wanted)
        if not logs:
            return None
        return Adoption(int(logs[0]["blockNumber"], 16), bytes.fromhex(logs[0]["transactionHash"][2:]))
