"""Where messages may go, and where never: whoever names an address reaches nothing through this gateway."""

from __future__ import annotations

import asyncio
import ssl
import stat
import threading
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from transfer_history import History

from gateway.webhooks.errors import (
    AddressForbidden,
    AddressMalformed,
    HostUnknown,
    SecretUnreadable,
    TypeUnknown,
    WebhookUnknown,
)
from gateway.webhooks.secrets import Secret, SecretBox
from gateway.webhooks.sending import Courier
from gateway.webhooks.targets import Targets

if TYPE_CHECKING:
    from pathlib import Path

    from receiver import Receiver

    Office = Any

EVERYWHERE = ("0.0.0.0/0", "::/0")


def targets(*networks: str, **hosts: list[str]) -> Targets:
    """Targets whose names are looked up in ``hosts`` (dots written as underscores)."""

    def resolver(host: str, _port: int) -> list[str]:
        return hosts.get(host.replace(".", "_"), [host] if host[0].isdigit() or ":" in host else [])

    return Targets(networks, resolver)


@pytest.mark.parametrize(
    "url",
    [
        "", "x", "ftp://a/b", "file:///etc/passwd", "gopher://a", "http://", "https:///x", "https://user@a.cn/",
        "https://user:pass@a.cn/", "https://a.cn/#x", "https://a.cn/ x", "https://a.cn/\nHost: b", "https://a.cn:x/",
        "https://a.cn:99999/", "https://[::1", "https://a.cn/" + "x" * 2_000, "https://例.cn/",
    ],
)  # fmt: skip
def test_what_is_no_plain_web_address_is_refused(url: str) -> None:
    with pytest.raises(AddressMalformed):
        targets(*EVERYWHERE).of(url)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254", "100.100.100.200", "192.0.0.192", "fd00:ec2::254", "fe80::1", "0.0.0.1", "255.255.255.255",
        "224.0.0.1", "::", "ff02::1", "::ffff:169.254.169.254",
    ],
)  # fmt: skip
def test_metadata_and_special_addresses_are_refused_even_where_everything_is_allowed(address: str) -> None:
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(AddressForbidden):
        targets(*EVERYWHERE).of(f"https://{host}/latest/meta-data/")
    with pytest.raises(AddressForbidden):
        targets(*EVERYWHERE, innocent_example=[address]).of("https://innocent.example/")


def test_a_special_address_is_allowed_where_the_setting_names_it_by_itself() -> None:
    assert targets("169.254.10.1/32").of("http://169.254.10.1/").address == "169.254.10.1"
    with pytest.raises(AddressForbidden):
        targets("169.254.10.1/32").of("http://169.254.10.2/")


@pytest.mark.parametrize("address", ["10.0.0.1", "192.168.1.1", "8.8.8.8", "2001:db8::1", "fd12::1"])
def test_by_default_nothing_is_asked_but_this_machine(address: str) -> None:
    usual = ("127.0.0.0/8", "::1/128")
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(AddressForbidden):
        targets(*usual).of(f"https://{host}/")
    assert targets(*usual).of("http://127.0.0.1:8080/x").port == 8080
    assert targets(*usual).of("http://[::1]/").address == "::1"
    assert targets(*usual).of("http://[::ffff:127.0.0.1]/").host == "::ffff:127.0.0.1"


def test_of_a_name_every_address_must_be_allowed() -> None:
    mixed = targets("10.1.0.0/16", inside_example=["10.1.2.3"], both_example=["10.1.2.3", "10.9.2.3"])
    assert mixed.of("http://inside.example/").address == "10.1.2.3"
    with pytest.raises(AddressForbidden) as caught:
        mixed.of("http://both.example/")
    assert caught.value.details["address"] == "10.9.2.3"
    with pytest.raises(HostUnknown):
        mixed.of("http://nowhere.example/")


def test_a_public_address_takes_https() -> None:
    assert targets(*EVERYWHERE).of("https://8.8.8.8/").port == 443
    with pytest.raises(AddressForbidden):
        targets(*EVERYWHERE).of("http://8.8.8.8/")


