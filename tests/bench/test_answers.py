"""What the benchmark takes for an answer of the server, and for the better of two comparators."""

from __future__ import annotations

import os

import pytest
from bench_comparator import Comparator
from bench_http import kind_of
from bench_million import family_of, memory_of

OK = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n"


@pytest.mark.parametrize("kind", ["registered", "revoked", "not-found"])
def test_a_verdict_is_counted_by_its_kind(kind: str) -> None:
    assert kind_of(OK, b'{"verdict":"%b","zh":""}' % kind.encode()) == kind


def test_a_kind_named_elsewhere_in_an_answer_is_not_the_verdict() -> None:
    assert kind_of(OK, b'{"verdict":"suspended","batches":[{"status":"revoked"}]}') == "?"


def test_the_constant_is_told_from_a_verdict() -> None:
    assert kind_of(OK, b'{"status":"ok"}') == "ok"


def test_an_answer_that_cannot_check_is_counted_by_its_status_line() -> None:
    head = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\n\r\n"
    assert kind_of(head, b'{"verdict":"registered"}') == "HTTP/1.1 503 Service Unavailable"


def test_the_better_of_two_comparators_is_taken_in_each_discipline() -> None:
    assert Comparator(1500, 2000).better(Comparator(1700, 1800)) == Comparator(1700, 2000)


def test_a_process_is_of_its_own_family_and_holds_memory() -> None:
    assert family_of(os.getpid())[0] == os.getpid()
    assert memory_of(os.getpid()) > 1 << 20


def test_a_process_that_has_ended_holds_none() -> None:
    pid = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(pid, 0)
    assert memory_of(pid) == 0
