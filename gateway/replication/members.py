"""Who is a member, and who acts for it, as the chain says now; asked again after a minute."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from gateway.ledger.calls import Call
from gateway.ledger.reader import CONSORTIUM

if TYPE_CHECKING:
    from gateway.ledger.calls import ChainCalls

_SECONDS: Final = 60.0


class ChainMembers:
    """The Consortium's members and their operators. Threads may share it."""

    def __init__(self, calls: ChainCalls) -> None:
        """Ask through ``calls``."""
        self._calls = calls
        self._provinces: tuple[float, tuple[int, ...]] = (-_SECONDS, ())

    def provinces(self) -> tuple[int, ...]:
        """The members, in the order of chairs.

        Raises:
            ChainUnavailable: no answer.
        """
        asked, provinces = self._provinces
        if time.monotonic() - asked >= _SECONDS:
            [found] = self._calls.answers([Call(CONSORTIUM, "members")], self._calls.final_block())
            provinces = tuple(int(province) for province in found)
            self._provinces = (time.monotonic(), provinces)
        return provinces

    def operates(self, account: str, province: int) -> bool:
        """Whether the account is an operator in force of that member. Asked each time: who was dismissed is refused.

        Raises:
            ChainUnavailable: no answer.
        """
        if province not in self.provinces():
            return False
        [operators] = self._calls.answers([Call(CONSORTIUM, "operatorsOf", (province,))], self._calls.final_block())
        return account.lower() in {str(operator).lower() for operator in operators}
