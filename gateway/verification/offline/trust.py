"""The trust file: what whoever verifies with no network has to believe, and from whom on.

    trust = Trust.parse(data)            # its fingerprint held against its content
    trust.fingerprint                    # twelve groups of five digits, compared by phone
    trust.eras[-1].validators            # who may seal

Which chain, who may seal its blocks and since when, by whose votes, which contracts its Directory listed, and until
when all of this may be relied on. It is a function of the chain and of the last day alone: every node writes the same.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal
from unicodedata import category, decimal

import msgspec
from msgspec import Meta, Struct

from gateway.domain.errors import DomainError
from gateway.domain.hashing import hex0x, sha256
from gateway.domain.seals import Consensus
from gateway.domain.strict_json import JsonLimits
from gateway.domain.validators import Era, Vote, check_eras
from gateway.domain.wire import decode_strict, encode, read_address, read_hex
from gateway.verification.offline.errors import FingerprintDiffers, TrustRefused
from node.client.fingerprint import spoken

VERSION: Final = 1
LAYOUT: Final = 1
"""Which table of slots the contracts follow (docs/storage.md)."""
MOST_BYTES: Final = 4_194_304
MOST_MONTHS: Final = 24
"""After the one in which it was made: a trust file is good for no longer."""
DIRECTORY: Final = "Directory"
INSTITUTIONS: Final = "InstitutionRegistry"
CREDENTIALS: Final = "CredentialRegistry"
USED: Final = (DIRECTORY, INSTITUTIONS, CREDENTIALS)
"""The contracts that verification reads."""

Word = Annotated[str, Meta(min_length=66, max_length=66)]
Address = Annotated[str, Meta(min_length=42, max_length=42)]
Count = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Moment = Annotated[int, Meta(ge=0, le=253_402_271_999)]
"""Seconds since 1970, within the years that a calendar has (9999 in UTC+8)."""


class _Closed(Struct, frozen=True, forbid_unknown_fields=True, rename="camel", gc=False):
    """Members in the order of RFC 8785."""


class _Vote(_Closed, frozen=True):
    admit: bool
    block: Count
    candidate: Address
    voter: Address


class _Era(_Closed, frozen=True):
    after: Word
    first: Count
    validators: Annotated[tuple[Address, ...], Meta(min_length=1, max_length=256)]
    votes: tuple[_Vote, ...]


class _Contract(_Closed, frozen=True):
    address: Address
    code_hash: Word
    name: Annotated[str, Meta(min_length=1, max_length=32)]
    since: Moment
    version: Count


class _Content(_Closed, frozen=True):
    chain_id: Count
    confirmations: Count
    consensus: Consensus
    contracts: tuple[_Contract, ...]
    eras: tuple[_Era, ...]
    expires: Moment
    genesis: Word
    layout: Literal[1]
    network: Annotated[str, Meta(min_length=1, max_length=100)]
    version: Literal[1]


class _File(_Closed, frozen=True):
    fingerprint: Word
    trust: _Content


_DECODER: Final = msgspec.json.Decoder(_File)
_LIMITS: Final = JsonLimits(max_bytes=MOST_BYTES)


class Listed(Struct, frozen=True):
    """A contract of the law, as the Directory lists it.

    Attributes:
        address: 20 bytes; code_hash: keccak256 of the code that lies there.
        version: counted from 1 within its name; since: seconds, from when on it is in force.
    """

    name: str
    address: bytes
    version: int
    since: int
    code_hash: bytes


class Trust(Struct, frozen=True):
    """What is believed.

    Attributes:
        network: its name; chain_id: its number; genesis: hash of the first block.
        consensus: who seals; confirmations: blocks after which one is final (Clique).
        eras: sets of validators, oldest first; none where nobody seals.
        contracts: those of the Directory, by name and version; the first Directory is where everything begins.
        expires: seconds since 1970; from then on nothing follows from this file.
    """

    network: str
    chain_id: int
    genesis: bytes
    consensus: Consensus
    confirmations: int
    eras: tuple[Era, ...]
    contracts: tuple[Listed, ...]
    expires: int

    @classmethod
    def parse(cls, data: bytes) -> Trust:
        """Read a trust file.

        Raises:
            TrustRefused: no trust file, or one that does not hang together: validators who do not follow from the votes
                beside them, a contract that lacks, an address twice.
            FingerprintDiffers: it was altered since its fingerprint was written.
        """
        try:
            file = decode_strict(data, _DECODER, _LIMITS)
            trust = cls._of(file.trust)
            check_eras(trust.eras)
        except DomainError as error:
            raise TrustRefused(error) from error
        if file.fingerprint != hex0x(sha256(encode(file.trust))):
            raise FingerprintDiffers(hex0x(sha256(encode(file.trust))), expected=file.fingerprint)
        begins = [(era.first, era.after) for era in trust.eras[:1]]
        if begins != ([] if trust.consensus is Consensus.NONE else [(1, trust.genesis)]):
            raise TrustRefused("$.trust.eras")
        shown = trust.network + "".join(one.name for one in trust.contracts)
        if any(category(letter)[0] == "C" or letter in "\u2028\u2029" for letter in shown):  # would move a cursor
            raise TrustRefused("$.trust.network")
        if len({one.address for one in trust.contracts}) < len(trust.contracts) or not all(map(trust.entries, USED)):
            raise TrustRefused("$.trust.contracts")
        return trust

    def to_json(self) -> bytes:
        """The file's bytes: canonical JSON."""
        content = self._content()
        return encode(_File(hex0x(sha256(encode(content))), content))

    @property
    def fingerprint(self) -> str:
        """The content's, as people read it to each other: twelve groups of five digits."""
        return spoken(encode(self._content()))

    @property
    def validators(self) -> tuple[bytes, ...]:
        """Those who may seal now; nobody where nobody seals."""
        return self.eras[-1].validators if self.eras else ()

    def entries(self, name: str) -> list[Listed]:
        """The contracts under a name, oldest first."""
        return [contract for contract in self.contracts if contract.name == name]

    @property
    def directory(self) -> bytes:
        """The address of the first Directory."""
        return self.entries(DIRECTORY)[0].address

    @classmethod
    def _of(cls, content: _Content) -> Trust:
        return cls(
            content.network,
            content.chain_id,
            read_hex(content.genesis, "$.trust.genesis"),
            content.consensus,
            content.confirmations,
            tuple(_era(era) for era in content.eras),
            tuple(
                Listed(
                    one.name,
                    read_address(one.address, "$.trust.contracts"),
                    one.version,
                    one.since,
                    read_hex(one.code_hash, "$.trust.contracts"),
                )
                for one in content.contracts
            ),
            content.expires,
        )

    def _content(self) -> _Content:
        return _Content(
            chain_id=self.chain_id,
            confirmations=self.confirmations,
            consensus=self.consensus,
            contracts=tuple(
                _Contract(hex0x(one.address), hex0x(one.code_hash), one.name, one.since, one.version)
                for one in self.contracts
            ),
            eras=tuple(_era_document(era) for era in self.eras),
            expires=self.expires,
            genesis=hex0x(self.genesis),
            layout=LAYOUT,
            network=self.network,
            version=VERSION,
        )


