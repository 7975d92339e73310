"""Letters: who can open one, what is refused in one, and each reason by its own name."""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.public import PrivateKey

from gateway.domain.hashing import hex0x, sha256
from gateway.domain.identifiers import institution_word
from gateway.domain.proof import Signer, proof_time
from gateway.ledger.transfer_rows import TransferRow
from gateway.ledger.values import InstitutionKey, KeyKind, Tenure
from gateway.recognition.letters.check import check_application
from gateway.recognition.letters.contents import ApplicationLetter, TextLetter, Topic
from gateway.recognition.letters.letter import MAGIC, MOST_BYTES, letter_digest, read_letter, write_letter
from gateway.recognition.sealed import KeyUnusable
from gateway.recognition.transfers.consent import Consent, Given, How
from gateway.recognition.transfers.errors import (
    FactsDiffer,
    FactsHidden,
    LetterConsentExpired,
    LetterDiffers,
    LetterForOthers,
    LetterKeyNotInForce,
    LetterMalformed,
    LetterProblem,
    LetterTooLarge,
    LetterUnsigned,
)
from gateway.recognition.transfers.facts import OpenedFacts, check_facts

if TYPE_CHECKING:
    from collections.abc import Collection

SOURCE, TARGET = "123100004250004560", "123300004700007891"
REF = "310000-330000-7"
SIGNER, STRANGER = Signer(b"\x01" * 32), Signer(b"\x02" * 32)
REQUESTED_AT, DEADLINE = 1_800_000_000, 1_805_000_000
CREATED = proof_time(dt.datetime.fromtimestamp(REQUESTED_AT, dt.UTC))


class Keys:
    """The private keys of one institution."""

    def __init__(self, *numbers: int) -> None:
        self.held = {bytes(key.public_key): key for key in (PrivateKey(bytes([n]) * 32) for n in numbers)}

    def holds(self) -> Collection[bytes]:
        return list(self.held)

    def private(self, public_key: bytes) -> PrivateKey:
        return self.held[public_key]

    @property
    def public(self) -> list[bytes]:
        return list(self.held)


OURS, THEIRS, OTHERS = Keys(3), Keys(4), Keys(5)


def letter(content: dict[str, Any] | None = None) -> bytes:
    return write_letter(content or {"text": "说明\n第二行"}, [*OURS.public, *THEIRS.public])


def row(**changes: Any) -> TransferRow:  # noqa: ANN401 - columns of every type
    made: dict[str, Any] = {field.name: None for field in dataclasses.fields(TransferRow)}
    made |= {
        "source": 310_000, "target": 330_000, "number": 7, "agreement": b"\x0a" * 32, "rule": 1, "institution": SOURCE,
        "target_institution": TARGET, "leaf": b"\x0b" * 32, "programme": b"\x0c" * 32, "course": bytes(32),
        "deadline": DEADLINE, "requested_at": REQUESTED_AT, "mask": 0b0111111, "outcome": b"\x01" * 32,
        "claim": b"\x02" * 32, "category": 2, "level": 4, "credits": 400, "grade": 16,
    }  # fmt: skip
    return TransferRow(**made | changes)


def consent(**changes: Any) -> Consent:  # noqa: ANN401 - members of every type
    made = Consent(
        leaf=b"\x0b" * 32,
        agreement=b"\x0a" * 32,
        rule=1,
        target_institution=institution_word(TARGET),
        programme=b"\x0c" * 32,
        course=bytes(32),
        deadline=DEADLINE,
        nonce=b"\x0d" * 32,
        given=Given(How.PAPER, REQUESTED_AT - 60, sha256(b"signed")),
    )
    return dataclasses.replace(made, **changes)


def application(told: Consent | None = None, signer: Signer = SIGNER) -> dict[str, Any]:
    record = (told or consent()).signed(signer, CREATED)
    return ApplicationLetter(record, b'{"shown": 1}', "附言").to_json()


