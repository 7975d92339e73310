"""What a source centre opens to the office: of each transfer drawn the document, the number, the claim recomputed.

    content = answer(request, expected, openings)     # at the centre: JSON, to be sealed to the office's key
    items = read_answer(content, digest, source)      # at the office

A claim is HMAC-SHA256(inner key, institution ‖ outcome) with inner key = HMAC-SHA256(the province's pseudonym key,
document type ‖ number). The centre shows the inner key of the person alone, never the province's key: the office can
recompute that person's claim, and nobody else's.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

import orjson

from gateway.audit.samples.errors import SampleFileMalformed
from gateway.domain.errors import HurenError
from gateway.domain.hashing import hex0x
from gateway.domain.strict_json import JsonLimits, parse_json_strict

if TYPE_CHECKING:
    from gateway.audit.samples.draw import Name
    from gateway.audit.samples.values import SampleRequest
    from gateway.ledger.transfer_rows import TransferRow, TransferRows

MAGIC: Final = b"huren-audit-answer 1\n"
"""The first line of a sealed answer."""
READER: Final = "office"
ANSWER: Final = "HurenAuditSampleAnswer"
_WORD: Final = 32
_LARGEST: Final = 64 << 20


@dataclass(frozen=True, slots=True)
class Opened:
    """A transfer's credential opened: personal data, never to be logged."""

    certificate: bytes = field(repr=False)
    """The certificate file, whole."""
    kind: str = field(repr=False)
    number: str = field(repr=False)
    """The document that the certificate commits to."""
    opening: bytes = field(repr=False)
    """Of that commitment, 32 bytes."""
    inner_key: bytes = field(repr=False)
    """The person's claim key, 32 bytes."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back about a transfer: opened, or why it cannot be."""

    transfer: Name
    opened: Opened | None
    refusal: dict[str, str] | None


class Openings(Protocol):
    """What a centre can open of its own."""

    def open(self, row: TransferRow) -> Opened:
        """The credential of a transfer.

        Raises:
            HurenError: it cannot be opened: the learner was deleted, a document is lacking.
        """


def answer(request: SampleRequest, rows: TransferRows, openings: Openings) -> bytes:
    """The answer to a request, as JSON; what cannot be opened says why."""
    items = []
    for name in request.transfers:
        item: dict[str, Any] = {"transfer": "-".join(map(str, name))}
        row = rows.one(*name)
        try:
            if row is None:
                raise SampleFileMalformed(item["transfer"])
            item |= _opened_json(openings.open(row))
        except HurenError as error:
            item["refused"] = error.to_json()
        items.append(item)
    return orjson.dumps(
        {
            "type": ANSWER,
            "version": 1,
            "digest": hex0x(request.record.digest),
            "source": request.source,
            "items": items,
        }
    )


def read_answer(content: bytes, digest: bytes, source: int) -> list[Answered]:
    """The answer of a centre to the sample with that digest.

    Raises:
        SampleFileMalformed: of another shape, sample or centre.
    """
    try:
        told: Any = parse_json_strict(content, JsonLimits(max_bytes=_LARGEST))
        if (told["type"], told["version"], told["digest"], told["source"]) != (ANSWER, 1, hex0x(digest), source):
            raise SampleFileMalformed("head")
        return [_answered(item) for item in told["items"]]
    except (HurenError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise error if isinstance(error, SampleFileMalformed) else SampleFileMalformed(type(error).__name__) from error


def _opened_json(opened: Opened) -> dict[str, Any]:
    return {
        "certificate": b64encode(opened.certificate).decode(),
        "document": {"kind": opened.kind, "number": opened.number},
        "opening": opened.opening.hex(),
        "innerKey": opened.inner_key.hex(),
    }


def _answered(item: Any) -> Answered:  # noqa: ANN401 - JSON
    source, target, number = map(int, item["transfer"].split("-"))
    if "refused" in item:
        said = item["refused"]
        return Answered((source, target, number), None, {key: str(said[key])[:400] for key in ("code", "zh", "en")})
    opening, inner = bytes.fromhex(item["opening"]), bytes.fromhex(item["innerKey"])
    if len(opening) != _WORD or len(inner) != _WORD:
        raise SampleFileMalformed("opening")
    document = item["document"]
    certificate = b64decode(item["certificate"], validate=True)
    opened = Opened(certificate, str(document["kind"]), str(document["number"]), opening, inner)
    return Answered((source, target, number), opened, None)
