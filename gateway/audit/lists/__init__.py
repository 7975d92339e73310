"""Transfers as tables and files."""
