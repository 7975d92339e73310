"""Kubo's configuration for a private swarm: the swarm and the API, and nothing that asks or tells the outside.

Kubo 0.39 (docs/config.md of that version). Everything that would look for peers, names, relays or updates elsewhere is
off; peers are known by name, and the swarm's key keeps all others out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from node.ipfs.place import multiaddress

if TYPE_CHECKING:
    from node.ipfs.place import KuboPlace

REPOSITORY_VERSION = "18\n"
"""Of a repository that Kubo 0.38 to 0.39 makes; a later program migrates it by itself."""
GATEWAY_PATHS = (
    "/api/v0/block/put",
    "/api/v0/block/get",
    "/api/v0/block/stat",
    "/api/v0/block/rm",
    "/api/v0/pin/add",
    "/api/v0/pin/ls",
    "/api/v0/pin/rm",
)
"""What a gateway may ask: its blobs, and nothing about the swarm or the daemon."""
OPERATOR_PATHS = (
    "/api/v0/id",
    "/api/v0/swarm/connect",
    "/api/v0/swarm/peers",
    "/api/v0/repo/stat",
    "/api/v0/pin/ls",
)
"""What the supervisor may ask."""
_SHARDS = "/repo/flatfs/shard/v1/next-to-last/2"
BLOCKS: dict[str, Any] = {"type": "flatfs", "path": "blocks", "shardFunc": _SHARDS, "mountpoint": "/blocks"}
RECORDS: dict[str, Any] = {"type": "levelds", "path": "datastore", "mountpoint": "/"}
DATASTORE = {"mounts": [BLOCKS, RECORDS], "type": "mount"}
"""What the repository's file datastore_spec says: the order of mounts is Kubo's."""


def configuration(
    place: KuboPlace, *, peer_id: str, private_key: str, gateway_token: str, operator_token: str
) -> dict[str, Any]:
    """Return the content of the file `config`; it holds secrets."""
    peers = [{"ID": peer.peer_id, "Addrs": [peer.address]} for peer in place.peers]
    return {
        "Identity": {"PeerID": peer_id, "PrivKey": private_key},
        "Addresses": {
            "Swarm": [multiaddress(place.listen, place.swarm_port)],
            "Announce": [],
            "AppendAnnounce": [],
            "NoAnnounce": [],
            "API": [f"/ip4/127.0.0.1/tcp/{place.api_port}"],
            "Gateway": [],
        },
        "API": {
            "HTTPHeaders": {},
            "Authorizations": {
                "gateway": {"AuthSecret": f"bearer:{gateway_token}", "AllowedPaths": list(GATEWAY_PATHS)},
                "operator": {"AuthSecret": f"bearer:{operator_token}", "AllowedPaths": list(OPERATOR_PATHS)},
            },
        },
        "Bootstrap": [],
        "Peering": {"Peers": peers},
        "Datastore": {
            # Every block is hashed when it is read: a damaged one is neither given to the gateway nor to a peer.
            "HashOnRead": True,
            # A block is written whether or not one of its name is there, or is remembered to be: so that mends it.
            "WriteThrough": True,
            "BlockKeyCacheSize": 0,
            "BloomFilterSize": 0,
            "GCPeriod": "1h",
            "StorageGCWatermark": 90,
            "StorageMax": "1TB",  # of no effect: the daemon runs without --enable-gc
            "Spec": {"type": "mount", "mounts": [{**BLOCKS, "sync": True}, {**RECORDS, "compression": "none"}]},
        },
        "AutoConf": {"Enabled": False},
        "AutoTLS": {"Enabled": False},
        "AutoNAT": {"ServiceMode": "disabled"},
        "DNS": {"Resolvers": {}},
        "Discovery": {"MDNS": {"Enabled": False}},
        "Ipns": {"DelegatedPublishers": []},
        "Provide": {"Enabled": False},
        "Routing": {"Type": "none", "DelegatedRouters": []},
        "Swarm": {
            "DisableNatPortMap": True,
            "EnableHolePunching": False,
            "RelayClient": {"Enabled": False},
            "RelayService": {"Enabled": False},
            "Transports": {
                "Network": {
                    "QUIC": False,
                    "WebTransport": False,
                    "WebRTCDirect": False,
                    "Websocket": False,
                    "Relay": False,
                }
            },
        },
        "Version": {"SwarmCheckEnabled": False},
    }
