"""Messages to a receiver that takes them, fails, is slow, goes away and comes back: in order, until they are taken."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from receiver import Receiver
from transfer_history import SOURCE, TARGET, History

from gateway.ledger.recognition_feed import Position
from gateway.webhooks.queue import FIRST_SECONDS, GIVEN_UP_SECONDS, KEPT_SECONDS, LONGEST_SECONDS, PART, pause

if TYPE_CHECKING:
    Office = Any


def history(count: int) -> History:
    made = History()
    for _ in range(count):
        made.request()
    return made


def ids(made: History) -> list[str]:
    return [f"evt_{row['block']}_{row['log_index']}" for row in made.rows]


def test_events_come_signed_and_in_the_order_of_the_chain(office: Office, receiver: Receiver) -> None:
    made = history(3)
    made.accept((310000, 330000, 1))
    office.keep(made)
    _, secret = office.add(receiver.url)
    with office.working():
        receiver.wait(4)
        office.emptied()
    assert receiver.ids() == ids(made)
    assert all(message.signed_with(secret) for message in receiver.got)
    assert not receiver.got[0].signed_with(office.add(receiver.url)[1])
    last = receiver.got[-1].json
    assert set(last) == {"type", "timestamp", "data"}
    assert last["type"] == "transfer.accepted"
    assert last["data"]["transfer"] == "310000-330000-1"
    assert (last["data"]["institution"], last["data"]["targetInstitution"]) == (SOURCE, TARGET)
    assert abs(int(receiver.got[0].headers["webhook-timestamp"]) - time.time()) < 60
    assert receiver.got[0].headers["content-type"] == "application/json"


def test_more_events_than_are_read_at_once_come_all(office: Office, receiver: Receiver) -> None:
    made = history(PART + 7)
    office.keep(made)
    office.add(receiver.url)
    with office.working():
        receiver.wait(PART + 7, 60)
    assert receiver.ids() == ids(made)


def test_a_webhook_gets_the_types_and_the_institution_it_asked_for(office: Office, receiver: Receiver) -> None:
    made = history(2)
    made.accept((310000, 330000, 2))
    office.keep(made)
    office.add(receiver.url + "/accepted", "transfer.accepted")
    office.add(receiver.url + "/source", institution=SOURCE)
    office.add(receiver.url + "/nobody", institution="123200004660001235")
    with office.working():
        receiver.wait(4)
        office.emptied()
        time.sleep(0.7)
    assert sorted(receiver.ids()) == sorted([ids(made)[2], *ids(made)])
    assert {one.hook.cursor for one in office.book.every()} == {Position(made.rows[-1]["block"], 2)}


def test_a_webhook_is_told_of_what_happens_from_now_on(office: Office, receiver: Receiver) -> None:
    made = history(2)
    office.keep(made)
    office.add(receiver.url, after=None)
    first = len(made.rows)
    made.request()
    later = History()
    later.rows = made.rows[first:]
    office.keep(later)
    with office.working():
        receiver.wait(1)
        office.emptied()
    assert receiver.ids() == ids(made)[first:]


def test_what_was_not_taken_comes_again_with_the_same_id_and_nothing_overtakes_it(
    office: Office, receiver: Receiver
) -> None:
    made = history(3)
    office.keep(made)
    _, secret = office.add(receiver.url)
    receiver.status = 500
    with office.working():
        receiver.wait(1)
        office.until("failing")
        assert receiver.ids() == ids(made)[:1]
        receiver.status = 204
        office.ahead += FIRST_SECONDS + 1
        receiver.wait(4)
        office.emptied()
    assert receiver.ids() == [*ids(made)[:1], *ids(made)]
    assert all(message.signed_with(secret) for message in receiver.got)
    assert office.book.one(1).state == "active"


def test_a_receiver_that_is_slow_is_waited_for_only_so_long_and_others_are_served_meanwhile(
    office: Office, receiver: Receiver
) -> None:
    other = Receiver()
    try:
        office.keep(history(2))
        office.add(receiver.url)
        office.add(other.url)
        receiver.slow = 5.0
        with office.working():
            other.wait(2)
            office.until("failing")
        [slow, quick] = office.book.every()
        assert (slow.waiting, slow.outcome) == (2, "no answer within 0.5 s")
        assert (quick.waiting, quick.outcome) == (0, "HTTP 200")
    finally:
        other.stop()


def test_a_receiver_that_went_away_gets_everything_when_it_is_back(office: Office) -> None:
    first = Receiver()
    port = first.port
    made = history(2)
    office.keep(made)
    office.add(first.url)
    first.stop()
    with office.working():
        office.until("failing")
        [listed] = office.book.every()
        assert listed.outcome == "ConnectError"
        back = Receiver(port)
        try:
            office.ahead += 60
            back.wait(2)
            office.emptied()
            assert back.ids() == ids(made)
        finally:
            back.stop()


def test_a_redirect_is_not_followed(office: Office, receiver: Receiver) -> None:
    office.keep(history(1))
    office.add(receiver.url)
    receiver.status, receiver.location = 307, receiver.url + "/elsewhere"
    with office.working():
        office.until("failing")
    assert len(receiver.got) == 1
    assert office.book.every()[0].outcome == "HTTP 307"


def test_after_three_days_without_one_message_taken_it_is_disabled_and_can_be_taken_up_again(
    office: Office, receiver: Receiver
) -> None:
    made = history(2)
    office.keep(made)
    number, _ = office.add(receiver.url)
    receiver.status = 503
    with office.working():
        office.until("failing")
        office.ahead += GIVEN_UP_SECONDS - LONGEST_SECONDS
        receiver.wait(2)
        assert office.book.one(number).state == "failing"
        office.ahead += 2 * LONGEST_SECONDS
        office.until("disabled")
        count = len(receiver.got)
        time.sleep(1.2)
        assert len(receiver.got) == count
        assert office.book.one(number).disabled_why == "failing: HTTP 503"
        receiver.status = 200
        assert office.book.resume(number).state == "active"
        office.emptied()
    assert receiver.ids()[count:] == ids(made)


def test_a_receiver_that_is_gone_for_good_is_not_asked_again(office: Office, receiver: Receiver) -> None:
    office.keep(history(2))
    office.add(receiver.url)
    receiver.status = 410
    with office.working():
        office.until("disabled")
    assert len(receiver.got) == 1
    assert office.book.one(1).disabled_why == "gone: HTTP 410"


def test_one_that_is_removed_is_forgotten_with_what_waits(office: Office, receiver: Receiver) -> None:
    office.keep(history(2))
    number, _ = office.add(receiver.url)
    office.queue.due()
    assert office.book.every()[0].waiting == 2
    office.book.remove(number)
    with office.working():
        time.sleep(0.7)
    assert receiver.got == []
    assert office.book.every() == []


def test_a_message_never_goes_to_the_address_of_a_webhook_that_was_removed(office: Office, receiver: Receiver) -> None:
    other = Receiver()
    try:
        made = history(30)
        office.keep(made)
        number, _ = office.add(receiver.url)
        receiver.slow = 0.1
        with office.working():
            receiver.wait(3)
            office.book.remove(number)
            again, secret = office.add(other.url)
            assert again == number, "SQLite gives the number anew"
            other.wait(30)
            office.emptied()
        assert len(receiver.got) <= 5
        assert other.ids() == ids(made)
        assert all(message.signed_with(secret) for message in other.got)
    finally:
        other.stop()


def test_of_two_workers_on_one_data_directory_one_sends(office: Office, receiver: Receiver) -> None:
    made = history(20)
    office.keep(made)
    office.add(receiver.url)
    with office.working(), office.working():
        receiver.wait(20)
        office.emptied()
        time.sleep(0.5)
    assert receiver.ids() == ids(made)


def test_messages_that_were_taken_are_kept_for_a_week(office: Office, receiver: Receiver) -> None:
    office.keep(history(1))
    office.add(receiver.url)
    with office.working():
        receiver.wait(1)
        office.emptied()
    queue = office.queue
    for ahead, kept in ((KEPT_SECONDS - 60, 1), (KEPT_SECONDS + 60, 0)):
        office.ahead = ahead
        queue.forget_old()
        with office.database.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM webhook_deliveries").scalar() == kept


@pytest.mark.parametrize("tried", [1, 2, 5, 12, 40, 400])
def test_pauses_double_with_jitter_up_to_six_hours(tried: int) -> None:
    whole = min(FIRST_SECONDS * 2.0 ** (tried - 1), LONGEST_SECONDS)
    found = [pause(tried) for _ in range(50)]
    assert whole / 2 <= min(found) < max(found) <= whole
