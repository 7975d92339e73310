"""An observer's ring holds nothing, and whatever asks it for a key is told so in one sentence."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pytest

from gateway.keys.errors import ObserverActsForNobody
from gateway.keys.observer import NoKeys
from gateway.keys.opening import initialise, ring_of
from gateway.keys.ring import KeyRing
from gateway.settings import KeySettings, Settings

if TYPE_CHECKING:
    from pathlib import Path

USCC = "123100004250004560"
GIVEN: dict[str, Any] = {"now": 1, "institution": USCC, "public_key": bytes(32), "label": "officer-1"}
ASKED = sorted(name for name, part in inspect.getmembers(KeyRing, inspect.isfunction) if not name.startswith("_"))


def _ring(folder: Path, role: str = "observer") -> KeyRing:
    settings = Settings(
        role=role,
        province=0 if role == "observer" else 310000,
        data_dir=folder,
        deployment=folder / "deployment.json",
        rpc_url="http://127.0.0.1:1",
        public_url="http://127.0.0.1:2",
        keys=KeySettings(),
    )
    return ring_of(settings)


def test_an_observer_issues_for_no_institution(tmp_path: Path) -> None:
    assert isinstance(_ring(tmp_path), NoKeys)
    assert _ring(tmp_path).institutions() == []


@pytest.mark.parametrize("name", [name for name in ASKED if name != "institutions"])
def test_whatever_asks_for_a_key_is_told_that_an_observer_acts_for_nobody(tmp_path: Path, name: str) -> None:
    ask = getattr(_ring(tmp_path), name)
    needed = {key for key, one in inspect.signature(ask).parameters.items() if one.default is inspect.Parameter.empty}
    with pytest.raises(ObserverActsForNobody) as caught:
        ask(**{key: GIVEN[key] for key in needed})
    assert "acts for nobody" in caught.value.message("en")
    assert "不代表任何人" in caught.value.message("zh")
    assert "member" in caught.value.hint("en")
    assert list(tmp_path.iterdir()) == []


def test_no_key_can_be_put_into_it(tmp_path: Path) -> None:
    with pytest.raises(ObserverActsForNobody):
        initialise(_ring(tmp_path), now=1)
    assert list(tmp_path.iterdir()) == []


def test_a_members_ring_is_the_ordinary_one(tmp_path: Path) -> None:
    assert type(_ring(tmp_path, "member")) is KeyRing
