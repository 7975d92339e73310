"""A member's public card: who it is, where its node is reached, and a proof for every key that it names.

    card = read(path)                     # checked: every proof holds, and the file is exactly what was written
    card.member, card.member.node

A card holds no secret: it may be sent by any way, and is compared by its fingerprint. The file has one form only, so
not even a blank of it can be changed unseen.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Literal, Self

import orjson
from pydantic import Field, ValidationError, model_validator

from node.ceremony.findings import CeremonyError, Finding, UnreadableError
from node.ceremony.proofs import FORMAT, holds, provable
from node.description import Member
from node.description.reading import findings_of
from node.description.values import Row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOMENT: Final = r"^20\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\dZ$"
"""How papers of the ceremony write a moment: UTC, so that an earlier one also sorts before a later one."""
_MOST_BYTES = 64 * 1024
_FORM = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE


class Card(Row):
    """The content of a card file.

    Attributes:
        format: which kind of file it is; made: when (UTC); member: the row that it is to become.
        proofs: signatures by the field of the key that made each (`node.ceremony.proofs`), 0x-hex.
    """

    format: Literal["huren.member-card/1"] = FORMAT
    made: str = Field(pattern=MOMENT)
    member: Member
    proofs: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _has_a_node_and_is_no_row_yet(self) -> Self:
        if self.member.node is None:
            raise ValueError("a card names its member's node")
        if not self.member.founding or self.member.left:
            raise ValueError("whether a member founded the network, or left it, is not said by its card")
        return self

    @property
    def content(self) -> bytes:
        """What the proofs are of: everything but themselves, compact, keys in order."""
        return orjson.dumps(self._said(), option=orjson.OPT_SORT_KEYS)

    def encode(self) -> bytes:
        """Return the card as its file holds it."""
        return orjson.dumps({**self._said(), "proofs": dict(sorted(self.proofs.items()))}, option=_FORM)

    def _said(self) -> dict[str, Any]:
        member = self.member.model_dump(exclude={"founding", "left"}, exclude_none=True)
        return {"format": self.format, "made": self.made, "member": member}


def today(now: float) -> str:
    """Return the moment `now` (seconds since 1970) as cards write it."""
    return datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def dated(now: float, before: str | None) -> str:
    """Return the date of a new card: the moment `now`, or a second after the date of the member's card `before` it.

    A later card is told by its date from an earlier one (`node.ceremony.kept`), whatever its member's clock says.
    """
    if before is None or before < today(now):
        return today(now)
    return today(datetime.fromisoformat(before).timestamp() + 1)


def read(path: Path) -> Card:
    """Return the card at `path`, checked.

    Raises:
        UnreadableError: absent, or not to be read.
        CeremonyError: no card, altered, or a proof that does not hold; with every finding.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableError(path, error.strerror or "unreadable") from error
    return check(content, path)


def check(content: bytes, path: Path) -> Card:
    """Return the card that `content` is; `path` is where it came from, for what is said of it.

    Raises:
        CeremonyError: see :func:`read`.
    """
    if len(content) > _MOST_BYTES:
        raise CeremonyError([_malformed(path, "file", f"{len(content)} bytes")])
    try:
        card = Card.model_validate(orjson.loads(content))
    except ValidationError as error:
        raise CeremonyError([_malformed(path, *found) for found in findings_of(error)]) from error
    except ValueError as error:  # orjson.JSONDecodeError is one
        raise CeremonyError([_malformed(path, "file", str(error))]) from error
    findings = list(_unproven(card, path))
    if not findings and card.encode() != content:
        findings.append(_respelled(card, content, path))
    if findings:
        raise CeremonyError(findings)
    return card


def _unproven(card: Card, path: Path) -> Iterator[Finding]:
    wanted = provable(card.member)
    for field, value in wanted.items():
        proof = card.proofs.get(field)
        if proof is None or not holds(field, value, card.content, proof):
            zh = "缺少签名" if proof is None else "签名与卡片内容不符，卡片在签名后被改动，或持卡方没有该密钥"
            en = (
                "its proof is missing"
                if proof is None
                else "its proof does not fit: the card was altered after it was signed, or its sender does not hold "
                "this key"
            )
            ask_zh, ask_en = _ask(card)
            yield Finding(path, field, f"{zh}。{ask_zh}", f"{en}. {ask_en}")
    for field in sorted(card.proofs.keys() - wanted.keys()):
        yield Finding(
            path, f"proofs.{field}", "卡片中没有与此签名对应的密钥", "the card names no key that this proof is for"
        )


def _respelled(card: Card, content: bytes, path: Path) -> Finding:
    pairs = zip(card.encode().splitlines(), content.splitlines(), strict=False)
    line = next((number for number, (ours, theirs) in enumerate(pairs, 1) if ours != theirs), len(content.splitlines()))
    ask_zh, ask_en = _ask(card)
    return Finding(
        path,
        f"line {line}",
        f"写法被改动（空格、次序或多余内容）。{ask_zh}",
        f"not written as huren-node wrote it (blanks, order, or something added). {ask_en}",
    )


def _ask(card: Card) -> tuple[str, str]:
    name = card.member.province
    return f"请向 {name} 重新索取 card.json", f"Ask {name} for its card.json again"


def _malformed(path: Path, field: str, what: str) -> Finding:
    return Finding(
        path,
        field or "file",
        f"不是有效的成员卡内容（{what}）。请向该成员重新索取 card.json",
        f"not what a card says ({what}). Ask the member for its card.json again",
    )
