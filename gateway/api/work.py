"""What the routes ask of those who work on transfers: each method is one service's call, and what it waits for."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gateway.api.held import WAITS_FOR_OFFICER, WAITS_FOR_OPERATOR, HeldKeys
from gateway.domain.errors import AGAINST, HurenError, Said
from gateway.domain.hashing import hex0x
from gateway.domain.receipt import Certificate
from gateway.ledger.errors import ChainUnavailable, NotSettled, SenderBusy
from gateway.ledger.outbox import enqueue
from gateway.recognition.letters.contents import Topic
from gateway.recognition.transfers.errors import AppealFiled
from gateway.recognition.transfers.request import appeal_of, cancellation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.bootstrap import Gateway
    from gateway.ledger.outbox import Intent
    from gateway.recognition.applications.service import ApplicationService
    from gateway.recognition.applications.values import Application, Wish
    from gateway.recognition.transfers.decisions import Wish as Decision
    from gateway.recognition.transfers.inbox import Opened, Waiting
    from gateway.recognition.transfers.values import Ref

SETTLE_SECONDS: Final = 10.0
"""How long a request waits for an officer's transaction; what takes longer is told as under way."""


class NotIssuedHere(HurenError):
    """A credential that this centre did not issue, or whose learner is deleted."""

    code = "transfer.not_ours"
    exit_code = AGAINST
    zh = "本中心没有签发过 {value}，或其学习者已注销"
    en = "this centre did not issue {value}, or its learner was deleted"
    hint_zh = "请由签发的中心申请"
    hint_en = "the centre that issued it applies"


class RefusedOnChain(HurenError):
    """The contract refused, and said why."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        """Take the refusal as the outbox keeps it."""
        super().__init__(told.get("code"))
        self._told = dict(told)
        self.code = str(told.get("code"))  # type: ignore[misc]

    def message(self, language: str = "en") -> str:
        """The refusal in words."""
        return str(self._told.get(language, ""))

    def to_json(self) -> dict[str, str]:
        """The refusal as it was kept."""
        return {name: str(value) for name, value in self._told.items()}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a request: done, or ``waits_for`` somebody, whose ``call`` it may be."""

    told: dict[str, Any]
    waits_for: Said | None = None
    call: dict[str, Any] | None = None

    @property
    def done(self) -> bool:
        """Whether nothing is left to wait for."""
        return self.waits_for is None

    def to_json(self) -> dict[str, Any]:
        """The form that is answered."""
        waits = None if self.waits_for is None else {"zh": self.waits_for.zh, "en": self.waits_for.en}
        return {**self.told, "waitsFor": waits, "call": self.call}


_QUEUED: Final = Said("交易已排队，等待上链确认", "it is queued: the chain has to confirm it")


class TransferWork:
    """The services of one gateway."""

    def __init__(self, gateway: Gateway, held: HeldKeys) -> None:
        """Take the gateway and what it may open."""
        self._gateway = gateway
        self._held = held

    @property
    def applications(self) -> ApplicationService:
        """The applications of this centre."""
        return self._gateway.recognition.applications

    def certificate(self, leaf: bytes) -> Certificate:
        """A certificate that this centre issued, whole.

        Raises:
            KeyNotHeld: it cannot be opened here.
            NotIssuedHere: there is none.
        """
        self._held.need_master()
        gateway = self._gateway
        for held in gateway.holdings.find(leaf):
            row = gateway.records.at(held.institution, held.root, held.position)
            content = None if row is None else gateway.exporter.many([row]).get(leaf)
            if content is not None:
                return Certificate.parse(content)
        raise NotIssuedHere(hex0x(leaf))

    def apply(self, wish: Wish, by: str) -> Application:
        """Enter an application; the same that is under way is returned. Raises: what is wrong with it."""
        [found] = self.applications.apply([wish], by=by)
        if isinstance(found, HurenError):
            raise found
        return found

    def confirm(self, number: int, by: str) -> Outcome:
        """Confirm an application, which asks the chain. Raises: what is wrong with it."""
        if not self._held.operator:
            return Outcome(self.applications.find(number).to_json(), WAITS_FOR_OPERATOR)
        self._held.need_master()
        [found] = self.applications.confirm([number], by=by)
        if isinstance(found, HurenError):
            raise found
        return Outcome(found.to_json(), None if found.transfer is not None else _QUEUED)

    def waiting(self, institution: str | None) -> list[Waiting]:
        """What waits for a decision of an institution, or of all here; overdue first."""
        return self._gateway.recognition.inbox.waiting(institution)

    def examined(self, ref: Ref) -> Opened:
        """A request with its letter opened and checked, and its credential verified."""
        self._held.need_master()
        return self._gateway.recognition.inbox.open([ref])[0]

    def decide(self, wish: Decision, institution: str, officer: str) -> Outcome:
        """Decide as an officer, if all that was examined is good; else raise what is not.

        ``officer`` is the label of their key; where it is not here, the call is told, which that key has to sign.
        """
        self._held.need_master()
        service = self._gateway.recognition.decisions
        [case] = service.examine([wish])
        account = self._held.officer(institution, officer)
        if account is None:
            if case.problem is not None:
                raise case.problem
            return Outcome(case.to_json(), WAITS_FOR_OFFICER, self._call(service.unsigned(case, wish)))
        service.queue([case], [wish], account)
        if case.problem is not None:
            raise case.problem
        try:
            service.settle([case], account, SETTLE_SECONDS)
        except (NotSettled, SenderBusy, ChainUnavailable):
            return Outcome(case.to_json(), _QUEUED)
        if case.refused is not None:
            raise RefusedOnChain(case.refused)
        return Outcome(case.to_json())

    def cancel(self, ref: Ref) -> Outcome:
        """Take a request back, as its source."""
        request = self._gateway.recognition.book().find(ref)
        return self._by_operator({"transfer": str(ref), "act": "cancel"}, cancellation(request, self._ledger))

    def appeal(self, ref: Ref, grounds: str) -> Outcome:
        """Appeal against a rejection, as the source; the grounds go to the target in a letter."""
        self._held.need_master()
        book = self._gateway.recognition.book()
        request, row = book.find(ref), book.row(ref)
        digest = self._gateway.recognition.correspondence.post(Topic.APPEAL, row, grounds, at=book.block.time)
        if row.statement not in {None, digest}:
            raise AppealFiled(str(ref))
        told = {"transfer": str(ref), "act": "appeal", "statement": hex0x(digest)}
        return self._by_operator(told, appeal_of(request, digest, self._ledger))

    @property
    def _ledger(self) -> bytes:
        return self._gateway.recognition.desk.ledger()

    def _by_operator(self, told: dict[str, Any], intent: Intent) -> Outcome:
        if not self._held.operator:
            return Outcome(told, WAITS_FOR_OPERATOR, self._call(intent))
        gateway = self._gateway
        with gateway.database.write() as connection:
            enqueue(connection, gateway.sender.address, [intent], now=int(time.time()))
        return Outcome(told, _QUEUED)

    def _call(self, intent: Intent) -> dict[str, Any]:
        """A transaction that somebody else signs: legacy type, free of fees (docs/operator-guide.md)."""
        return {
            "chainId": self._gateway.deployment.chain_id,
            "to": hex0x(intent.target),
            "data": hex0x(intent.call),
            "value": 0,
        }
