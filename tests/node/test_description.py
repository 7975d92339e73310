from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from node.description import AnvilEngine, DescriptionError, read
from node.layout import Layout
from node.setup import AlreadyDescribedError, Trial, initialise

if TYPE_CHECKING:
    from pathlib import Path


def address(number: int) -> str:
    return f"0x{number:040x}"


def member(province: int, first: int, *, extra: str = "") -> str:
    return f"""
[[member]]
province = {province}
role = "member"
name_zh = "省"
name_en = "Province"
admin = "{address(first)}"
recovery = "{address(first + 1)}"
{extra}

[[member.operator]]
name = "operator"
account = "{address(first + 2)}"
roles = ["anchor", "attest", "status", "transfer"]
daily_leaves = 1_000

[[member.operator]]
name = "law-1"
account = "{address(first + 3)}"
roles = ["law", "batch-status"]
"""


HEAD = """
name = "a-network"
chain_id = 860

[engine]
kind = "anvil"
port = 18_545
"""
FOUR = "".join(member(province, province) for province in (340_000, 310_000, 320_000, 330_000))
OBSERVER = """
[[member]]
province = 500_000
role = "observer"
name_zh = "重庆市"
name_en = "Chongqing"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "network.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_network_is_read_with_its_members_in_the_order_of_chairs(tmp_path: Path) -> None:
    description = read(written(tmp_path, HEAD + FOUR + OBSERVER))
    assert [row.province for row in description.member] == [340_000, 310_000, 320_000, 330_000, 500_000]
    assert [row.province for row in description.founders] == [340_000, 310_000, 320_000, 330_000]
    operator, law = description.founders[0].operator
    assert (operator.mask, operator.daily_leaves) == (1 | 2 | 4 | 32, 1_000)
    assert (law.mask, law.daily_leaves) == (8 | 16, 0)
    assert description.member[-1].accounts() == ()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (HEAD.replace("port", "prot") + FOUR, "engine"),
        ('colour = "red"\n' + HEAD + FOUR, "colour"),
        (HEAD + FOUR + "\n[consortium]\nterm = 3\n", "consortium.term"),
        (HEAD + member(310_000, 1, extra='colour = "red"') + FOUR, "member[1].colour"),
        (HEAD + FOUR.replace("[[member.operator]]", "[[member.operator]]\nweight = 1", 1), "operator[1].weight"),
    ],
)
def test_an_unknown_key_fails_and_its_place_is_named(tmp_path: Path, text: str, place: str) -> None:
    with pytest.raises(DescriptionError) as refused:
        read(written(tmp_path, text))
    assert place in str(refused.value)
    assert any("not permitted" in what for _, what in refused.value.findings)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (HEAD, "member: Field required"),
        (HEAD + OBSERVER, "there is no member"),
        (HEAD + member(310_000, 1), "trial = true"),
        (HEAD + FOUR + member(310_000, 90), "two rows"),
        (HEAD + FOUR + OBSERVER + f'admin = "{address(9)}"\n', "an observer has no accounts"),
        (HEAD + FOUR.replace(address(310_001), address(320_000)), "for ever"),
        (HEAD + FOUR.replace('"law", ', "", 1), "binding acts take two accounts"),
        (HEAD + FOUR.replace('name = "law-1"', 'name = "operator"', 1), "two operators have one name"),
        (HEAD + FOUR.replace("daily_leaves = 1_000", "daily_leaves = 0", 1), "daily_leaves"),
        (HEAD + FOUR.replace('"status", ', '"status", "status", ', 1), "listed twice"),
        (HEAD + FOUR.replace('"status", ', '"king", ', 1), "operator[1].roles"),
        (HEAD + FOUR.replace(f'recovery = "{address(340_001)}"\n', ""), "recovery address"),
        (HEAD + FOUR.replace(address(340_001), "0x12"), "40 hexadecimal"),
        (HEAD + FOUR.replace("340000", "340100"), "multiple of 10000"),
        (HEAD.replace('"anvil"', '"parity"') + FOUR, "engine: Input tag 'parity'"),
        (HEAD.replace("18_545", '"18545"') + FOUR, "engine.port"),
        (HEAD + "[[[", "network.toml"),
    ],
)
def test_what_does_not_fit_together_is_refused_with_the_reason(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(DescriptionError) as refused:
        read(written(tmp_path, text))
    assert why in str(refused.value)


def test_all_findings_come_at_once(tmp_path: Path) -> None:
    with pytest.raises(DescriptionError) as refused:
        read(written(tmp_path, 'a = 1\nb = 2\nname = "NAME"\n' + HEAD.replace('name = "a-network"', "") + FOUR))
    assert {place for place, _ in refused.value.findings} == {"a", "b", "name"}


def test_a_trial_may_have_fewer_than_four_members(tmp_path: Path) -> None:
    assert len(read(written(tmp_path, "trial = true\n" + HEAD + member(310_000, 1))).founders) == 1


def test_a_description_that_is_absent_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DescriptionError, match="--dir names a member"):
        read(tmp_path / "network.toml")
    (tmp_path / "network.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(DescriptionError):
        read(tmp_path / "network.toml")


def test_a_trial_network_has_four_provinces_each_with_keys_of_its_own(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    description = initialise(layout, Trial("a-trial", 7, 18_545, 30), None)
    assert [row.province for row in description.founders] == [310_000, 320_000, 330_000, 340_000]
    assert isinstance(description.engine, AnvilEngine)
    assert (description.chain_id, description.engine.start_days_ago, description.trial) == (7, 30, True)
    files = sorted(path.relative_to(layout.keys).as_posix() for path in layout.keys.rglob("*.json"))
    names = ("admin", "law-1", "operator", "recovery")
    assert files == sorted(
        ["deployer.json", *(f"{row.province}/{name}.json" for row in description.founders for name in names)]
    )
    for path in layout.keys.rglob("*"):
        if path.is_file():
            assert path.stat().st_mode & 0o777 == 0o600, path
    accounts = [account for row in description.founders for account in row.accounts()]
    assert len(set(accounts)) == 16


def test_an_interrupted_init_goes_on_with_the_keys_it_made(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    first = initialise(layout, Trial(), None)
    layout.description.unlink()
    (layout.keys / "320000" / "admin.json").unlink()
    second = initialise(layout, Trial(), None)
    assert second.founders[0] == first.founders[0]
    assert second.founders[1].admin != first.founders[1].admin
    assert second.founders[1].operator == first.founders[1].operator


def test_init_overwrites_no_network(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    initialise(layout, Trial(), None)
    with pytest.raises(AlreadyDescribedError, match="not overwritten"):
        initialise(layout, Trial(), None)
