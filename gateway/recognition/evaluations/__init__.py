"""Evaluations: the dossier for the panel, records, how they stand on the chain."""
