"""Verifying certificate files with nothing but the file and the centre's published status list at hand.

With its signature: well-formed, recomputed, included, signed by the issuer, not revoked. Without: the same but the
signature. Every file that is measured must pass; each of some altered ones must not.
"""

from __future__ import annotations

import time
from itertools import cycle, islice
from typing import TYPE_CHECKING

from bench_rows import BenchError, expect

from gateway.domain.errors import HurenError
from gateway.domain.receipt import Certificate
from gateway.domain.secured import verify_document
from gateway.domain.statuslist import decode_status_list, status_bit
from gateway.verification.papers import check_inclusion, read_paper, recompute, signature_finding

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gateway.bootstrap import Gateway

CHUNK = 250


def certificates_of(gateway: Gateway, batch: int, most: int) -> list[bytes]:
    """The first certificate files of a batch, which are in no order but their leaves'."""
    return [content for _, content in islice(gateway.exporter.batch(batch), most)]


class OfflineCheck:
    """Checks files against status lists that were fetched, verified and unpacked before."""

    def __init__(self, gateway: Gateway, files: Sequence[bytes]) -> None:
        self._lists: dict[str, bytes] = {}
        for file in files:
            address = _entry_of(file)[0]
            if address not in self._lists:
                institution, number = address.rsplit("/", 2)[1:]
                document = gateway.status_lists.credential(institution, int(number)).document
                verify_document(document)
                self._lists[address] = decode_status_list(document["credentialSubject"]["encodedList"])

    def unsigned(self, data: bytes) -> bool:
        """Whether hash, leaf, inclusion and status are good."""
        try:
            paper = read_paper(data)
            check_inclusion(paper, recompute(paper))
        except HurenError:
            return False
        return self._in_force(paper.file)

    def signed(self, data: bytes) -> bool:
        """Whether hash, leaf, inclusion, signature and status are good."""
        try:
            paper = read_paper(data)
            check_inclusion(paper, recompute(paper))
        except HurenError:
            return False
        return signature_finding(paper) is None and self._in_force(paper.file)

    def _in_force(self, file: object) -> bool:
        if not isinstance(file, Certificate):
            return False
        status = file.credential.document.credential_status
        return not status_bit(self._lists[status.status_list_credential], int(status.status_list_index))


def _entry_of(file: bytes) -> tuple[str, int]:
    status = Certificate.parse(file).credential.document.credential_status
    return status.status_list_credential, int(status.status_list_index)


def rate_of(check: Callable[[bytes], bool], files: Sequence[bytes], seconds: float) -> float:
    """Files a second of one core.

    Raises:
        BenchError: a good file does not pass, or an altered one does.
    """
    for file in files[:50]:
        for altered in (file.replace(b'"creditsEarned":', b'"creditsEarned":1', 1), _other_salt(file)):
            if altered == file or check(altered):
                raise BenchError("an altered certificate passes")
    expect("certificates that pass", sum(map(check, files)), len(files))
    rounds = cycle([files[at : at + CHUNK] for at in range(0, len(files), CHUNK)])
    done, passed, began = 0, 0, time.process_time()
    while (spent := time.process_time() - began) < seconds:
        part = next(rounds)
        passed += sum(map(check, part))
        done += len(part)
    expect("certificates that pass", passed, done)
    return done / spent


def _other_salt(file: bytes) -> bytes:
    """The file with another digit in its salt: nothing of the document changed, but the leaf does."""
    at = file.index(b'"salt":"0x') + len(b'"salt":"0x')
    digit = b"1" if file[at : at + 1] != b"1" else b"2"
    return file[:at] + digit + file[at + 1 :]
