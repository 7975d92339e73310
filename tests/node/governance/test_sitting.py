"""A member is taken for one that left where the chain says so, and not before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from node.client.deployment import Deployment
from node.client.errors import Exit
from node.description import read
from node.engines.ipc import SOCKET
from node.governance import sitting
from node.governance.sitting import SittingUnknownError, StillSittingError, require_gone
from node.layout import Layout
from node.trial import RealTrial, initialise
from tests.node.engines.socket_server import client_in

if TYPE_CHECKING:
    from node.description import Member

JIANGSU = 320_000


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """A member's folder of a trial of four nodes, none of which runs."""
    trial = Layout(tmp_path_factory.mktemp("trial"))
    initialise(trial, RealTrial(), None, now=1_790_000_000.0)
    return trial.member(310_000)


def jiangsu(own: Layout) -> Member:
    row = read(own.description).row(JIANGSU)
    assert row is not None
    return row


def ask(own: Layout, monkeypatch: pytest.MonkeyPatch, *, members: tuple[int, ...], validators: int) -> None:
    """Ask a node that knows these members, and as many of the founders' validators."""
    founders = [node.validator for row, node in read(own.description).nodes if row.province != JIANGSU]
    node = jiangsu(own).node
    assert node is not None
    monkeypatch.setattr(Deployment, "load", lambda _: None)
    monkeypatch.setattr(sitting, "members", lambda *_: members)
    (own.chain / SOCKET).unlink(missing_ok=True)
    with client_in(own.chain, {"clique_getSigners": [*founders, node.validator][:validators]}):
        require_gone(own, jiangsu(own), unseen=True)


def test_a_member_in_force_has_not_left(own: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StillSittingError, match="is still a member") as error:
        ask(own, monkeypatch, members=(310_000, JIANGSU), validators=3)
    assert error.value.exit_code == Exit.AGAINST


def test_a_validator_in_the_set_is_voted_out_first(own: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StillSittingError, match="validator in the set"):
        ask(own, monkeypatch, members=(310_000,), validators=4)


def test_one_that_is_neither_has_left(own: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(own, monkeypatch, members=(310_000,), validators=3)


def test_without_a_node_to_ask_it_is_the_operators_word(own: Layout) -> None:
    with pytest.raises(SittingUnknownError, match="--yes") as error:
        require_gone(own, jiangsu(own), unseen=False)
    assert error.value.exit_code == Exit.CANNOT
    require_gone(own, jiangsu(own), unseen=True)
