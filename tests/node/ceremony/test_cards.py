"""A card proves that whoever wrote it holds every key that it names, and no byte of it can be changed unseen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey, VerifyKey

from node.ceremony import card as cards
from node.ceremony import keys as node_keys
from node.ceremony.card import Card
from node.ceremony.findings import CeremonyError, UnreadableError
from node.ceremony.proofs import holds, message, provable, prove
from node.client.keystores import unlock
from tests.node.ceremony.papers import NOW, PASSPHRASE

if TYPE_CHECKING:
    from collections.abc import Callable

    from eth_account.signers.local import LocalAccount

    from node.layout import Layout
    from tests.node.ceremony.papers import Ceremony

HERE = Path("card.json")
ORDER = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141
"""Of secp256k1's group (SEC 2, section 2.4.1)."""


def accounts(layout: Layout) -> dict[str, LocalAccount]:
    files = {"admin": "admin", "recovery": "recovery", "operator.operator": "operator", "operator.law-1": "law-1"}
    return {field: unlock(layout.account(name), PASSPHRASE) for field, name in files.items()}


def signed(layout: Layout, card: Card) -> Card:
    """The card as the holder of that folder's keys signs it, whatever it says."""
    proofs = prove(card.content, node_keys.read(layout), accounts(layout))
    return card.model_copy(update={"proofs": proofs})


def refused(card: Card | bytes) -> dict[str, str]:
    with pytest.raises(CeremonyError) as error:
        cards.check(card if isinstance(card, bytes) else card.encode(), HERE)
    assert error.value.findings
    assert all(finding.path == HERE and finding.zh and finding.en for finding in error.value.findings)
    return {finding.field: finding.en for finding in error.value.findings}


def test_a_card_names_who_it_is_and_is_proven_in_every_key(ceremony: Ceremony) -> None:
    card = ceremony.card(310_000)
    assert (card.member.province, card.member.name_zh, card.made) == (310_000, "上海市", "2026-09-21T14:13:20Z")
    assert set(card.proofs) == {
        *("admin", "recovery", "operator.operator", "operator.law-1"),
        *("node.public_key", "node.exchange_key", "node.peer_id"),
    }
    assert all(holds(field, value, card.content, card.proofs[field]) for field, value in provable(card.member).items())


def test_a_card_holds_no_secret(ceremony: Ceremony) -> None:
    layout = ceremony.layouts[310_000]
    text = layout.card.read_text(encoding="utf-8")
    for path in (layout.node_key, layout.exchange_key, layout.ipfs_key):
        assert path.read_text(encoding="ascii").strip() not in text
    for account in accounts(layout).values():
        assert bytes(account.key).hex() not in text
    assert PASSPHRASE not in text


def test_every_altered_byte_is_refused_with_its_field(ceremony: Ceremony) -> None:
    content = ceremony.layouts[320_000].card.read_bytes()
    for at in range(len(content)):
        altered = bytearray(content)
        altered[at] ^= 1
        assert all(refused(bytes(altered)))


@given(data=st.data())
def test_whatever_is_written_over_or_put_in_or_left_out_is_refused(ceremony: Ceremony, data: st.DataObject) -> None:
    content = ceremony.layouts[320_000].card.read_bytes()
    first, last = sorted(data.draw(st.tuples(*[st.integers(0, len(content))] * 2)))
    altered = content[:first] + data.draw(st.binary(max_size=40)) + content[last:]
    if altered != content:
        assert all(refused(altered))


@pytest.mark.parametrize("flip", [1, 0x20])
def test_every_altered_letter_of_a_proof_is_refused(ceremony: Ceremony, flip: int) -> None:
    """0x20 is what parts A from a: hexadecimal digits say the same in both."""
    content = ceremony.layouts[320_000].card.read_bytes()
    for at in range(content.index(b'"proofs"'), len(content)):
        altered = bytearray(content)
        altered[at] ^= flip
        assert all(refused(bytes(altered)))


