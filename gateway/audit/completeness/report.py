"""An answer as it is shown: one JSON document, with every finding as data and in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.audit.completeness.words import VERDICTS, finding_words, subject_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.audit.completeness.values import Result
    from node.client.deployment import Province


def report(result: Result, provinces: Mapping[int, Province]) -> dict[str, Any]:
    """Return the document: verdict, block, witnesses, heads and findings (docs/audit.md has the table)."""
    verdict, block = VERDICTS[result.verdict], result.block
    return {
        "verdict": result.verdict.value,
        "zh": verdict.zh,
        "en": verdict.en,
        "node": result.node,
        "chainId": result.chain_id,
        "block": None
        if block is None
        else {"number": block.number, "hash": "0x" + block.hash.hex(), "time": block.time},
        "witnesses": [one.to_json() for one in result.witnesses],
        "events": result.events,
        "findings": [
            {**finding.to_json(), "zh": words.zh, "en": words.en}
            for finding in result.findings
            for words in (finding_words(finding, provinces),)
        ],
        "furtherFindings": result.more,
        "heads": [
            {**head.to_json(), "zh": words.zh, "en": words.en}
            for head in result.heads
            for words in (subject_words(head.subject, provinces),)
        ],
        "problem": None if result.problem is None else result.problem.to_json(),
        "seconds": result.seconds,
    }
