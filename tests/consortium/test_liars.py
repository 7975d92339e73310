"""An RPC endpoint that lies: what it leaves out, alters or holds back is noticed by heads, proofs and the time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from soundness import agreed, readiness
from tampering import AboutLogs, AlterHeader, Ask, DropEvent, Lie, OldHead
from tampering_proxy import TamperingProxy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from meanwhile import Work
    from real_stage import RealStage
    from stage import Centre

ENGINES = ("geth", "besu")
pytestmark = [pytest.mark.consortium, pytest.mark.timeout(600)]
ANHUI = 340000
BLOCKS = 60
OLD = -20
"""Among all events, one that is final while others go on coming."""


class SilentSince(AboutLogs):
    """Leaves out every event after a block."""

    def __init__(self, block: int) -> None:
        """Be honest up to it."""
        super().__init__()
        self._block = block

    def bend(self, logs: list[dict[str, Any]], upstream: Ask) -> list[dict[str, Any]]:  # noqa: ARG002 - the lies' own
        """Return the logs up to it."""
        return [log for log in logs if int(log["blockNumber"], 16) <= self._block]


@pytest.fixture
def anhui(consortium: RealStage) -> Iterator[Centre]:
    """Anhui's gateway, which is given back its own node."""
    centre = consortium.centres[ANHUI]
    yield centre
    _ask(centre, consortium.members[ANHUI].rpc_url)


def _ask(centre: Centre, url: str) -> None:
    """Let a gateway ask another endpoint from now on."""
    centre.stop()
    centre.rpc_url = url
    centre.write_settings()
    centre.serve()


LIES: dict[str, tuple[Lie, set[str]]] = {
    "drops a log": (DropEvent(OLD), {"incomplete"}),
    "drops it from the receipt, too": (DropEvent(OLD, receipts=True), {"altered", "incomplete"}),
    "alters the header": (AlterHeader(), {"altered"}),
    "serves an old head": (OldHead(BLOCKS), {"cannot check"}),
}


def test_an_endpoint_that_lies_is_told_what_its_lie_is(
    consortium: RealStage, work: Work, sound: Callable[[], None]
) -> None:
    honest = next(iter(consortium.members.values())).rpc_url
    with work.going():
        for name, (lie, verdicts) in LIES.items():
            with TamperingProxy(consortium.members[ANHUI].rpc_url, [lie]) as proxy:
                words = ("audit", "completeness", "--rpc", proxy.url, "--witness", honest, "--json")
                told = consortium.office.run(*words, ok=(1, 2)).json
            assert told["verdict"] in verdicts, (name, told)
    sound()


def test_a_gateway_takes_nothing_from_an_endpoint_that_leaves_out_an_event_and_goes_on_with_an_honest_one(
    consortium: RealStage, work: Work, anhui: Centre, sound: Callable[[], None]
) -> None:
    with TamperingProxy(consortium.members[ANHUI].rpc_url, [SilentSince(agreed(consortium))]) as proxy:
        _ask(anhui, proxy.url)
        with work.going():
            pass
        work.finish()
        block = agreed(consortium)
        consortium.wait("it says what is wrong", lambda: "ledger.head_mismatch" in anhui.log_tail(20_000), 120)
        assert readiness(anhui)["index"]["block"] < block
    _ask(anhui, consortium.members[ANHUI].rpc_url)
    sound()


def test_an_old_head_is_no_base_for_an_answer(
    consortium: RealStage, work: Work, anhui: Centre, sound: Callable[[], None]
) -> None:
    paper = work.trade.papers[-1]
    assert anhui.run("verify", str(paper), "--json").json["verdict"] == "valid"
    with work.going(), TamperingProxy(consortium.members[ANHUI].rpc_url, [OldHead(BLOCKS)]) as proxy:
        _ask(anhui, proxy.url)
        told = anhui.run("verify", str(paper), "--source", "live", "--json", ok=(2,)).json
        assert told["verdict"] == "cannot-check"
        assert told["reason"]["code"] == "verify.chain_stands_still"
        assert not readiness(anhui)["chain"]["moving"]
    _ask(anhui, consortium.members[ANHUI].rpc_url)
    sound()