def check_fingerprint(trust: Trust, expected: str) -> None:
    """Hold a trust file against the fingerprint that somebody told; what stands between the digits makes no difference.

    Raises:
        FingerprintDiffers: it is another one.
    """
    if _digits(expected) != _digits(trust.fingerprint):
        raise FingerprintDiffers(trust.fingerprint, expected=expected)


def _digits(text: str) -> str:
    """The decimal digits of a text, also where they were typed full-width, as Chinese input methods write them."""
    return "".join(str(decimal(letter)) for letter in text if letter.isdecimal())


def _era(document: _Era) -> Era:
    place = "$.trust.eras"
    validators = tuple(read_address(one, place) for one in document.validators)
    votes = tuple(
        Vote(one.block, read_address(one.voter, place), read_address(one.candidate, place), one.admit)
        for one in document.votes
    )
    if list(validators) != sorted(set(validators)):
        raise TrustRefused("validators")
    return Era(document.first, read_hex(document.after, place), validators, votes)


def _era_document(era: Era) -> _Era:
    votes = tuple(_Vote(vote.admit, vote.block, hex0x(vote.candidate), hex0x(vote.voter)) for vote in era.votes)
    return _Era(hex0x(era.after), era.first, tuple(map(hex0x, era.validators)), votes)


def summary(trust: Trust) -> dict[str, Any]:
    """The content as people and programs read it (`huren trust show`)."""
    shown: dict[str, Any] = msgspec.to_builtins(trust._content())  # noqa: SLF001 - its own module's
    return {"fingerprint": trust.fingerprint, **shown}
