"""How a gateway or an operator's tool speaks to the chain: JSON-RPC, compiled contracts, deployment file, keystores.

The one part of `node` that `gateway` imports. Addresses are lower-case ``0x`` hex strings everywhere in here, hashes
and ``bytesN`` are :class:`bytes`, times are seconds since 1970 (UTC).
"""
