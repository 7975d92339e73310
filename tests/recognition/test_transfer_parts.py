"""Names, details and enrolments of transfers, without a chain."""

from __future__ import annotations

import dataclasses
import re
import string
from typing import Any

import pytest
from eth_abi.abi import encode

from gateway.domain.hashing import hmac_sha256, keccak256
from gateway.domain.text import TextError
from gateway.recognition.transfers.enrolments import enrolment_of
from gateway.recognition.transfers.errors import TransferProblem
from gateway.recognition.transfers.values import Details, Ref, RefMalformed, Return, TransferStanding

KEY, SCHOOL, OTHER, PROGRAMME = (bytes([n]) * 32 for n in (1, 2, 3, 4))


def test_a_transfer_is_named_by_its_provinces_and_its_number() -> None:
    ref = Ref.read(" 320000-330000-7 ")
    assert (ref.source, ref.target, ref.number) == ref.values == (320_000, 330_000, 7)
    assert str(ref) == "320000-330000-7"
    assert ref.subject == 320_000 << 32 | 330_000
    for wrong in ("320000-330000", "32-33-1", "320000-330000-x", "３２００００-330000-1"):
        with pytest.raises(RefMalformed):
            Ref.read(wrong)


def test_details_have_the_digest_that_the_ledger_keeps() -> None:
    values = [bytes([n]) * 32 for n in range(12)]
    given: list[Any] = [5 if n == 7 else value for n, value in enumerate(values)]
    details = Details(*given)
    types = ["bytes32"] * 7 + ["uint32"] + ["bytes32"] * 4
    assert details.rule == 5
    assert details.digest == keccak256(encode(types, details.values))
    assert dataclasses.replace(details, rule=6).digest != details.digest


# The law: "enrolment: bytes32 = HMAC-SHA256(target institution's key, student ‖ programme)"
def test_an_enrolment_is_one_students_in_one_programme_of_one_institution() -> None:
    known = hmac_sha256(hmac_sha256(KEY, SCHOOL), b"20260001" + PROGRAMME)
    assert enrolment_of(KEY, SCHOOL, "20260001", PROGRAMME) == known
    assert len({
        known, enrolment_of(KEY, SCHOOL, "20260002", PROGRAMME), enrolment_of(KEY, OTHER, "20260001", PROGRAMME),
        enrolment_of(KEY, SCHOOL, "20260001", OTHER), enrolment_of(OTHER, SCHOOL, "20260001", PROGRAMME),
    }) == 5  # fmt: skip


@pytest.mark.parametrize("spelling", ["s2026a01", "Ｓ２０２６Ａ０１", " S2026 A01 ", "S2026\u200bA01"])
def test_a_number_in_another_spelling_is_no_other_student_with_a_cap_of_their_own(spelling: str) -> None:
    assert enrolment_of(KEY, SCHOOL, spelling, PROGRAMME) == enrolment_of(KEY, SCHOOL, "S2026A01", PROGRAMME)


@pytest.mark.parametrize("nothing", ["", "  ", "a\x00b"])
def test_what_is_no_number_is_no_student(nothing: str) -> None:
    with pytest.raises(TextError):
        enrolment_of(KEY, SCHOOL, nothing, PROGRAMME)


@pytest.mark.parametrize("word", [*TransferStanding, *Return], ids=str)
def test_every_standing_and_reason_is_said_in_both_languages(word: TransferStanding | Return) -> None:
    assert word.zh
    assert word.en
    assert word.zh != word.en


def every(kind: type[TransferProblem]) -> list[type[TransferProblem]]:
    return [kind, *(one for inner in kind.__subclasses__() for one in every(inner))]


TOLD = [kind for kind in every(TransferProblem) if not kind.__subclasses__()]
"""What is raised; the others are families."""


@pytest.mark.parametrize("kind", TOLD, ids=lambda kind: kind.__name__)
def test_every_problem_names_its_member_and_says_in_both_languages_what_to_do(kind: type[TransferProblem]) -> None:
    def named(template: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(template) if name}

    assert re.fullmatch(r"(transfer|letter|application)\.[a-z_.]+", kind.code)
    assert re.fullmatch(r"[a-z][A-Za-z]*", kind.field)
    assert named(kind.zh) == named(kind.en)
    assert named(kind.hint_zh) == named(kind.hint_en)
    assert re.search(r"[\u4e00-\u9fff]", kind.hint_zh)
    assert re.search(r"[a-z]{2}", kind.hint_en)


def test_no_two_problems_have_one_code() -> None:
    codes = [kind.code for kind in every(TransferProblem) if "code" in vars(kind)]
    assert len(codes) == len(set(codes))
