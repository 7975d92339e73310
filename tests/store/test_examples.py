"""The examples at the top of the modules run as they are written."""

from __future__ import annotations

import doctest
import importlib

import pytest


@pytest.mark.parametrize(
    "module",
    [
        "gateway.store.engine",
        "gateway.store.bulk",
        "gateway.store.leaves",
        "gateway.accounts.service",
        "gateway.accounts.vault",
        "gateway.keys.keyfile",
        "gateway.keys.secrets",
        "gateway.documents.blobs",
        "gateway.documents.packs",
    ],
)
def test_the_examples_of_a_module_run_as_written(module: str) -> None:
    failed, tried = doctest.testmod(importlib.import_module(module))
    assert tried > 0
    assert failed == 0