def keys(kind: KeyKind = KeyKind.SIGNING, **tenure: int) -> list[InstitutionKey]:
    life = {"valid_from": REQUESTED_AT - 1_000, **tenure}
    return [InstitutionKey(SIGNER.public_key, kind, Tenure(**life))]


# --- sealing


def test_both_institutions_open_it_and_nobody_else() -> None:
    sealed = letter()
    for opener, who in ((OURS, TARGET), (THEIRS, SOURCE)):
        assert read_letter(sealed, opener, REF, who) == {"text": "说明\n第二行"}
    with pytest.raises(LetterForOthers, match=TARGET):
        read_letter(sealed, OTHERS, REF, TARGET)


def test_after_a_rotation_the_key_that_the_letter_names_opens_it() -> None:
    assert read_letter(letter(), Keys(9, 3, 8), REF, TARGET)["text"].startswith("说明")


def test_the_same_content_is_never_the_same_letter_and_small_differences_of_size_do_not_show() -> None:
    first, second = letter({"text": "yes"}), letter({"text": "no, and here is why not"})
    assert letter_digest(first) != letter_digest(letter({"text": "yes"}))
    assert len(first) == len(second)
    assert b"yes" not in first


@given(place=st.integers(min_value=0), flip=st.integers(min_value=1, max_value=255))
@settings(max_examples=60, deadline=None)
def test_an_altered_letter_is_refused_whichever_byte_it_is(place: int, flip: int) -> None:
    sealed = bytearray(SEALED)
    sealed[place % len(sealed)] ^= flip
    with pytest.raises((LetterMalformed, LetterForOthers)):
        read_letter(bytes(sealed), OURS, REF, TARGET)


SEALED = letter()


@pytest.mark.parametrize("nonsense", [b"", MAGIC, MAGIC + b"{}\n", MAGIC + b'{"keys":{"a":1}}\nx', b"{}", b"\x00" * 99])
def test_what_is_no_letter_is_said_to_be_none(nonsense: bytes) -> None:
    with pytest.raises(LetterMalformed):
        read_letter(nonsense, OURS, REF, TARGET)


def test_a_letter_fits_one_block_and_a_key_of_small_order_is_no_key() -> None:
    with pytest.raises(LetterTooLarge):
        write_letter({"text": "x" * MOST_BYTES}, OURS.public)
    assert len(write_letter({"text": "x" * (MOST_BYTES - 20)}, Keys(*range(1, 33)).public)) <= 1 << 20
    with pytest.raises(KeyUnusable):
        write_letter({}, [bytes(32)])


# --- held against the chain


def test_a_good_application_is_taken_as_it_is() -> None:
    checked = check_application(row(), application(), keys(), overdue=False)
    assert (checked.consent, checked.signed_by) == (consent(), SIGNER.public_key)
    assert (checked.presentation, checked.note) == (b'{"shown": 1}', "附言")


# "digest of the learner's consent (which names leaf, rule, target, deadline and a nonce)": of its letter
@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("leaf", b"\x77" * 32), ("agreement", b"\x77" * 32), ("rule", 2), ("programme", b"\x77" * 32),
        ("target_institution", institution_word(SOURCE)), ("course", b"\x77" * 32), ("deadline", DEADLINE + 1),
    ],
)  # fmt: skip
def test_a_letter_about_something_else_than_the_chain_says_names_the_member(member: str, value: bytes | int) -> None:
    with pytest.raises(LetterDiffers) as caught:
        check_application(row(), application(consent(**{member: value})), keys(), overdue=False)
    assert caught.value.details["member"] == member
    assert caught.value.to_json()["field"] == "letter"


def test_a_consent_that_was_given_after_the_request_is_none() -> None:
    late = consent(given=Given(How.ONLINE, REQUESTED_AT + 1))
    with pytest.raises(LetterDiffers, match=r"given\.at"):
        check_application(row(), application(late), keys(), overdue=False)


def test_an_expired_consent_is_said_to_be_expired() -> None:
    with pytest.raises(LetterConsentExpired):
        check_application(row(), application(), keys(), overdue=True)


