"""Learners' accounts: opening and finding them in bulk, encrypted at rest, deleted by destroying a key.

`AccountBook` is the way in (gateway.accounts.service).
"""
