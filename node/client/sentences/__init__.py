"""The sentence for each error of the contracts: name → (Chinese, English), with the error's values in braces."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from node.client.sentences.agreements import AGREEMENTS
from node.client.sentences.consortium import CONSORTIUM
from node.client.sentences.evaluations import EVALUATIONS
from node.client.sentences.registries import REGISTRIES
from node.client.sentences.transfers import TRANSFERS

if TYPE_CHECKING:
    from collections.abc import Mapping

SENTENCES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {**CONSORTIUM, **REGISTRIES, **EVALUATIONS, **AGREEMENTS, **TRANSFERS}
)