def test_a_name_that_changes_its_address_is_checked_at_every_message(receiver: Receiver) -> None:
    """Rebinding: looked up once, connected to as it was looked up; the next message asks anew."""
    answers = [["127.0.0.1"], ["169.254.169.254"]]
    asked = Targets(("127.0.0.0/8",), lambda _host, _port: answers.pop(0))

    async def both() -> list[str]:
        async with Courier(asked) as courier:
            url = f"http://rebinding.example:{receiver.port}/x"
            return [(await courier.send(url, Secret.new(), f"m{n}", b"{}", now=1)).said for n in range(2)]

    assert asyncio.run(both()) == ["HTTP 200", "webhook.address"]
    assert receiver.ids() == ["m0"]
    assert receiver.got[0].headers["host"] == f"rebinding.example:{receiver.port}"


def test_names_that_nobody_answers_for_keep_no_other_waiting(receiver: Receiver) -> None:
    dead = threading.Event()

    def look_up(host: str, _port: int) -> list[str]:
        if host != "good.example":
            dead.wait(10)
        return ["127.0.0.1"]

    async def all_of_them() -> list[str]:
        async with Courier(Targets(("127.0.0.0/8",), look_up), patience=3.0) as courier:
            hosts = [f"dead{n}.example" for n in range(40)] + ["good.example"]
            urls = [f"http://{host}:{receiver.port}/" for host in hosts]
            sent = await asyncio.gather(*(courier.send(url, Secret.new(), "m", b"{}", now=1) for url in urls))
            dead.set()
            return [one.said for one in sent]

    *lost, good = asyncio.run(all_of_them())
    assert set(lost) == {"no answer within 3 s"}
    assert good == "HTTP 200"


def test_a_certificate_is_asked_for_by_the_hosts_name_not_by_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[httpx.Request] = []

    async def answer(_self: object, request: httpx.Request) -> httpx.Response:
        seen.append(request)
        raise httpx.ConnectError("no such place") from ssl.SSLError()

    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", answer)

    async def one() -> str:
        async with Courier(targets(*EVERYWHERE, bank_example=["93.184.216.34"])) as courier:
            return (await courier.send("https://bank.example/in", Secret.new(), "m", b"{}", now=1)).said

    assert asyncio.run(one()) == "ConnectError"
    [request] = seen
    assert (request.url.host, request.headers["host"]) == ("93.184.216.34", "bank.example")
    assert request.extensions["sni_hostname"] == "bank.example"


# --- the secret


def test_a_secret_is_sealed_for_its_address_under_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "webhooks.key"
    box, secret = SecretBox(path), Secret.new()
    sealed = box.seal(secret, "https://a.cn")
    assert secret.key not in sealed
    assert box.open(sealed, "https://a.cn") == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert repr(secret) == "Secret(***)"
    assert Secret.read(secret.text) == secret
    for wrong in (lambda: box.open(sealed, "https://b.cn"), lambda: box.open(sealed[:-1] + b"x", "https://a.cn")):
        with pytest.raises(SecretUnreadable):
            wrong()


def test_a_key_file_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    path = tmp_path / "webhooks.key"
    box = SecretBox(path)
    sealed = box.seal(Secret.new(), "u")
    path.chmod(0o640)
    with pytest.raises(SecretUnreadable, match="others can read"):
        box.open(sealed, "u")
    path.chmod(0o600)
    for content in ("", "zz", "ab" * 31):
        path.write_text(content)
        with pytest.raises(SecretUnreadable, match="64 hexadecimal"):
            box.open(sealed, "u")
    path.unlink()
    with pytest.raises(SecretUnreadable, match="not there"):
        box.open(sealed, "u")


def test_a_webhook_whose_secret_does_not_open_is_left_waiting(office: Office, receiver: Receiver) -> None:
    made = History()
    made.request()
    office.keep(made)
    office.add(receiver.url)
    (office.folder / "keys" / "webhooks.key").write_text("00" * 32)
    with office.working():
        pass
    assert receiver.got == []
    assert office.queue.due() != []


def test_only_what_there_is_can_be_asked_for(office: Office) -> None:
    with pytest.raises(TypeUnknown, match=r"transfer\.requested"):
        office.add("http://127.0.0.1:1/", "transfer.lost")
    for act in (office.book.one, office.book.remove, office.book.resume):
        with pytest.raises(WebhookUnknown):
            act(7)
