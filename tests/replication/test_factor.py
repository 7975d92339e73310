"""How many provinces keep a pack: what the network agreed on, and never fewer."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from gateway.bootstrap import documents
from gateway.bootstrap.documents import DocumentParts
from gateway.domain.errors import USAGE
from gateway.replication.errors import TooFewCopies

if TYPE_CHECKING:
    from gateway.bootstrap import Gateway
    from gateway.replication.keeper import Work


def parts(own: int | None, agreed: int | None, *, observer: bool = False) -> DocumentParts:
    settings = SimpleNamespace(replication=own, replication_seconds=7, observer=observer)
    deployment = SimpleNamespace(replication=agreed)
    return DocumentParts(cast("Gateway", SimpleNamespace(settings=settings, deployment=deployment)))


@pytest.mark.parametrize(
    ("own", "agreed", "factor"), [(None, 3, 3), (None, None, 1), (4, 3, 4), (3, 3, 3), (2, None, 2), (None, 1, 1)]
)
def test_the_agreed_number_holds_where_the_settings_do_not_ask_for_more(
    own: int | None, agreed: int | None, factor: int
) -> None:
    assert parts(own, agreed).factor == factor
    assert parts(own, agreed).replicates == (factor > 1)
    assert not parts(own, agreed, observer=True).replicates


def test_a_gateway_that_acts_looks_for_packs_as_often_as_its_settings_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "Keeper", list)
    made = parts(None, 3)
    made.__dict__ |= {"api": None, "replicas": SimpleNamespace(round=None)}
    assert [(work.name, work.seconds) for work in cast("list[Work]", made.keeper(acting=True))] == [("replicas", 7)]
    assert made.keeper(acting=False) is None


def test_fewer_than_agreed_on_is_refused_with_both_numbers() -> None:
    with pytest.raises(TooFewCopies) as caught:
        _ = parts(1, 3).replicates
    assert (caught.value.value, caught.value.details["agreed"], caught.value.exit_code) == (1, 3, USAGE)
    for language in ("zh", "en"):
        assert "1" in caught.value.message(language)
        assert "3" in caught.value.message(language)
