"""Blobs by digest: the folder they lie in, the peers they come from, and packs of encrypted documents.

Nothing here is trusted: a blob's name is the digest of its bytes, and every byte is checked whenever it is read.
"""
