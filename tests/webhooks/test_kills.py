"""`huren serve` killed while it sends: the next start goes on with the message that it was at."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from deployed import write_gateway
from office import LOOPBACK
from transfer_history import History

from gateway.bootstrap import Gateway
from gateway.ledger.recognition_events import RECOGNITION
from gateway.ledger.recognition_feed import BEGINNING
from gateway.ledger.transfer_projection import apply
from gateway.settings import load_settings

if TYPE_CHECKING:
    from receiver import Receiver

pytestmark = pytest.mark.kill

HUREN = Path(sys.executable).with_name("huren")
COUNT = 60


def start(folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            [HUREN, "serve", "--read-only", "--config", str(folder / "gateway.toml")],
            stdout=log,
            stderr=log,
            env={"PATH": os.environ["PATH"]},
        )


def prepare(folder: Path, url: str) -> tuple[list[str], str]:
    """A gateway's folder with events that nobody was told of yet, and a webhook for all of them."""
    config = write_gateway(folder, f"webhook_networks = {list(LOOPBACK)!r}\n".replace("'", '"'))
    made = History()
    for _ in range(COUNT):
        made.request()
    gateway: Any = Gateway(load_settings(config))
    with gateway.database.write() as connection:
        connection.execute(RECOGNITION.insert(), made.rows)
        apply(connection, made.rows)
    _, secret = gateway.webhooks.book.add(url, after=BEGINNING)
    gateway.close()
    return [f"evt_{row['block']}_{row['log_index']}" for row in made.rows], secret.text


def test_killed_again_and_again_it_leaves_nothing_out_and_nothing_changes_its_place(
    tmp_path: Path, receiver: Receiver
) -> None:
    expected, secret = prepare(tmp_path, receiver.url)
    receiver.slow = 0.02
    for some in (5, 20, 35):
        process = start(tmp_path)
        receiver.wait(some, 60)
        process.kill()
        process.wait(10)
    process = start(tmp_path)
    try:
        until = time.monotonic() + 60
        while receiver.ids()[-1] != expected[-1]:
            assert time.monotonic() < until, (tmp_path / "log").read_text()
            time.sleep(0.05)
    finally:
        process.terminate()
        assert process.wait(20) == 0
    assert [first for first, _ in itertools.groupby(receiver.ids())] == expected
    assert len(receiver.got) <= COUNT + 3, "a kill repeats one message at most"
    assert all(message.signed_with(secret) for message in receiver.got)
    bodies = {(message.id, message.body) for message in receiver.got}
    assert len(bodies) == COUNT, "what comes twice is the same"
