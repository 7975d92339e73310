"""Work that goes on while something breaks: credentials issued in one province, transfers decided in another.

    with work.going():     # a roster has been handed to a gateway, and more follows until the end
        member.kill()
    work.finish()          # what a fault interrupted is done by doing the same again, as a person would

What a command says while the network is ill is not looked at: that comes afterwards, by counting on the chain.
"""

from __future__ import annotations

import contextlib
import itertools
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from killing import fresh_roster

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from real_stage import RealStage
    from stage import Centre
    from trading import Trade

JIANGSU, ZHEJIANG = 320000, 330000
ROWS = 12
_ANY = (0, 1, 2)
_PATIENCE = 240.0


@dataclass(eq=False, slots=True)
class Issuing:
    """A roster that is to be issued."""

    centre: Centre
    roster: Path
    rows: int = ROWS

    def attempt(self) -> int:
        """Hand it to the gateway; it is sent by whoever serves. 0: it was accepted."""
        return self.centre.run("issue", str(self.roster), "--yes", ok=_ANY, timeout=_PATIENCE).code

    def complete(self) -> None:
        """Do the same again and wait until every row is on the chain, finally."""
        told = self.centre.run("issue", str(self.roster), "--yes", "--wait", "--json", timeout=_PATIENCE).json
        assert told["issued"] + told["already"] == self.rows, told


@dataclass(eq=False, slots=True)
class Transferring:
    """A certificate that is to count in another province: requested at the source, accepted at the target."""

    trade: Trade
    papers: list[Path]
    number: int
    refs: list[str] = field(default_factory=list)

    def attempt(self) -> int:
        """Ask for it, and have it decided. 0: it was."""
        asked = self.trade.source.run(*self.trade.asking(self.papers), ok=_ANY, timeout=_PATIENCE)
        if asked.code:
            return asked.code
        self.refs = [one["transfer"] for one in asked.json["requests"]]
        return self.trade.target.run(*self._accepting(), ok=_ANY, timeout=_PATIENCE).code

    def complete(self) -> None:
        """Ask again where it is not known to be asked for, and have it accepted; what was is accepted already."""
        if not self.refs:
            told = self.trade.source.run(*self.trade.asking(self.papers), ok=_ANY, timeout=_PATIENCE).json
            self.refs = [one["transfer"] for one in told["requests"]]
        assert len([ref for ref in self.refs if ref]) == len(self.papers), self.refs
        done = self.trade.target.run(*self._accepting(), timeout=_PATIENCE).json
        assert [one["problem"] for one in done["decisions"]] == [None] * len(self.refs), done

    def _accepting(self) -> tuple[str, ...]:
        return self.trade.accepting(self.refs, self.number)


@dataclass(eq=False)
class Work:
    """All that was ever begun; and what of it is not done yet."""

    stage: RealStage
    trade: Trade
    folder: Path
    begun: list[Issuing | Transferring] = field(default_factory=list)
    undone: list[Issuing | Transferring] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _handed: threading.Event = field(default_factory=threading.Event)
    _stumbled: list[BaseException] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1_000))

    @contextlib.contextmanager
    def going(self, province: int = ZHEJIANG) -> Iterator[None]:
        """Begin one thing after another for as long as this lasts: ``province`` issues, Shanghai decides on transfers.

        It begins once a roster has been handed over: whatever breaks then, breaks while a gateway has it to send, and
        before a transfer is asked for.
        """
        self._stop.clear()
        self._handed.clear()
        thread = threading.Thread(target=self._go_on, args=(province,), name="work", daemon=True)
        thread.start()
        try:
            assert self._handed.wait(_PATIENCE)
            yield
        finally:
            self._stop.set()
            thread.join(2 * _PATIENCE)
        assert not thread.is_alive()
        if self._stumbled:
            raise self._stumbled[0]

    def begin(self, one: Issuing | Transferring) -> int:
        """Begin a thing, whatever comes of it now; return how the command ended."""
        self.begun.append(one)
        self.undone.append(one)
        return one.attempt()

    def issuing(self, province: int = ZHEJIANG, rows: int = ROWS) -> Issuing:
        """A fresh roster of a province."""
        centre = self.stage.centres[province]
        return Issuing(centre, fresh_roster(centre, self.folder, rows, next(self._numbers)), rows)

    def transferring(self) -> Transferring:
        """A certificate that nobody has asked for yet."""
        return Transferring(self.trade, self.trade.take(1), next(self._numbers))

    def finish(self) -> None:
        """Do again what is not known to be done."""
        while self.undone:
            self.undone[0].complete()
            self.undone.pop(0)

    @property
    def rows(self) -> int:
        """How many rows were ever given to be issued."""
        return sum(one.rows for one in self.begun if isinstance(one, Issuing))

    @property
    def papers(self) -> list[Path]:
        """Every certificate that was to count in another province."""
        return [paper for one in self.begun if isinstance(one, Transferring) for paper in one.papers]

    def _go_on(self, province: int) -> None:
        try:
            while True:
                self.begin(self.issuing(province))
                self._handed.set()
                if self.trade.agreement:
                    self.begin(self.transferring())
                if self._stop.wait(0.5):
                    return
        except BaseException as error:  # noqa: BLE001 - told where the work is waited for
            self._stumbled.append(error)
            self._handed.set()
