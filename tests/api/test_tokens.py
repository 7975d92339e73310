"""Tokens: shown once, kept as digests, bound, ended at once; and what a caller with a bad one is told."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from housing import ELSEWHERE, TARGET, bearer
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from gateway import logs
from gateway.api import access
from gateway.api.access import checked_digest, digest_of, new_text
from gateway.api.access_errors import (
    AccountUnknown,
    InstitutionUnknown,
    ScopeMissing,
    ScopeUnwanted,
    TokenIdUnknown,
    TokenMalformed,
    TooManyAttempts,
)
from gateway.api.attempts import BURST, SECONDS, Attempts
from gateway.domain.errors import DomainError
from gateway.domain.identifiers import uscc_check_character
from gateway.store.models import AccessToken, Learner, Role

if TYPE_CHECKING:
    from pathlib import Path

    House = Any

ROUTE = "/v1/transfers"
NOWHERE = "12110000400000002" + uscc_check_character("12110000400000002")


def test_a_token_has_256_random_bits_a_prefix_and_a_checksum() -> None:
    texts = {new_text() for _ in range(50)}
    assert len(texts) == 50
    assert all(len(text) == 53 and text.startswith("hrn_") and text[4:].isalnum() and text.isascii() for text in texts)


@given(st.data())
def test_a_token_that_was_cut_off_or_mistyped_is_told_apart(data: st.DataObject) -> None:
    text = new_text()
    assert checked_digest(text) == digest_of(text)
    cut = data.draw(st.integers(0, len(text) - 1))
    place = data.draw(st.integers(4, len(text) - 1))
    letter = data.draw(st.sampled_from("0Aaz_-é ").filter(lambda one: one != text[place]))
    for wrong in (text[:cut], text + "0", text[:place] + letter + text[place + 1 :]):
        with pytest.raises(TokenMalformed):
            checked_digest(wrong)


def test_only_the_digest_is_kept(house: House, tmp_path: Path) -> None:
    text = house.token(Role.OPERATOR)
    with house.database.read() as connection:
        [row] = connection.execute(select(*AccessToken.__table__.c)).all()
    assert row.digest == digest_of(text)
    assert text not in repr(row)
    files = sorted(tmp_path.glob("huren.db*"))
    assert len(files) > 1
    assert all(text.encode() not in file.read_bytes() for file in files)
    assert text not in repr(house.tokens.create(Role.AUDITOR, days=1))


def test_a_token_lets_its_holder_in(house: House) -> None:
    assert house.get(ROUTE, Role.OPERATOR).json() == {"transfers": [], "next": None}
    assert house.get(ROUTE, Role.OPERATOR).headers["cache-control"] == "no-store"


@pytest.mark.parametrize("header", ["hrn_x", "Basic YTpi", "Bearer", "Bearer ", "Token x", ""])
def test_another_way_of_asking_is_no_token(house: House, header: str) -> None:
    answer = house.client.get(ROUTE, headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith('Bearer realm="huren"')


def refusal(house: House, text: str) -> tuple[int, str, str]:
    answer = house.client.get(ROUTE, headers=bearer(text))
    return answer.status_code, answer.json()["code"], answer.headers["www-authenticate"]


def test_a_bad_token_is_refused_with_what_is_wrong(house: House) -> None:
    invalid = 'Bearer realm="huren", error="invalid_token"'
    good = house.token(Role.OPERATOR)
    assert refusal(house, good[:-3]) == (401, "access.token_form", invalid)
    assert refusal(house, new_text()) == (401, "access.token_unknown", invalid)
    house.clock.now += 86_399
    assert house.client.get(ROUTE, headers=bearer(good)).status_code == 200
    house.clock.now += 1
    assert refusal(house, good) == (401, "access.token_expired", invalid)


def test_revoking_holds_at_the_next_request(house: House) -> None:
    made = house.tokens.create(Role.OPERATOR, days=1)
    assert house.client.get(ROUTE, headers=bearer(made.text)).status_code == 200
    assert house.tokens.revoke(made.token.id).state(int(house.clock())) == "revoked"
    assert refusal(house, made.text)[:2] == (401, "access.token_revoked")
    first = house.tokens.revoke(made.token.id).revoked_at
    house.clock.now += 60
    assert house.tokens.revoke(made.token.id).revoked_at == first
    with pytest.raises(TokenIdUnknown):
        house.tokens.revoke(999)


def test_a_learners_token_ends_with_the_account(house: House) -> None:
    text = house.token(Role.LEARNER, account=2)
    assert house.client.get(ROUTE, headers=bearer(text)).status_code == 200
    with house.database.write() as connection:
        connection.execute(update(Learner).where(Learner.id == 2).values(deleted_at=1))
    assert refusal(house, text)[:2] == (401, "access.token_revoked")


def test_when_a_token_was_used_is_kept_to_the_hour_and_costs_no_write_a_request(house: House) -> None:
    text = house.token(Role.OPERATOR)

    def used() -> int | None:
        [token] = house.tokens.every()
        return token.last_used_at  # type: ignore[no-any-return]

    assert used() is None
    house.client.get(ROUTE, headers=bearer(text))
    first = used()
    assert first == int(house.clock())
    house.clock.now += access.USED_SECONDS - 1
    house.client.get(ROUTE, headers=bearer(text))
    assert used() == first
    house.clock.now += 1
    house.client.get(ROUTE, headers=bearer(text))
    assert used() == int(house.clock())


@pytest.mark.parametrize(
    ("role", "scope", "error"),
    [
        (Role.OFFICER, {}, ScopeMissing),
        (Role.LEARNER, {}, ScopeMissing),
        (Role.OFFICER, {"institution": TARGET, "account": 1}, ScopeUnwanted),
        (Role.OPERATOR, {"institution": TARGET}, ScopeUnwanted),
        (Role.AUDITOR, {"account": 1}, ScopeUnwanted),
        (Role.LEARNER, {"institution": TARGET}, ScopeUnwanted),
        (Role.OFFICER, {"institution": "123300004700007892"}, DomainError),
        (Role.OFFICER, {"institution": NOWHERE}, InstitutionUnknown),
        (Role.LEARNER, {"account": 3}, AccountUnknown),
    ],
)
def test_a_token_is_bound_to_what_its_role_is_bound_to_and_that_exists(
    house: House, role: Role, scope: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises((ScopeMissing, error) if error is ScopeUnwanted else error):
        house.tokens.create(role, days=1, **scope)
    assert house.tokens.every() == []


def test_nothing_of_a_token_is_ever_logged(house: House) -> None:
    stream = io.StringIO()
    logs.configure("DEBUG", "json", stream)
    texts = [house.token(Role.OPERATOR), house.token(Role.OFFICER, institution=ELSEWHERE), new_text()]
    texts.append(texts[0][:-1] + ("0" if texts[0][-1] != "0" else "1"))
    for text in texts:
        for path in (ROUTE, "/v1/agreements", "/v1/transfers/x", "/v1/nothing"):
            house.client.get(path, headers=bearer(text))
    written = stream.getvalue()
    assert '"api.refused"' in written
    assert "hrn_" not in written
    assert all(text[4:20] not in written for text in texts)


# --- attempts


def test_attempts_are_bounded_by_address_and_time_gives_them_back() -> None:
    now = [0.0]
    attempts = Attempts(lambda: now[0])
    for _ in range(BURST):
        attempts.refused("a")
    for _ in range(3):  # and who goes on all the same does not wait for ever
        with pytest.raises(TooManyAttempts) as caught:
            attempts.refused("a")
        assert caught.value.value == SECONDS
    attempts.refused("b")
    now[0] += SECONDS
    attempts.refused("a")


def test_what_attempts_remember_is_bounded() -> None:
    attempts = Attempts(lambda: 0.0)
    for number in range(5_000):
        attempts.refused(str(number))
    assert len(attempts._emptied) == 4_096


def test_whoever_guesses_locks_nobody_out_who_has_the_same_address(house: House) -> None:
    for _ in range(BURST + 5):
        house.client.get(ROUTE, headers=bearer(new_text()))
    unused = house.token(Role.OPERATOR)
    assert house.client.get(ROUTE, headers=bearer(unused)).status_code == 200


def test_guessing_is_answered_429_and_says_when_to_come_again(house: House) -> None:
    good = house.token(Role.OPERATOR)
    assert house.client.get(ROUTE, headers=bearer(good)).status_code == 200
    answers = [house.client.get(ROUTE, headers=bearer(new_text())) for _ in range(BURST + 3)]
    assert [answer.status_code for answer in answers] == [401] * BURST + [429] * 3
    assert answers[-1].json()["code"] == "access.attempts"
    assert 0 < int(answers[-1].headers["retry-after"]) <= SECONDS
    assert house.client.get(ROUTE, headers=bearer(good)).status_code == 200
    assert house.client.get(ROUTE, headers=bearer(good[:-1])).status_code == 429
