"""Proves that the code on the chain is the code of these sources."""

from __future__ import annotations
