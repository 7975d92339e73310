"""The check itself, in the steps that the package names."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import structlog

from gateway.audit.completeness.errors import HeaderTooOld, NodeBehind, NoWitnessAnswered, WitnessIsTheNode
from gateway.audit.completeness.examination import Examination
from gateway.audit.completeness.values import Finding, Result, SeenBlock, Verdict, WitnessSaid, Wrong
from gateway.audit.completeness.witnesses import Witness, final_header, is_same, opinion, shown
from gateway.domain.errors import HurenError, cause_of
from gateway.domain.hashing import hex0x
from gateway.ledger.errors import ChainUnavailable
from node.client.errors import NodeError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gateway.domain.header import Header
    from gateway.ledger.calls import ChainCalls

MAX_AGE: Final = 900
"""Seconds: how old the newest final block may be."""
MAX_BEHIND: Final = 3
"""Final blocks: how far a witness may be ahead."""
FINDINGS: Final = 1_000
"""Findings told at most."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How old the newest final block may be (seconds), and how far behind a witness' (blocks)."""

    max_age: int = MAX_AGE
    max_behind: int = MAX_BEHIND


class CompletenessCheck:
    """Checks one node."""

    def __init__(
        self,
        calls: ChainCalls,
        *,
        witnesses: Sequence[Witness] = (),
        bounds: Bounds = Bounds(),
        clock: Callable[[], float],
    ) -> None:
        """Check the node behind `calls`; hear `witnesses`. `clock` tells the time (seconds)."""
        self._calls = calls
        self._node = shown(calls.rpc.url)
        self._witnesses = witnesses
        self._bounds = bounds
        self._clock = clock

    def run(self) -> Result:
        """Return the answer. Nothing is raised that says something about the node: it is in the answer."""
        began = time.monotonic()
        try:
            result = self._checked()
        except (HurenError, NodeError) as error:
            problem = error if isinstance(error, HurenError) else ChainUnavailable(cause_of(error))
            result = self._result(Verdict.CANNOT_CHECK, problem=problem)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            # Answers come from whoever is audited: whatever is in them, it is an answer that cannot be used.
            log.exception("completeness.unusable_answer")
            result = self._result(Verdict.CANNOT_CHECK, problem=ChainUnavailable(cause_of(error)))
        return replace(result, seconds=round(time.monotonic() - began, 3))

    def _checked(self) -> Result:
        for witness in self._witnesses:
            if is_same(witness.calls.rpc.url, self._calls.rpc.url):
                raise WitnessIsTheNode(witness.url)
        # 1 the newest final header
        header = final_header(self._calls)
        if not header.is_as_said:
            why = f"{hex0x(header.said or b'')} != {hex0x(header.hash)}"
            wrong = Finding(what=Wrong.HEADER, block=header.number, evidence="header", why=why)
            return self._result(Verdict.ALTERED, findings=(wrong,))
        block = SeenBlock(header.number, header.hash, header.time)
        said = tuple(opinion(witness, header) for witness in self._witnesses)
        findings = [
            Finding(what=Wrong.CONTRADICTED, block=header.number, evidence=one.url)
            for one in said
            if one.agrees is False
        ]
        # 2 to 6
        examined = Examination(self._calls, header, self._agreeing(said))
        findings += examined.run()
        problem = self._doubt(header, said) or examined.problem
        return self._result(
            _verdict(findings, said, problem),
            block=block,
            witnesses=said,
            events=examined.events,
            heads=tuple(examined.heads),
            findings=tuple(findings[:FINDINGS]),
            more=max(len(findings) - FINDINGS, 0),
            problem=problem,
        )

    def _agreeing(self, said: Sequence[WitnessSaid]) -> list[Witness]:
        return [witness for witness, one in zip(self._witnesses, said, strict=True) if one.agrees]

    def _doubt(self, header: Header, said: Sequence[WitnessSaid]) -> HurenError | None:
        """Why nothing follows from events that agree with this block."""
        age = int(self._clock()) - header.time
        if age > self._bounds.max_age:
            return HeaderTooOld(age, bound=self._bounds.max_age)
        for one in said:
            if one.ahead > self._bounds.max_behind:
                return NodeBehind(one.ahead, witness=one.url, bound=self._bounds.max_behind)
        if said and not any(one.agrees for one in said):
            return NoWitnessAnswered(", ".join(one.url for one in said))
        return None

    def _result(self, verdict: Verdict, **more: object) -> Result:
        made = Result(verdict=verdict, node=self._node, chain_id=self._calls.deployment.chain_id)
        return replace(made, **more)  # type: ignore[arg-type]


def _verdict(findings: Sequence[Finding], said: Sequence[WitnessSaid], problem: HurenError | None) -> Verdict:
    """What was found goes before what could not be done: altered events are altered under an old block, too."""
    if findings:
        return Verdict.INCOMPLETE if all(one.what is Wrong.MISSING for one in findings) else Verdict.ALTERED
    if problem is not None:
        return Verdict.CANNOT_CHECK
    return Verdict.COMPLETE if said else Verdict.CONSISTENT
