"""The record of one verification: which steps passed, which decided, and the verdict that follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.domain.verdict import Kind, Reason, Source, Step, StepReport, StepState, Verdict, report_steps

if TYPE_CHECKING:
    from gateway.domain.errors import HurenError
    from gateway.verification.ports import View


class Examination:
    """Collects steps; ends in exactly one verdict."""

    __slots__ = ("_done", "_extra", "_view")

    def __init__(self) -> None:
        """Begin with no step done."""
        self._done: dict[Step, StepReport] = {}
        self._extra: dict[str, Any] = {}
        self._view: View | None = None

    def see(self, view: View) -> None:
        """The ledger as the rest of the steps see it."""
        self._view = view

    def know(self, **extra: Any) -> None:  # noqa: ANN401 - members of Verdict, whose types it checks
        """What the verdict tells besides (leaf, batches, status, facts_compared)."""
        self._extra.update(extra)

    @property
    def reached(self) -> Step:
        """The first step of which nothing is said yet."""
        return next(step for step in Step if step not in self._done)

    def passed(self, step: Step, note: Reason | None = None) -> None:
        """A step that went well."""
        self._done[step] = StepReport(step, StepState.PASSED, note)

    def not_applicable(self, step: Step, note: Reason) -> None:
        """A step that this paper does not call for."""
        self._done[step] = StepReport(step, StepState.NOT_APPLICABLE, note)

    def against(self, step: Step, kind: Kind, error: HurenError) -> Verdict:
        """The verdict of a step that decided against the credential."""
        reason = Reason.of(error)
        self._done[step] = StepReport(step, StepState.FAILED, reason)
        return self._verdict(kind, reason)

    def cannot(self, step: Step, error: HurenError) -> Verdict:
        """The verdict where a step could not be done: nothing follows about the credential."""
        reason = Reason.of(error)
        self._done[step] = StepReport(step, StepState.NOT_DONE, reason)
        return self._verdict(Kind.CANNOT_CHECK, reason)

    def favourable(self, kind: Kind) -> Verdict:
        """The verdict where every step that was called for went well."""
        return self._verdict(kind, None)

    def _verdict(self, kind: Kind, reason: Reason | None) -> Verdict:
        view = self._view
        return Verdict(
            kind=kind,
            steps=report_steps(self._done),
            source=Source.NONE if view is None else view.source,
            reason=reason,
            block=None if view is None else view.block.number,
            block_time=None if view is None else view.block.time,
            **self._extra,
        )
