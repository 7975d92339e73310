from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain import identifiers as ids
from gateway.domain.claims import OutcomeCode, OutcomeCodeMalformed, claim, claim_key, outcome_word
from gateway.domain.identifiers import DocumentType, LearnerDocument, Uscc
from gateway.domain.provinces import PROVINCES, UnknownProvince, province_of

KNOWN = json.loads((Path(__file__).parents[1] / "vectors" / "identifiers.json").read_text(encoding="utf-8"))
LEAVES = json.loads((Path(__file__).parents[1] / "vectors" / "leaf.json").read_text(encoding="utf-8"))


def test_provinces_have_the_names_of_gb_t_2260() -> None:
    assert {str(code): PROVINCES[code].zh for code in map(int, KNOWN["gb2260"])} == KNOWN["gb2260"]
    assert province_of(320000).en == "Jiangsu"


def test_a_code_that_is_no_province_is_refused() -> None:
    with pytest.raises(UnknownProvince):
        province_of(320100)


@pytest.mark.parametrize("number", KNOWN["gb11643_valid"])
def test_a_valid_resident_number_is_read(number: str) -> None:
    assert LearnerDocument(DocumentType.RESIDENT, number).number == number


@pytest.mark.parametrize(
    ("number", "error"),
    list(
        zip(
            KNOWN["gb11643_invalid"],
            (
                ids.ResidentNumberCheckCharacter,
                ids.ResidentNumberBirthDate,
                ids.ResidentNumberMalformed,
                ids.ResidentNumberMalformed,
                ids.ResidentNumberProvince,
            ),
            strict=True,
        )
    ),
)
def test_an_invalid_resident_number_is_refused_by_its_own_error(number: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        ids.check_resident_number(number)


@pytest.mark.parametrize("damaged", ["3.30106E+17", "3.30106199001011E+17", "3E+17", "3.3e17"])
def test_a_number_damaged_by_a_spreadsheet_is_told_apart(damaged: str) -> None:
    with pytest.raises(ids.SpreadsheetDamage):
        ids.check_resident_number(damaged)
    with pytest.raises(ids.SpreadsheetDamage):
        LearnerDocument(DocumentType.TAIWAN, damaged)


@given(
    st.dates(dt.date(1900, 1, 1), dt.date(2030, 1, 1)),
    st.sampled_from(sorted(PROVINCES)),
    st.integers(0, 999),
    st.data(),
)
def test_any_single_wrong_digit_of_a_resident_number_is_noticed(
    birth: dt.date, province: int, order: int, data: st.DataObject
) -> None:
    first = f"{province}{birth:%Y%m%d}{order:03d}"
    valid = next(first + c for c in "0123456789X" if _is_resident(first + c))
    place = data.draw(st.integers(0, 16))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != valid[place]]))
    assert not _is_resident(valid[:place] + digit + valid[place + 1 :])


def _is_resident(number: str) -> bool:
    try:
        ids.check_resident_number(number)
    except ids.DocumentNumberError:
        return False
    return True


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        (DocumentType.PASSPORT, "E12345678"),
        (DocumentType.HONG_KONG_MACAO, "H12345678"),
        (DocumentType.TAIWAN, "12345678"),
    ],
)
def test_travel_documents_have_a_form_each(kind: DocumentType, number: str) -> None:
    assert LearnerDocument(kind, number).kind is kind
    with pytest.raises(ids.TravelDocumentMalformed):
        LearnerDocument(kind, number + "-")


def test_a_document_shows_no_number_when_printed() -> None:
    assert KNOWN["gb11643_valid"][0] not in repr(LearnerDocument(DocumentType.RESIDENT, KNOWN["gb11643_valid"][0]))


@pytest.mark.parametrize("code", KNOWN["gb32100_valid"])
def test_a_valid_credit_code_is_read_and_comes_back_from_the_ledgers_word(code: str) -> None:
    uscc = Uscc(code)
    assert Uscc.from_word(uscc.word) == uscc
    assert uscc.word == code.encode().ljust(32, b"\0")
    assert ids.institution_word(code) == uscc.word


