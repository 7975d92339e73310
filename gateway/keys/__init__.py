"""The centre's keys: encrypted key files, what is derived from them, and who may use which.

`KeyRing` is the way in. The hierarchy and what each key is worth to a thief: docs/decisions/0040-key-hierarchy.md.
"""
