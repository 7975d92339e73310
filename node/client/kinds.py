"""The number of each kind of event: what a head commits to, besides its fields (docs/events.md is the same table).

A kind is never reused and never renumbered: heads on the chain contain it.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {
        "Consortium": MappingProxyType(
            {
                "Constituted": 100,
                "MemberAdmitted": 101,
                "MembershipEnds": 102,
                "MemberPaused": 103,
                "CustodianNamed": 104,
                "OperatorSet": 110,
                "ChangeAnnounced": 111,
                "ChangeCancelled": 112,
                "AdminReplaced": 113,
                "RecoveryReplaced": 114,
                "OfficerBound": 115,
                "ActProposed": 120,
                "ActConfirmed": 121,
                "ActWithdrawn": 122,
                "MotionOpened": 130,
                "Voted": 131,
                "MotionExecuted": 132,
            }
        ),
        "Directory": MappingProxyType(
            {
                "EntryListed": 200,
                "EntryCancelled": 201,
            }
        ),
        "InstitutionRegistry": MappingProxyType(
            {
                "InstitutionAccredited": 300,
                "InstitutionNarrowed": 301,
                "InstitutionSuspended": 302,
                "InstitutionResumed": 303,
                "InstitutionWithdrawn": 304,
                "InstitutionMoved": 305,
                "InstitutionPermitted": 306,
                "OfficerAppointed": 310,
                "OfficerRetired": 311,
                "OfficerReported": 312,
                "KeyAdded": 320,
                "KeyRetired": 321,
                "KeyReported": 322,
                "AliasSet": 330,
            }
        ),
        "CredentialRegistry": MappingProxyType(
            {
                "Anchored": 400,
                "Attested": 401,
                "LeafStatusSet": 402,
                "BatchStatusSet": 403,
            }
        ),
        "EvaluationRegistry": MappingProxyType(
            {
                "EvaluationOpened": 500,
                "ExpertNominated": 501,
                "OpinionGiven": 502,
                "EvaluationClosed": 503,
            }
        ),
        "AgreementRegistry": MappingProxyType(
            {
                "AgreementProposed": 600,
                "AgreementApproved": 601,
                "ApprovalRevoked": 602,
                "AgreementObjected": 603,
                "ObjectionSettled": 604,
                "AgreementWithdrawn": 605,
            }
        ),
        "ClaimBook": MappingProxyType(
            {
                "ProgrammeDeclared": 700,
            }
        ),
        "TransferLedger": MappingProxyType(
            {
                "TransferRequested": 800,
                "TransferAccepted": 801,
                "TransferReturned": 802,
                "ReversalAgreed": 803,
                "TransferReversed": 804,
                "AppealFiled": 805,
                "AppealDecided": 806,
                "ClaimRetired": 810,
            }
        ),
    }
)
"""Contract → event → kind. Consortium 100-199, Directory 200-299, InstitutionRegistry 300-399, CredentialRegistry
400-499, EvaluationRegistry 500-599, AgreementRegistry 600-699, ClaimBook 700-799, TransferLedger 800-899."""


def kind_of(contract: str, event: str) -> int:
    """Return the kind of `event` of `contract`; zero where the table does not know it: no head commits to that."""
    return KINDS.get(contract, {}).get(event, 0)
