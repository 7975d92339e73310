"""Issuance: from a centre's roster to anchored certificates, exactly once.

``service.issue`` is the way in. The stages, each in a module of its own: read (``roster``),
validate, sign in worker processes, batch, approve, store, queue for anchoring, export.
"""
