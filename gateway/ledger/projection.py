"""From events to tables: the contracts' state, kept so that it can be asked without the chain, also as of a time.

Each event is applied once, in the order of the chain, in the transaction that moves the cursor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import bindparam, delete, insert, select, update

from gateway.domain.hashing import keccak256
from gateway.ledger import recognition_events, registry_events
from gateway.ledger.reader import institution_text
from gateway.ledger.values import Standing
from gateway.store.models import (
    Accreditation,
    Anchor,
    Attestation,
    ChainEvent,
    IssuingKey,
    LeafStatus,
    ListedContract,
    ManifestState,
    Officer,
    OutcomeAlias,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection, Table

    from gateway.ledger.events import TimedEvent

ANCHORS = cast("Table", Anchor.__table__)
ATTESTATIONS = cast("Table", Attestation.__table__)
LEAF_STATUS = cast("Table", LeafStatus.__table__)
ACCREDITATIONS = cast("Table", Accreditation.__table__)
OFFICERS = cast("Table", Officer.__table__)
KEYS = cast("Table", IssuingKey.__table__)
ALIASES = cast("Table", OutcomeAlias.__table__)
LISTED = cast("Table", ListedContract.__table__)
EVENTS = cast("Table", ChainEvent.__table__)
_NO_SUCCESSOR = bytes(32)


def project(connection: Connection, events: Sequence[TimedEvent]) -> None:
    """Apply `events` to the tables."""
    if not events:
        return
    connection.execute(insert(EVENTS), [_event_row(timed) for timed in events])
    _leaf_statuses(connection, [timed for timed in events if timed.event.name == "LeafStatusSet"])
    for timed in events:
        apply = _APPLY.get((timed.event.contract, timed.event.name))
        if apply is not None:
            apply(connection, timed.event.args, timed)
    recognition_events.keep(connection, events)
    registry_events.keep(connection, events)


def address_bytes(text: str) -> bytes:
    """Return the 20 bytes of a 0x-hex address."""
    return bytes.fromhex(text[2:])


def _event_row(timed: TimedEvent) -> dict[str, Any]:
    event = timed.event
    return {
        "contract": address_bytes(event.address),
        "subject": timed.subject,
        "sequence": event.sequence,
        "kind": event.kind,
        "actor": address_bytes(event.actor),
        "digest": keccak256(event.fields),
        "block": event.block,
        "block_time": timed.time,
        "tx_index": event.transaction_index,
        "log_index": event.log_index,
    }


# -- Directory -------------------------------------------------------------------------------------------------------


def _name(word: bytes) -> str:
    """What a contract is listed as; PostgreSQL keeps no text with a NUL inside."""
    return word.rstrip(b"\0").decode("ascii", "replace").replace("\0", "\ufffd")


def _entry_listed(connection: Connection, args: Mapping[str, Any], timed: TimedEvent) -> None:
    connection.execute(
        insert(LISTED).values(
            directory=address_bytes(timed.event.address),
            name=_name(args["name"]),
            version=args["version"],
            address=address_bytes(args["target"]),
            in_force_from=args["from"],
            block=timed.event.block,
        )
    )


def _entry_cancelled(connection: Connection, args: Mapping[str, Any], timed: TimedEvent) -> None:
    connection.execute(
        delete(LISTED).where(
            LISTED.c.directory == address_bytes(timed.event.address),
            LISTED.c.name == _name(args["name"]),
            LISTED.c.version == args["version"],
        )
    )


# -- CredentialRegistry ---------------------------------------------------------------------------------------------


def _anchored(connection: Connection, args: Mapping[str, Any], timed: TimedEvent) -> None:
    connection.execute(
        insert(ANCHORS).values(
            institution=institution_text(args["institution"]),
            root=args["root"],
            province=args["province"],
            manifest=args["manifest"],
            leaf_count=args["leafCount"],
            accreditation=args["accreditation"],
            officer=address_bytes(args["officer"]),
            actor=address_bytes(args["actor"]),
            sequence=args["sequence"],
            block=timed.event.block,
            tx_hash=timed.event.transaction,
            anchored_at=timed.time,
            manifest_state=ManifestState.MISSING,
            status=0,
            reason=0,
            set_by=0,
            since=0,
        )
    )


def _attested(connection: Connection, args: Mapping[str, Any], timed: TimedEvent) -> None:
    batch = select(ANCHORS.c.id).where(
        ANCHORS.c.institution == institution_text(args["institution"]), ANCHORS.c.root == args["root"]
    )
    connection.execute(
        insert(ATTESTATIONS).values(
            anchor_id=connection.execute(batch).scalar_one(),
            province=args["province"],
            block=timed.event.block,
            attested_at=timed.time,
        )
    )


def _batch_status_set(connection: Connection, args: Mapping[str, Any], timed: TimedEvent) -> None:
    connection.execute(
        update(ANCHORS)
        .where(ANCHORS.c.institution == institution_text(args["institution"]), ANCHORS.c.root == args["root"])
        .values(status=args["status"], reason=args["reason"], set_by=args["province"], since=timed.time)
    )


def _leaf_statuses(connection: Connection, events: Sequence[TimedEvent]) -> None:
    """Bulk revocations make thousands at a time: the last one of each leaf is written, all in two statements."""
    rows = {}
    for timed in events:
        args = timed.event.args
        successor = args["successor"]
        key = (institution_text(args["institution"]), args["leaf"])
        rows[key] = {
            "institution": key[0],
            "leaf": key[1],
            "status": args["status"],
            "reason": args["reason"],
            "successor": None if successor == _NO_SUCCESSOR else successor,
            "set_by": args["province"],
            "since": timed.time,
            "block": timed.event.block,
        }
    if rows:
        _replace(connection, LEAF_STATUS, ("institution", "leaf"), list(rows.values()))


# -- InstitutionRegistry --------------------------------------------------------------------------------------------


def _scope_set(connection: Connection, args: Mapping[str, Any], timed: TimedEvent) -> None:
    before = _version_before(connection, args)
    narrowed = timed.event.name == "InstitutionNarrowed"
    _new_version(
        connection,
        args,
        timed,
        province=args["province"],
        standing=before["standing"] if narrowed else Standing.ACCREDITED,
        categories=args["categories"],
        highest_level=args["highestLevel"],
        most_credits=args["mostCredits"],
    )


def _standing_set(standing: Standing) -> Callable[[Connection, Mapping[str, Any], TimedEvent], None]:
    def apply(connection: Connection, args: Mapping[str, Any], timed: TimedEvent) -> None:
        before = _version_before(connection, args)
        _new_version(connection, args, timed, **{**before, "province": args["province"], "standing": standing})

    return apply


def _moved(connection: Connection, args: Mapping[str, Any], timed: TimedEvent) -> None:
    before = _version_before(connection, args)
    _new_version(connection, args, timed, **{**before, "province": args["toProvince"]})


def _version_before(connection: Connection, args: Mapping[str, Any]) -> dict[str, Any]:
    """Return province, standing and scope of the version before; nothing where this is the first."""
    query = select(
        ACCREDITATIONS.c.province,
        ACCREDITATIONS.c.standing,
        ACCREDITATIONS.c.categories,
        ACCREDITATIONS.c.highest_level,
        ACCREDITATIONS.c.most_credits,
    ).where(
        ACCREDITATIONS.c.institution == institution_text(args["institution"]),
        ACCREDITATIONS.c.version == args["version"] - 1,
    )
    found = connection.execute(query).mappings().one_or_none()
    return {} if found is None else dict(found)


def _new_version(connection: Connection, args: Mapping[str, Any], timed: TimedEvent, **values: object) -> None:
    connection.execute(
        insert(ACCREDITATIONS).values(
            institution=institution_text(args["institution"]),
            version=args["version"],
            valid_from=timed.time,
            block=timed.event.block,
            **values,
        )
    )


def _officer_appointed(connection: Connection, args: Mapping[str, Any], timed: TimedEvent) -> None:
    row = {
        "institution": institution_text(args["institution"]),
        "address": address_bytes(args["officer"]),
        "valid_from": args["validFrom"],
        "retired_at": None,
        "compromised_since": None,
        "founding": args["founding"],
        "block": timed.event.block,
    }
    _replace(connection, OFFICERS, ("institution", "address"), [row])


def _key_added(connection: Connection, args: Mapping[str, Any], timed: TimedEvent) -> None:
    row = {
        "institution": institution_text(args["institution"]),
        "public_key": args["key"],
        "kind": args["kind"],
        "valid_from": args["validFrom"],
        "retired_at": None,
        "compromised_since": None,
        "block": timed.event.block,
    }
    _replace(connection, KEYS, ("institution", "public_key"), [row])


def _ended(column: str, argument: str) -> Callable[[Connection, Mapping[str, Any], TimedEvent], None]:
    """An end of the tenure of an officer or of a key, whichever the event names."""

    def apply(connection: Connection, args: Mapping[str, Any], timed: TimedEvent) -> None:
        institution = institution_text(args["institution"])
        if "officer" in args:
            whom = (OFFICERS.c.institution == institution) & (OFFICERS.c.address == address_bytes(args["officer"]))
            statement = update(OFFICERS).where(whom)
        else:
            whom = (KEYS.c.institution == institution) & (KEYS.c.public_key == args["key"])
            statement = update(KEYS).where(whom)
        connection.execute(statement.values({column: args[argument], "block": timed.event.block}))

    return apply


def _alias_set(connection: Connection, args: Mapping[str, Any], timed: TimedEvent) -> None:
    row = {
        "institution": institution_text(args["institution"]),
        "outcome": args["outcome"],
        "canonical_institution": institution_text(args["canonicalInstitution"]),
        "canonical_outcome": args["canonicalOutcome"],
        "block": timed.event.block,
    }
    _replace(connection, ALIASES, ("institution", "outcome"), [row])


def _replace(connection: Connection, table: Table, key: tuple[str, str], rows: Sequence[dict[str, Any]]) -> None:
    first, second = key
    gone = delete(table).where(table.c[first] == bindparam("key_1"), table.c[second] == bindparam("key_2"))
    connection.execute(gone, [{"key_1": row[first], "key_2": row[second]} for row in rows])
    connection.execute(insert(table), list(rows))


_APPLY = {
    ("Directory", "EntryListed"): _entry_listed,
    ("Directory", "EntryCancelled"): _entry_cancelled,
    ("CredentialRegistry", "Anchored"): _anchored,
    ("CredentialRegistry", "Attested"): _attested,
    ("CredentialRegistry", "BatchStatusSet"): _batch_status_set,
    ("InstitutionRegistry", "InstitutionAccredited"): _scope_set,
    ("InstitutionRegistry", "InstitutionNarrowed"): _scope_set,
    ("InstitutionRegistry", "InstitutionSuspended"): _standing_set(Standing.SUSPENDED),
    ("InstitutionRegistry", "InstitutionResumed"): _standing_set(Standing.ACCREDITED),
    ("InstitutionRegistry", "InstitutionWithdrawn"): _standing_set(Standing.WITHDRAWN),
    ("InstitutionRegistry", "InstitutionMoved"): _moved,
    ("InstitutionRegistry", "OfficerAppointed"): _officer_appointed,
    ("InstitutionRegistry", "OfficerRetired"): _ended("retired_at", "retiredAt"),
    ("InstitutionRegistry", "OfficerReported"): _ended("compromised_since", "compromisedSince"),
    ("InstitutionRegistry", "KeyAdded"): _key_added,
    ("InstitutionRegistry", "KeyRetired"): _ended("retired_at", "retiredAt"),
    ("InstitutionRegistry", "KeyReported"): _ended("compromised_since", "compromisedSince"),
    ("InstitutionRegistry", "AliasSet"): _alias_set,
}