@pytest.mark.parametrize(
    ("code", "error"),
    list(
        zip(
            KNOWN["gb32100_invalid"],
            (ids.UsccMalformed, ids.UsccCheckCharacter, ids.UsccMalformed, ids.UsccMalformed),
            strict=True,
        )
    ),
)
def test_an_invalid_credit_code_is_refused_by_its_own_error(code: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        Uscc(code)


def test_the_alphabet_is_that_of_gb_32100() -> None:
    assert KNOWN["gb32100_alphabet"] == ids.USCC_ALPHABET


def test_a_credit_code_names_its_province_unless_it_is_national() -> None:
    province = Uscc("11320000MB151840XJ").province
    assert province is not None
    assert province.code == 320000
    national = "12100000" + "400000000"
    assert Uscc(national + ids.uscc_check_character(national)).province is None


def test_a_credit_code_of_no_province_is_refused() -> None:
    first = "91990100M000100Y4"
    with pytest.raises(ids.UsccProvince):
        Uscc(first + ids.uscc_check_character(first))


@pytest.mark.parametrize(
    "word", [b"short", b"\0" * 32, b"91350100M000100Y43".ljust(31, b"\0") + b"x", b"\xff" * 18 + b"\0" * 14]
)
def test_other_words_than_a_padded_credit_code_are_refused(word: bytes) -> None:
    with pytest.raises(ids.UsccMalformed):
        Uscc.from_word(word)


@given(st.text(ids.USCC_ALPHABET, min_size=17, max_size=17), st.data())
def test_any_single_wrong_character_of_a_credit_code_is_noticed(first: str, data: st.DataObject) -> None:
    valid = first + ids.uscc_check_character(first)
    place = data.draw(st.integers(0, 16))
    other = data.draw(st.sampled_from([c for c in ids.USCC_ALPHABET if c != valid[place]]))
    assert ids.uscc_check_character(valid[:place] + other + valid[place + 1 : 17]) != valid[17]


def test_full_width_digits_a_small_x_and_stray_spaces_are_normalised_and_said_so() -> None:
    assert ids.normalise("\ufeff １１０１０５19491231002ｘ\u200b ") == ids.Normalised(
        "11010519491231002X", changed=True
    )
    assert ids.normalise("11010519491231002X") == ids.Normalised("11010519491231002X", changed=False)


# The law: "outcome: bytes32, keccak256 of its code"
@pytest.mark.parametrize("code", ["JS-ASC-4", "A", "A.B-9", "X" * 32])
def test_an_outcome_code_is_hashed_as_the_ledger_does(code: str) -> None:
    assert OutcomeCode(code).word == outcome_word(code)
    assert str(OutcomeCode(code)) == code


# The law: "matching [A-Z0-9.-]{1,32}"
@pytest.mark.parametrize("code", ["", "js-asc-4", "X" * 33, "A B", "中", "A\n"])
def test_a_malformed_outcome_code_is_refused(code: str) -> None:
    with pytest.raises(OutcomeCodeMalformed):
        OutcomeCode(code)


# The law: "keccak256 of its code after NFKC"
def test_an_outcome_code_in_full_width_letters_is_read() -> None:
    assert OutcomeCode.read(" ＪＳ-ASC-４ ") == OutcomeCode("JS-ASC-4")


# The law: "HMAC-SHA256(HMAC-SHA256(province's pseudonym key, document type ‖ number), institution ‖ outcome)"
@pytest.mark.parametrize("known", LEAVES["credentials"], ids=lambda known: known["outcomeCode"])
def test_claims_equal_the_known_answers(known: dict[str, str]) -> None:
    document = LearnerDocument(DocumentType.RESIDENT, known["number"])
    key = claim_key(bytes.fromhex(LEAVES["pseudonymKey"][2:]), document)
    assert "0x" + key.hex() == known["claimKey"]
    assert "0x" + OutcomeCode(known["outcomeCode"]).word.hex() == known["outcome"]
    own = claim(key, Uscc(known["institutionCode"]).word, outcome_word(known["outcomeCode"]))
    assert "0x" + own.hex() == known["claim"]
