"""Transfers: asking, the inbox, verifying and deciding, what runs out."""
