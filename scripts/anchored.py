"""Counting on the chain: the leaves each province anchored, from events and manifests, never from a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.documents.blobs import FolderStore
from gateway.domain.manifest import check_manifest, cid_of
from node.client.abi import decode_log, event_topic
from node.client.artifact import load
from node.client.deployment import Deployment
from node.client.rpc import JsonRpc

if TYPE_CHECKING:
    from stage import Stage

REGISTRY = "CredentialRegistry"


def anchored_leaves(stage: Stage) -> dict[int, list[bytes]]:
    """Every leaf anchored by each province; each manifest is checked against its anchor."""
    deployment = Deployment.load(stage.network / "deployment.json")
    artifact = load(REGISTRY)
    with JsonRpc(stage.rpc_url) as rpc:
        logs = rpc.call(
            "eth_getLogs",
            {
                "address": deployment.address(REGISTRY),
                "fromBlock": hex(deployment.block),
                "toBlock": "latest",
                "topics": [event_topic(artifact, "Anchored")],
            },
        )
    found: dict[int, list[bytes]] = {province: [] for province in stage.centres}
    for log in logs:
        said = decode_log(artifact, log).args
        store = FolderStore(stage.centres[said["province"]].data / "blobs")
        manifest = check_manifest(
            store.get(cid_of(said["manifest"])), digest=said["manifest"], root=said["root"], count=said["leafCount"]
        )
        found[said["province"]].extend(manifest.tree.leaves)
    return found
