"""Every table says what it holds of learners; what it holds is in the learner's export."""

from __future__ import annotations

import re

from gateway.statements.export import COLLECTORS
from gateway.store.models import Base
from gateway.store.personal import ABOUT_LEARNERS, NOT_ABOUT

TABLES = Base.metadata.tables
TELLING = {"learner_id", "leaf", "claim", "commitment", "replaced"}
"""Columns by which a row is about one learner."""


def test_every_table_stands_in_one_of_the_two_lists() -> None:
    lacking = set(TABLES) - ABOUT_LEARNERS.keys() - NOT_ABOUT.keys()
    assert not lacking, f"say in gateway/store/personal.py what these hold of learners: {sorted(lacking)}"
    assert not ABOUT_LEARNERS.keys() & NOT_ABOUT.keys()
    assert (ABOUT_LEARNERS.keys() | NOT_ABOUT.keys()) <= set(TABLES), "tables that are no more"


def test_every_table_about_learners_is_collected_by_the_export() -> None:
    assert COLLECTORS.keys() == ABOUT_LEARNERS.keys()


def test_no_table_with_a_learners_key_passes_for_one_about_nobody() -> None:
    for name, table in TABLES.items():
        refers = {key.column.table.name for column in table.columns for key in column.foreign_keys}
        if "learners" in refers or TELLING & set(table.columns.keys()):
            assert name in ABOUT_LEARNERS, name


def test_what_a_table_holds_and_why_another_holds_nothing_is_said() -> None:
    for said in ABOUT_LEARNERS.values():
        assert re.search(r"[\u4e00-\u9fff]", said.zh)
        assert said.en
    assert all(len(why) > 20 for why in NOT_ABOUT.values())
