"""A certificate with evidence of finality, the state that proves it, whom to believe, and a clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proving import Ground

from gateway.domain.evidence import split
from gateway.domain.seals import Consensus
from gateway.domain.verdict import Kind, Step, StepState
from gateway.verification.offline import verify

if TYPE_CHECKING:
    from gateway.domain.evidence import Evidence
    from gateway.domain.verdict import Verdict

CLIQUE, QBFT = Consensus.CLIQUE, Consensus.QBFT
REGISTRY = bytes(range(20))
DAY = 86_400


class Paper:
    """A certificate, the state that proves it, a trust file and a clock."""

    def __init__(self, case: Any, consensus: Consensus = CLIQUE) -> None:  # noqa: ANN401 - of conftest
        self.case, self.consensus, self.now = case, consensus, case.now
        self.time = case.now - 5
        self.ground = Ground.of(case.live, REGISTRY)
        self.trust = self.ground.trust(consensus, case.now + 60 * DAY)

    def file(self, **changes: Any) -> bytes:  # noqa: ANN401 - a header's fields
        return self.ground.file(self.case.data, self.consensus, self.time, **changes)

    def evidence(self) -> Evidence:
        found = split(self.file())[1]
        assert found is not None
        return found

    def verdict(self, data: bytes | None = None, **more: Any) -> Verdict:  # noqa: ANN401
        return verify(self.file() if data is None else data, self.trust, now=self.now, **more)

    @property
    def pair(self) -> tuple[str, bytes]:
        [pair] = self.case.live.anchored
        return pair  # type: ignore[no-any-return]


def told(verdict: Verdict) -> tuple[Kind, Step | None, str | None]:
    return verdict.kind, verdict.failed_at, None if verdict.reason is None else verdict.reason.code


def cannot(verdict: Verdict, code: str) -> bool:
    """Nothing follows, and the fourth step says why."""
    step = verdict.steps[Step.ANCHORED - 1]
    noted = step.state is StepState.NOT_DONE and step.note is not None and step.note.code == code
    return noted and told(verdict) == (Kind.CANNOT_CHECK, None, code)
