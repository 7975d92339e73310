"""Transfers drawn by a later block, which the centres open to the office."""
