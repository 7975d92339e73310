"""The IPFS daemon of one province: Kubo in a private swarm, its configuration, its start, how it is.

kubo = kubo_of(description, local, layout)
kubo.render()                        # the repository's files; again at any time
command = kubo.command()             # argv, environment and folder, for whoever supervises it
kubo.ready()                         # waits until it answers, and connects it to the others
kubo.status().peers
"""

from __future__ import annotations

from node.ipfs.errors import KuboMissingError, KuboNotReadyError, KuboSecretError, KuboVersionError
from node.ipfs.kubo import Command, Kubo, KuboStatus
from node.ipfs.place import KuboPlace, SwarmPeer, kubo_of

__all__ = [
    "Command",
    "Kubo",
    "KuboMissingError",
    "KuboNotReadyError",
    "KuboPlace",
    "KuboSecretError",
    "KuboStatus",
    "KuboVersionError",
    "SwarmPeer",
    "kubo_of",
]