@pytest.mark.parametrize(
    "spell", [str.upper, lambda digits: f"{digits[:4]} {digits[4:]}", lambda digits: digits + "\n"]
)
def test_a_proof_has_one_spelling(ceremony: Ceremony, spell: Callable[[str], str]) -> None:
    card = ceremony.card(310_000)
    for field, proof in card.proofs.items():
        for other in ("0x" + spell(proof[2:]), proof[2:], "0X" + proof[2:]):
            assert list(refused(card.model_copy(update={"proofs": card.proofs | {field: other}}))) == [field]


@pytest.mark.parametrize("field", ["admin", "operator.law-1", "node.public_key"])
def test_the_twin_of_a_signature_which_anybody_can_make_is_refused(ceremony: Ceremony, field: str) -> None:
    card = ceremony.card(310_000)
    proof = bytes.fromhex(card.proofs[field][2:])
    twin = proof[:32] + (ORDER - int.from_bytes(proof[32:64], "big")).to_bytes(32, "big") + bytes([proof[64] ^ 1])
    proofs = card.proofs | {field: "0x" + twin.hex()}
    assert list(refused(card.model_copy(update={"proofs": proofs}))) == [field]


def test_another_spelling_of_the_same_card_is_refused_at_its_line(ceremony: Ceremony) -> None:
    content = ceremony.layouts[330_000].card.read_bytes()
    assert list(refused(content + b"\n")) == [f"line {len(content.splitlines()) + 1}"]
    assert list(refused(content.replace(b'"member": {', b'"member":  {'))) == ["line 4"]
    assert list(refused(orjson.dumps(orjson.loads(content)))) == ["line 1"]


@pytest.mark.parametrize(
    "field",
    ["admin", "recovery", "operator.law-1", "node.public_key", "node.exchange_key", "node.peer_id"],
)
def test_who_names_a_key_of_another_member_cannot_prove_it(ceremony: Ceremony, field: str) -> None:
    ours, theirs = ceremony.card(310_000), ceremony.card(320_000)
    content = orjson.loads(ours.encode())
    _put(content["member"], field, provable(theirs.member)[field])
    claimed = signed(ceremony.layouts[310_000], Card.model_validate(content))
    assert list(refused(claimed)) == [field]


def test_a_proof_is_of_one_field_and_of_one_card(ceremony: Ceremony) -> None:
    card, other = ceremony.card(310_000), ceremony.card(320_000)
    swapped = card.proofs | {"admin": card.proofs["recovery"], "recovery": card.proofs["admin"]}
    assert set(refused(card.model_copy(update={"proofs": swapped}))) == {"admin", "recovery"}
    assert set(refused(card.model_copy(update={"proofs": other.proofs}))) == set(card.proofs)
    later = card.model_copy(update={"made": cards.today(NOW + 1)})
    assert set(refused(later)) == set(card.proofs)


def test_a_proof_that_is_missing_or_for_nothing_is_named(ceremony: Ceremony) -> None:
    card = ceremony.card(310_000)
    without = {field: proof for field, proof in card.proofs.items() if field != "node.peer_id"}
    assert "missing" in refused(card.model_copy(update={"proofs": without}))["node.peer_id"]
    more = card.proofs | {"operator.king": card.proofs["admin"]}
    assert list(refused(card.model_copy(update={"proofs": more}))) == ["proofs.operator.king"]


@pytest.mark.parametrize("proof", ["", "0x", "0x00", "zz", "0x" + "00" * 65, "0x" + "ff" * 96, "0x" + "01" * 64])
@pytest.mark.parametrize("field", ["admin", "node.public_key", "node.exchange_key", "node.peer_id"])
def test_what_is_no_signature_at_all_is_refused_not_a_crash(ceremony: Ceremony, field: str, proof: str) -> None:
    card = ceremony.card(310_000)
    assert field in refused(card.model_copy(update={"proofs": card.proofs | {field: proof}}))


