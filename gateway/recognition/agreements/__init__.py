"""Agreements: files that people write, checked, explained, proposed; how they stand on the chain."""
