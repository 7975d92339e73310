"""What goes on beside the transfers: letters fetched again and again, evidence under keys that go, marks of texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gateway.documents.blobs import FolderStore
from gateway.documents.errors import BlobUnavailable
from gateway.domain.hashing import sha256
from gateway.domain.manifest import cid_of
from gateway.keys.agreement import AgreementKeys
from gateway.keys.secrets import MasterKey
from gateway.ledger.values import InstitutionKey, KeyKind, Tenure
from gateway.recognition.applications import vault as application_vault
from gateway.recognition.applications.vault import ApplicationVault, Unreadable
from gateway.recognition.letters.box import LetterBox, Post
from gateway.recognition.transfers import steward
from gateway.recognition.transfers.errors import EvidenceTooLarge, LetterForOthers, LetterNotThere, NobodyToSealTo
from gateway.recognition.transfers.steward import Steward
from gateway.store.engine import open_database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from gateway.store.engine import Database

SOURCE, TARGET, THIRD = "123100004250004560", "123300004700007891", "123200004660001235"
LEAF, NOW = b"\x0b" * 32, 1_800_000_000


class Published:
    """What the chain says of institutions' keys."""

    def __init__(self) -> None:
        self.keys: dict[str, list[InstitutionKey]] = {}

    def add(self, institution: str, key: bytes, kind: KeyKind = KeyKind.AGREEMENT, **tenure: int) -> None:
        life = Tenure(**{"valid_from": NOW - 10, **tenure})
        self.keys.setdefault(institution, []).append(InstitutionKey(key, kind, life))

    def keys_of(self, institution: str) -> list[InstitutionKey]:
        return self.keys.get(institution, [])


class Peers:
    """Own blobs; what is lacking is refused as often as it is asked for."""

    def __init__(self, own: FolderStore) -> None:
        self.own = own
        self.asked: list[str] = []
        self.elsewhere: dict[str, bytes] = {}

    def get(self, cid: str) -> bytes:
        [(_, found)] = self.get_many([cid])
        if isinstance(found, bytes):
            return found
        raise found

    def get_many(self, cids: Iterable[str]) -> Iterator[tuple[str, Any]]:
        for cid in cids:
            self.asked.append(cid)
            if not self.own.has(cid) and cid in self.elsewhere:
                self.own.put(self.elsewhere[cid])
            yield cid, self.own.get(cid) if self.own.has(cid) else BlobUnavailable(cid, why="no peers")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = open_database(tmp_path / "huren.db")
    yield made
    made.close()


class Office:
    """A box with its surroundings."""

    def __init__(self, folder: Path, database: Database, held: Sequence[str]) -> None:
        self.published = Published()
        self.keys = AgreementKeys(folder / "agreement", lambda: "horse", cost=2)
        self.blobs = FolderStore(folder / "blobs")
        self.peers = Peers(self.blobs)
        for institution in held:
            self.published.add(institution, self.keys.create(institution, now=1).public_key)
        self.box = LetterBox(
            database, self.blobs, self.peers, self.published, lambda: self.keys, clock=lambda: float(NOW)
        )


@pytest.fixture
def office(tmp_path: Path, database: Database) -> Office:
    return Office(tmp_path, database, (SOURCE, TARGET))


def post(occasion: str = "application:1", text: str = "x") -> Post:
    return Post(occasion, LEAF, (SOURCE, TARGET), {"text": text})


def test_an_occasion_has_one_letter_however_often_it_is_written(office: Office) -> None:
    [first] = office.box.post([post()], at=NOW)
    assert office.box.post([post(text="another text")], at=NOW) == [first]
    assert office.box.open(first, "ref", (TARGET, SOURCE)) == {"text": "x"}
    [second] = office.box.post([post("application:2")], at=NOW)
    assert second != first
    assert len(list(office.blobs.cids())) == 2