def test_the_exchange_keys_proof_is_by_the_edwards_form_of_that_very_key(ceremony: Ceremony) -> None:
    card = ceremony.card(310_000)
    proof = bytes.fromhex(card.proofs["node.exchange_key"][2:])
    assert card.member.node is not None
    assert "0x" + bytes(VerifyKey(proof[:32]).to_curve25519_public_key()).hex() == card.member.node.exchange_key
    stranger = SigningKey(b"\7" * 32)
    forged = bytes(stranger.verify_key) + stranger.sign(message("node.exchange_key", card.content)).signature
    forged_card = card.model_copy(update={"proofs": card.proofs | {"node.exchange_key": "0x" + forged.hex()}})
    assert list(refused(forged_card)) == ["node.exchange_key"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"format": "huren.member-card/2"}, "format"),
        ({"made": "yesterday"}, "made"),
        ({"colour": "red"}, "colour"),
        ({"member": {"province": 310_000}}, "member.role"),
        ({"proofs": ["0x"]}, "proofs"),
    ],
)
def test_what_is_no_card_is_refused_with_the_place(ceremony: Ceremony, change: dict[str, Any], place: str) -> None:
    content = orjson.loads(ceremony.card(310_000).encode()) | change
    assert place in refused(orjson.dumps(content))


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("host", "node.example.cn", "names are refused"),
        ("host", "0.0.0.0", "unspecified"),  # noqa: S104 - refused
        ("host", "010.0.0.5", "IP address"),
        ("host", "FD00::1", "write it as fd00::1"),
        ("host", "::ffff:a00:1", "write it as 10.0.0.1"),
        ("host", "::ffff:7f00:1", "write it as 127.0.0.1"),
        ("host", "fe80::1", "link-local"),
        ("host", "fe80::1%eth0", "zone"),
        ("host", "169.254.7.7", "link-local"),
        ("host", "255.255.255.255", "broadcast"),
        ("public_key", "0x" + "11" * 64, "no point of the curve"),
        ("public_key", "0x" + "11" * 63, "128"),
        ("peer_id", "12D3KooW" + "1" * 44, "Ed25519"),
        ("peer_id", "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N", "Ed25519"),
        ("exchange_key", "0x12", "64"),
        ("swarm_port", 30_303, "cannot share"),
        ("p2p_port", 0, "greater than or equal to 1"),
    ],
)
def test_a_node_that_nobody_could_reach_or_trust_is_refused(
    ceremony: Ceremony, field: str, value: object, why: str
) -> None:
    content = orjson.loads(ceremony.card(310_000).encode())
    content["member"]["node"][field] = value
    assert why in " ".join(refused(orjson.dumps(content)).values())


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Jiangsu\ninbound TCP 8545 from anybody", "one line"),
        ("Jiang\x1b[2Jsu", "visible"),
        ("Jiang\u202eus", "visible"),
        ("Jiang\u200bsu", "visible"),
        (" Jiangsu", "blanks"),
        ("Jiang  su", "blanks"),
        ("Jiangsu\u0301", "normal form C"),
        ("", "at least 1"),
    ],
)
@pytest.mark.parametrize("field", ["name_zh", "name_en"])
def test_a_name_that_would_deceive_its_readers_is_refused(ceremony: Ceremony, field: str, name: str, why: str) -> None:
    content = orjson.loads(ceremony.card(310_000).encode())
    content["member"][field] = name
    said = refused(orjson.dumps(content))
    assert why in said[f"member.{field}"]
    assert said[f"member.{field}"].isprintable()


def test_a_card_that_is_absent_or_endless_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"nowhere\.json"):
        cards.read(tmp_path / "nowhere.json")
    assert list(refused(b"[" * 100_000)) == ["file"]


def _put(member: dict[str, Any], field: str, value: str) -> None:
    if field == "operator.law-1":
        next(one for one in member["operator"] if one["name"] == "law-1")["account"] = value
    elif field.startswith("node."):
        member["node"][field.removeprefix("node.")] = value
    else:
        member[field] = value
