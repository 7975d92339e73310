"""A sample's record: what was settled before the block was there that draws it. JSON in and out.

    record.announcement      # published at once: keccak256 of the digest. It tells nothing, and binds the office
    record.digest            # what the seed is made of: shown with the requests, once the block is there

The record holds a nonce and stays with the office until the draw. Were it known before, whoever proposes the block
could try orders of transactions until the hash draws what suits them; and what was announced cannot be changed
afterwards.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gateway.audit.samples.errors import SampleFileMalformed
from gateway.domain.errors import HurenError
from gateway.domain.hashing import hex0x, keccak256
from gateway.domain.jcs import canonicalise
from gateway.domain.strict_json import parse_json_strict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.audit.samples.draw import Name, Pair

RECORD: Final = "HurenAuditSample"
REQUEST: Final = "HurenAuditSampleRequest"
MOST: Final = 1_000
"""Transfers of one sample: each opens a person to the office, so no more than it can look at."""
_WORD: Final = re.compile(r"0x[0-9a-f]{64}")
_KEYS: Final = frozenset(
    {"type", "version", "chainId", "genesis", "count", "pairs", "accepted", "through", "atBlock", "officeKey",
     "answerDays", "nonce"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SampleRecord:
    """What is drawn, from what, by which block, and to which key it is opened."""

    chain_id: int
    genesis: str
    count: int
    pairs: tuple[Pair, ...]
    """Ordered pairs of provinces, ascending."""
    accepted: bool
    """Only transfers that stood accepted at ``through`` are eligible."""
    through: int
    """The block up to which requests count."""
    through_hash: bytes
    at_block: int
    """The block whose hash draws."""
    office_key: bytes
    """X25519, 32 bytes."""
    answer_days: int
    nonce: bytes

    @staticmethod
    def new_nonce() -> bytes:
        """32 random bytes."""
        return secrets.token_bytes(32)

    def to_json(self) -> dict[str, Any]:
        """The record as JSON."""
        return {
            "type": RECORD,
            "version": 1,
            "chainId": self.chain_id,
            "genesis": self.genesis,
            "count": self.count,
            "pairs": [f"{source}-{target}" for source, target in self.pairs],
            "accepted": self.accepted,
            "through": {"number": self.through, "hash": hex0x(self.through_hash)},
            "atBlock": self.at_block,
            "officeKey": hex0x(self.office_key),
            "answerDays": self.answer_days,
            "nonce": hex0x(self.nonce),
        }

    @property
    def digest(self) -> bytes:
        """keccak256 of the record's canonical JSON (RFC 8785)."""
        return keccak256(canonicalise(self.to_json()))

    @property
    def announcement(self) -> bytes:
        """keccak256 of the digest: what is published before the block is there."""
        return keccak256(self.digest)

    @classmethod
    def of_json(cls, told: Any) -> SampleRecord:  # noqa: ANN401 - JSON
        """The record of its JSON.

        Raises:
            SampleFileMalformed: of another shape.
        """
        try:
            if set(told) != _KEYS or told["type"] != RECORD or told["version"] != 1:
                raise SampleFileMalformed("record")
            pairs = tuple(_pair(text) for text in told["pairs"])
            record = cls(
                chain_id=_whole(told["chainId"]),
                genesis=hex0x(_word(told["genesis"])),
                count=_whole(told["count"]),
                pairs=pairs,
                accepted=bool(told["accepted"]),
                through=_whole(told["through"]["number"]),
                through_hash=_word(told["through"]["hash"]),
                at_block=_whole(told["atBlock"]),
                office_key=_word(told["officeKey"]),
                answer_days=_whole(told["answerDays"]),
                nonce=_word(told["nonce"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise SampleFileMalformed(f"record: {error}") from error
        if record.to_json() != told or list(pairs) != sorted(set(pairs)) or not 1 <= record.count <= MOST:
            raise SampleFileMalformed("record")
        return record


@dataclass(frozen=True, slots=True)
class SampleRequest:
    """What a source centre is sent: the record, the block that drew, and which of its transfers are to be opened."""

    record: SampleRecord
    block_hash: bytes
    source: int
    transfers: tuple[Name, ...]

    def to_json(self) -> dict[str, Any]:
        """The request as JSON."""
        return {
            "type": REQUEST,
            "version": 1,
            "record": self.record.to_json(),
            "digest": hex0x(self.record.digest),
            "blockHash": hex0x(self.block_hash),
            "source": self.source,
            "transfers": ["-".join(map(str, name)) for name in self.transfers],
        }

    @classmethod
    def read(cls, data: bytes) -> SampleRequest:
        """The request of a file.

        Raises:
            SampleFileMalformed: of another shape.
        """
        try:
            told: Mapping[str, Any] = parse_json_strict(data)
            if told["type"] != REQUEST or told["version"] != 1:
                raise SampleFileMalformed("type")
            record = SampleRecord.of_json(told["record"])
            request = cls(
                record, _word(told["blockHash"]), _whole(told["source"]), tuple(_name(one) for one in told["transfers"])
            )
        except (HurenError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise error if isinstance(error, SampleFileMalformed) else SampleFileMalformed(str(error)) from error
        if told["digest"] != hex0x(record.digest):
            raise SampleFileMalformed("digest")
        return request


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(value)
    return value


def _word(text: str) -> bytes:
    if not _WORD.fullmatch(text):
        raise ValueError(text)
    return bytes.fromhex(text[2:])


def _pair(text: str) -> Pair:
    source, target = text.split("-")
    return int(source), int(target)


def _name(text: str) -> Name:
    source, target, number = text.split("-")
    return int(source), int(target), int(number)