@pytest.mark.parametrize(
    "known",
    [
        [],
        keys(KeyKind.AGREEMENT),
        keys(valid_from=REQUESTED_AT + 1),
        keys(retired_at=REQUESTED_AT),
        keys(compromised_since=REQUESTED_AT - 5),
    ],
    ids=["none", "another kind", "later", "retired", "compromised"],
)
def test_a_signature_by_a_key_that_was_not_in_force_is_refused(known: list[InstitutionKey]) -> None:
    with pytest.raises(LetterKeyNotInForce, match="z6Mk"):
        check_application(row(), application(), known, overdue=False)


def test_a_signature_by_another_institutions_key_is_refused() -> None:
    with pytest.raises(LetterKeyNotInForce):
        check_application(row(), application(signer=STRANGER), keys(), overdue=False)


def test_a_record_that_was_altered_after_it_was_signed_is_unsigned() -> None:
    content = application()
    content["consent"]["given"]["how"] = "online"
    with pytest.raises(LetterUnsigned):
        check_application(row(), content, keys(), overdue=False)


def spoiled() -> list[tuple[str, dict[str, Any]]]:
    changes: list[tuple[str, Any]] = [
        ("no consent", lambda one: one.pop("consent")),
        ("another type", lambda one: one.update(type="huren.letter.decision.v1")),
        ("a member too many", lambda one: one.update(more=1)),
        ("no word", lambda one: one["consent"].update(leaf="0x12")),
        ("capitals", lambda one: one["consent"].update(leaf=hex0x(b"\xab" * 32).upper().replace("0X", "0x"))),
        ("a rule below 0", lambda one: one["consent"].update(rule=-1)),
        ("a way that is none", lambda one: one["consent"]["given"].update(how="telepathy")),
        ("no text", lambda one: one.update(presentation=7)),
    ]
    made = []
    for name, change in changes:
        content = copy.deepcopy(application())
        change(content)
        made.append((name, content))
    return made


@pytest.mark.parametrize(("name", "content"), spoiled(), ids=[name for name, _ in spoiled()])
def test_a_letter_of_another_shape_is_malformed(name: str, content: dict[str, Any]) -> None:
    with pytest.raises(LetterMalformed):
        check_application(row(), content, keys(), overdue=False)
    assert name


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (TextLetter(Topic.APPEAL, REF, "x").to_json(), LetterDiffers),
        (TextLetter(Topic.DECISION, "310000-330000-8", "x").to_json(), LetterDiffers),
        ({"type": "else", "transfer": REF, "text": "x"}, LetterMalformed),
        ({}, LetterMalformed),
    ],
)
def test_a_text_of_another_occasion_or_transfer_is_refused(content: dict[str, Any], error: type[LetterProblem]) -> None:
    with pytest.raises(error):
        TextLetter.read(content, Topic.DECISION, REF)
    good = TextLetter(Topic.DECISION, REF, "因为……")
    assert TextLetter.read(good.to_json(), Topic.DECISION, REF) == good


# --- the facts


def test_the_facts_on_the_chain_have_to_be_the_documents() -> None:
    opened = OpenedFacts.of(row())
    document = {0: int.from_bytes(b"\x01" * 32, "big"), 2: 2, 3: 4, 4: 400, 5: 16}
    check_facts(opened, document)  # the claim stays with the holder
    for fact, name in ((2, "category"), (3, "level"), (4, "credits"), (5, "gradeStep"), (0, "outcome")):
        with pytest.raises(FactsDiffer, match=name):
            check_facts(opened, document | {fact: document[fact] + 1})
        with pytest.raises(FactsHidden, match=name):
            check_facts(opened, {k: value for k, value in document.items() if k != fact})
    with pytest.raises(FactsDiffer, match="claim"):
        check_facts(opened, document | {1: 7})
    ungraded = OpenedFacts.of(row(grade=0))
    check_facts(ungraded, {k: value for k, value in document.items() if k != 5})