def test_a_letter_whose_file_was_lost_is_written_anew(office: Office) -> None:
    [first] = office.box.post([post()], at=NOW)
    assert office.blobs.remove(cid_of(first))
    assert not office.blobs.remove(cid_of(first))
    [again] = office.box.post([post()], at=NOW)
    assert again != first
    assert office.box.open(again, "ref", (SOURCE,)) == {"text": "x"}


def test_a_letter_is_sealed_to_every_key_in_force_and_to_no_other(office: Office) -> None:
    newer = office.keys.create(TARGET, now=2).public_key
    office.published.add(TARGET, newer)
    office.published.add(TARGET, b"\x09" * 32, valid_from=NOW + 1)
    office.published.add(TARGET, b"\x08" * 32, retired_at=NOW)
    office.published.add(TARGET, b"\x07" * 32, KeyKind.SIGNING)
    [digest] = office.box.post([post()], at=NOW)
    header = office.blobs.get(cid_of(digest)).split(b"\n")[1].decode()
    assert newer.hex() in header
    for other in (b"\x09", b"\x08", b"\x07"):
        assert (other * 32).hex() not in header


def test_nobody_is_written_to_who_has_published_no_key(office: Office) -> None:
    with pytest.raises(NobodyToSealTo, match=THIRD):
        office.box.post([Post("o", LEAF, (SOURCE, THIRD), {})], at=NOW)
    with pytest.raises(NobodyToSealTo):
        office.box.post([post("later")], at=NOW - 1_000)
    assert not list(office.blobs.cids())


def test_a_letter_that_is_lacking_is_not_there_and_one_without_our_keys_is_for_others(office: Office) -> None:
    with pytest.raises(LetterNotThere, match="cannot check") as caught:
        office.box.open(b"\x01" * 32, "310000-330000-7", (TARGET,))
    assert "暂时无法核对" in caught.value.message("zh")
    [digest] = office.box.post([post()], at=NOW)
    with pytest.raises(LetterForOthers, match=THIRD):
        office.box.open(digest, "310000-330000-7", (THIRD,))


def test_what_is_forgotten_is_gone_from_the_folder(office: Office) -> None:
    digests = office.box.post([post(), post("310000-330000-7:mark")], at=NOW)
    other = office.blobs.put(b"a letter of the other side")
    kept = office.blobs.put(b"a manifest")
    assert office.box.forget([LEAF], [sha256(b"a letter of the other side")]) == 3
    assert [office.blobs.has(cid_of(one)) for one in digests] == [False, False]
    assert (office.blobs.has(other), office.blobs.has(kept)) == (False, True)
    assert office.box.forget([LEAF], []) == 0


# --- the steward


class Row:
    def __init__(self, consent: bytes) -> None:
        self.consent = consent
        self.target = 330_000


class Rows:
    def __init__(self, *letters: bytes) -> None:
        self.letters = letters

    def undecided(self) -> list[Row]:
        return [Row(sha256(letter)) for letter in self.letters]


def test_letters_that_wait_are_fetched_and_what_nobody_gives_rests_longer_each_time(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1_000.0]
    monkeypatch.setattr(steward.time, "monotonic", lambda: clock[0])
    rows: Any = Rows(b"given", b"withheld")
    tending = Steward(330_000, rows, office.box, None)
    office.peers.elsewhere[cid_of(sha256(b"given"))] = b"given"
    assert tending.fetch() == 1
    assert tending.fetch() == 0  # the one is here, the other rests
    assert len(office.peers.asked) == 2
    rests = []
    for _ in range(12):
        before = len(office.peers.asked)
        start = clock[0]
        while len(office.peers.asked) == before:
            clock[0] += 1.0
            tending.fetch()
        rests.append(clock[0] - start)
    assert rests[0] <= rests[3] <= rests[11]
    assert rests[11] <= steward._LONGEST_REST
    office.peers.elsewhere[cid_of(sha256(b"withheld"))] = b"withheld"
    clock[0] += steward._LONGEST_REST
    assert tending.fetch() == 1


