"""Counting on the chain: the leaves each province anchored, from events and manifests, never from a database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from gateway.documents.blobs import FolderStore
from gateway.domain.manifest import check_manifest, cid_of
from node.client.abi import decode_log, event_topic
from node.client.artifact import load
from node.client.deployment import Deployment
from node.client.directory import Directory
from node.client.rpc import JsonRpc

if TYPE_CHECKING:
    from pathlib import Path

    from stage import Stage

REGISTRY = "CredentialRegistry"


class Chain(Protocol):
    """A stage of one chain or of four nodes: the folder with its deployment.json, and where a node answers."""

    network: Path

    @property
    def rpc_url(self) -> str:
        """Where it is asked."""


def events(stage: Chain, name: str, contract: str = REGISTRY) -> list[dict[str, Any]]:
    """What every event ``name`` of a contract says, oldest first: of the one in force and of those before it."""
    deployment = Deployment.load(stage.network / "deployment.json")
    artifact = load(contract)
    with JsonRpc(stage.rpc_url) as rpc:
        listing, _ = Directory(rpc, deployment).read()
        logs = rpc.call(
            "eth_getLogs",
            {
                "address": listing.ever(contract),
                "fromBlock": hex(deployment.block),
                "toBlock": "latest",
                "topics": [event_topic(artifact, name)],
            },
        )
    return [decode_log(artifact, log).args for log in logs]


def anchors_of(stage: Chain, province: int) -> list[dict[str, Any]]:
    """What every anchor of a province says, oldest first."""
    return [said for said in events(stage, "Anchored") if said["province"] == province]


def anchored_leaves(stage: Stage) -> dict[int, list[bytes]]:
    """Every leaf anchored by each province; each manifest is checked against its anchor."""
    found: dict[int, list[bytes]] = {province: [] for province in stage.centres}
    for said in events(stage, "Anchored"):
        store = FolderStore(stage.centres[said["province"]].data / "blobs")
        manifest = check_manifest(
            store.get(cid_of(said["manifest"])), digest=said["manifest"], root=said["root"], count=said["leafCount"]
        )
        found[said["province"]].extend(manifest.tree.leaves)
    return found
