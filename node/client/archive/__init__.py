"""Backups: folders of files sealed to public keys, whole or not at all, every byte checked before anything is believed.

    contents = write(path, recipients, "gateway", facts, sources)
    contents = verify(path, secret)
    contents = restore(path, secret, into, "gateway")

The one container that `huren backup` and `huren-node backup` make and read (docs/decisions/0280).
"""