def test_a_round_that_goes_wrong_ends_no_steward(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = []

    class Stop:
        def is_set(self) -> bool:
            return len(rounds) == 3

        def wait(self, _: float) -> None:
            return

    class Sweep:
        def queue(self) -> dict[str, int]:
            raise RuntimeError("a full disk, say")

    def failing() -> int:
        rounds.append(1)
        if len(rounds) == 1:
            raise BlobUnavailable("cid", why="no peers")
        return 0

    rows, sweep, stop = Rows(), Sweep(), Stop()
    tending = Steward(330_000, _any(rows), office.box, _any(sweep))
    monkeypatch.setattr(tending, "fetch", failing)
    tending.run(_any(stop))
    assert len(rounds) == 3


@pytest.mark.parametrize("sweeps", [True, False])
def test_a_serving_gateway_sweeps_at_once_and_then_once_a_minute_where_it_is_to(
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
    sweeps: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    clock, swept = [0.0], []
    monkeypatch.setattr(steward.time, "monotonic", lambda: clock[0])

    class Stop:
        def is_set(self) -> bool:
            return clock[0] > 150

        def wait(self, seconds: float) -> None:
            clock[0] += seconds

    class Sweep:
        def queue(self) -> dict[str, int]:
            swept.append(clock[0])
            return {"310000-330000-7": 1}

    rows, sweep, stop = Rows(), Sweep(), Stop()
    Steward(330_000, _any(rows), office.box, _any(sweep) if sweeps else None).run(_any(stop))
    assert swept == ([0.0, 60.0, 120.0] if sweeps else [])


def _any(thing: object) -> Any:  # noqa: ANN401 - a stand-in
    return thing


# --- evidence


class Learners:
    def __init__(self) -> None:
        self.keys = {7: b"\x07" * 32, 8: b"\x08" * 32}

    def keys_of(self, learner_ids: Sequence[int]) -> dict[int, bytes]:
        return {one: self.keys[one] for one in learner_ids if one in self.keys}


def vaults(folder: Path, learners: Learners) -> Callable[[], ApplicationVault]:
    return lambda: ApplicationVault(folder, lambda: learners, lambda: MasterKey(b"\x01" * 32))


def test_evidence_lies_sealed_and_goes_with_the_learners_key(tmp_path: Path) -> None:
    learners = Learners()
    vault = vaults(tmp_path / "consents", learners)
    digest = vault().keep_evidence(7, b"a scan")
    assert digest == vault().keep_evidence(7, b"a scan") == sha256(b"a scan")
    [file] = (tmp_path / "consents" / "7").iterdir()
    assert b"a scan" not in file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    assert vault().evidence(7, digest) == b"a scan"
    with pytest.raises(Unreadable):
        vault().evidence(8, digest)
    del learners.keys[7]
    with pytest.raises(Unreadable):
        vault().evidence(7, digest)
    vault().forget(7)
    assert not (tmp_path / "consents" / "7").exists()
    vault().forget(7)


def test_what_is_sealed_opens_for_its_learner_and_its_place_alone(tmp_path: Path) -> None:
    vault = vaults(tmp_path, Learners())()
    for learner in (7, None):  # None: the certificate was issued elsewhere
        sealed = vault.seal(learner, b"purpose", b"content")
        assert vault.open(learner, b"purpose", sealed) == b"content"
        for other, bound in ((8, b"purpose"), (learner, b"another")):
            with pytest.raises(Unreadable):
                vault.open(other, bound, sealed)
        with pytest.raises(Unreadable):
            vault.open(learner, b"purpose", b"")
    with pytest.raises(Unreadable):
        vault.seal(99, b"purpose", b"content")


def test_evidence_of_any_size_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application_vault, "MOST_EVIDENCE", 3)
    with pytest.raises(EvidenceTooLarge) as caught:
        vaults(tmp_path, Learners())().keep_evidence(7, b"four")
    assert caught.value.to_json()["field"] == "evidence"
