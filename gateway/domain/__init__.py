"""The pure, immutable core: what a credential, a leaf, a tree and a verdict are.

Nothing here reads a file of its own accord, a clock, a setting or the network: time comes in as an
argument, bytes go in and bytes come out. The package imports nothing of ``gateway`` but itself.
"""
