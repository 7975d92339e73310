"""What the routes ask of the rest of the gateway."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, cast

from gateway.api.attempts import Attempts

if TYPE_CHECKING:
    from starlette.requests import Request

    from gateway.api.access import AccessTokens
    from gateway.api.recognised import Recognised
    from gateway.api.streaming import EventStream
    from gateway.api.work import TransferWork
    from gateway.domain.verdict import Verdict
    from gateway.replication.packs import PackPage
    from gateway.verification.views import Look


class Verifier(Protocol):
    """Answers about credentials."""

    def by_hash(self, leaf: bytes, look: Look) -> Verdict:
        """What is registered under a hash."""

    def by_file(self, data: bytes, look: Look) -> Verdict:
        """The verdict on a file."""


class Blobs(Protocol):
    """This gateway's own blobs."""

    def get(self, cid: str) -> bytes:
        """The bytes of a CID, checked."""


class Packs(Protocol):
    """This province's packs, for members."""

    def page(self, header: str | None, after: int) -> PackPage:
        """Those after a number.

        Raises:
            HurenError: whoever signed the header is no member's operator.
        """


class StatusLists(Protocol):
    """Bitstring status lists of the institutions that this centre issues for."""

    def credential(self, institution: str, number: int) -> PublishedList:
        """The list as a verifiable credential.

        Raises:
            HurenError: this centre keeps no such list.
        """


class PublishedList(Protocol):
    """A status list credential and the block that it was derived from."""

    @property
    def document(self) -> dict[str, Any]:
        """Signed."""

    @property
    def block(self) -> int:
        """Its number."""


class Readiness(Protocol):
    """Whether this gateway can answer."""

    def __call__(self) -> dict[str, Any]:
        """A report; its member ``ready`` is a bool."""


@dataclass(frozen=True, slots=True)
class Services:
    """All of them."""

    verifier: Verifier
    blobs: Blobs
    packs: Packs
    status_lists: StatusLists
    readiness: Readiness
    tokens: AccessTokens
    recognised: Recognised
    work: TransferWork
    stream: EventStream
    attempts: Attempts = field(default_factory=lambda: Attempts(time.monotonic))


def services_of(request: Request) -> Services:
    """The services of the application that a request came to."""
    return cast("Services", request.app.state.services)
