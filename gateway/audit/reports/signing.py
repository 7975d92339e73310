"""Signatures of report files, in a file of their own beside each: Ed25519 (RFC 8032) under a did:key.

    signer = open_report_key(key_file, passphrase)
    statement = Statement.of(content, report, form="pdf", language="both")
    write_whole(signature_path(path), statement.signed_by(signer))

What is signed is ``huren.report.v1``, a zero byte, and the canonical JSON (RFC 8785) of the statement without its
``signature``: the file's sha256, and of which report, chain, block and month it is, so that whoever holds an index can
make the same file again. Neither a time nor a name is in it: the same key signs the same report in the same bytes.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gateway.audit.reports.errors import SignatureMalformed
from gateway.audit.reports.values import block_json
from gateway.domain.civil_time import month_text
from gateway.domain.did_key import base58_decode, base58_encode, public_key_of
from gateway.domain.errors import DomainError
from gateway.domain.hashing import hex0x, sha256
from gateway.domain.jcs import canonicalise
from gateway.domain.proof import Signer, verify_ed25519
from gateway.domain.strict_json import parse_json_strict
from gateway.keys import keyfile
from gateway.keys.errors import KeyFileMalformed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gateway.audit.reports.values import Report

PURPOSE: Final = "report"
"""What the key file says the key is for: it opens as nothing else."""
TYPE: Final = "HurenReportSignature"
SUFFIX: Final = ".sig.json"
_BLOCKS: Final = 1 << 63
"""Numbers of blocks lie below."""
_TAG: Final = b"huren.report.v1\0"
_ALWAYS: Final = frozenset({"type", "version", "file", "report", "chain", "block", "form", "signer", "signature"})
_SOMETIMES: Final = frozenset({"month", "language"})


def create_report_key(path: Path, passphrase: str, *, now: int, cost: int = keyfile.SCRYPT_COST) -> str:
    """Make a report key in a file of its own; return its did:key.

    Raises:
        KeyFileExists: there is a file already.
    """
    seed = secrets.token_bytes(keyfile.SECRET_BYTES)
    signer = Signer(seed)
    keyfile.create(path, PURPOSE, seed, passphrase, created=now, public=signer.public_key, cost=cost)
    return signer.did


def report_key_of(path: Path) -> bytes:
    """The public part (32 bytes), as the file tells it; the file is not opened.

    Raises:
        KeyringError: the file is missing, of another purpose, or exposed.
    """
    return keyfile.read(path, PURPOSE).public


def open_report_key(path: Path, passphrase: str) -> Signer:
    """The signer of a report key.

    Raises:
        KeyringError: the file is missing, of another purpose, exposed, or the passphrase is another one.
    """
    signer = Signer(keyfile.unlock(path, PURPOSE, passphrase))
    if signer.public_key != report_key_of(path):
        raise KeyFileMalformed(str(path), why="the seed is not that of its public key")
    return signer


def signature_path(path: Path) -> Path:
    """Where the signature of a file lies: beside it."""
    return path.with_name(path.name + SUFFIX)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a signature says. `block` and `chain` as reports write them; `month` as ``2026-10``, None for all."""

    digest: bytes
    """sha256 of the file."""
    report: bytes
    """The hash of the report that the file shows; of a monthly PDF that of the report of all months."""
    chain: dict[str, Any]
    block: dict[str, Any]
    month: str | None
    form: str
    """json, csv, xlsx, parquet or pdf."""
    language: str | None
    """Of a PDF: zh, en or both."""

    @classmethod
    def of(cls, content: bytes, report: Report, *, form: str, month: int | None, language: str | None) -> Statement:
        """The statement about a file with that content."""
        return cls(
            digest=sha256(content),
            report=report.digest,
            chain={"chainId": report.chain_id, "genesis": report.genesis},
            block=block_json(report.block),
            month=None if month is None else month_text(month),
            form=form,
            language=language,
        )

    def signed_by(self, signer: Signer) -> bytes:
        """The signature file: canonical JSON."""
        body = self._body(signer.did)
        signature = "z" + base58_encode(signer.sign(_TAG + canonicalise(body)))
        return canonicalise({**body, "signature": signature})

    def _body(self, did: str) -> dict[str, Any]:
        return {
            "type": TYPE,
            "version": 1,
            "file": hex0x(self.digest),
            "report": hex0x(self.report),
            "chain": self.chain,
            "block": self.block,
            "form": self.form,
            "signer": did,
            **({} if self.month is None else {"month": self.month}),
            **({} if self.language is None else {"language": self.language}),
        }


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature file as it was read; whether it is good is asked of it."""

    statement: Statement
    signer: str
    """did:key of who signed, if the signature is good."""
    good: bool


def read_signature(path: Path) -> Signature:
    """Read a signature file, and check the signature against the key that it names.

    Raises:
        SignatureMalformed: no such file.
        OSError: it cannot be read.
    """
    try:
        return _parsed(path.read_bytes())
    except (DomainError, KeyError, TypeError, ValueError) as error:
        why = error if isinstance(error, DomainError) else f"{type(error).__name__}: {error}"
        raise SignatureMalformed(path.name, why=why) from error


def _parsed(content: bytes) -> Signature:
    told = parse_json_strict(content)
    if (
        not isinstance(told, dict)
        or told.keys() - _SOMETIMES != _ALWAYS
        or (told["type"], told["version"]) != (TYPE, 1)
    ):
        raise ValueError(f"not a {TYPE} of version 1")
    if not names_block(told):
        raise ValueError("block, month")
    signed = {name: value for name, value in told.items() if name != "signature"}
    key, signature = public_key_of(str(told["signer"])), base58_decode(str(told["signature"]).removeprefix("z"))
    statement = Statement(
        digest=bytes.fromhex(told["file"][2:]),
        report=bytes.fromhex(told["report"][2:]),
        chain=told["chain"],
        block=told["block"],
        month=told.get("month"),
        form=str(told["form"]),
        language=told.get("language"),
    )
    return Signature(statement, str(told["signer"]), verify_ed25519(key, _TAG + canonicalise(signed), signature))


def names_block(told: Mapping[str, Any]) -> bool:
    """Whether a document that somebody hands in names a block, and a month as text if any."""
    block = told.get("block")
    number = block.get("number") if isinstance(block, dict) else None
    return isinstance(number, int) and 0 <= number < _BLOCKS and isinstance(told.get("month", ""), str)
