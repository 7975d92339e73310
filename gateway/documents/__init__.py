"""Blobs by digest: the folder or the IPFS daemon they lie in, the provinces they come from, packs of sealed documents.

Nothing here is trusted: a blob's name is the digest of its bytes, and every byte is checked whenever it is read.
"""
