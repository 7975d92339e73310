"""Rosters as centres send them: reading, cleaning, judging every row, and the corrected file.

A roster is a table, one awarded learning outcome a row, in CSV or XLSX; ``docs/roster.md`` is its
description for the people who write one.
"""
