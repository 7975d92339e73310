"""Backing up a gateway while it runs, restoring it elsewhere, and going on exactly once (docs/decisions/0281, 0282)."""
