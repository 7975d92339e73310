// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title The numbers of the events of EvaluationRegistry (5xx), AgreementRegistry (6xx), ClaimBook (7xx) and TransferLedger (8xx) in
/// the heads; the table is docs/events.md.
/// @dev A number is never given a second meaning, and stays with its event over all successors.
library RecognitionKinds {
    uint16 internal constant EVALUATION_OPENED = 500;
    uint16 internal constant EXPERT_NOMINATED = 501;
    uint16 internal constant OPINION_GIVEN = 502;
    uint16 internal constant EVALUATION_CLOSED = 503;

    uint16 internal constant AGREEMENT_PROPOSED = 600;
    uint16 internal constant AGREEMENT_APPROVED = 601;
    uint16 internal constant APPROVAL_REVOKED = 602;
    uint16 internal constant AGREEMENT_OBJECTED = 603;
    uint16 internal constant OBJECTION_SETTLED = 604;
    uint16 internal constant AGREEMENT_WITHDRAWN = 605;

    uint16 internal constant PROGRAMME_DECLARED = 700;

    uint16 internal constant TRANSFER_REQUESTED = 800;
    uint16 internal constant TRANSFER_ACCEPTED = 801;
    uint16 internal constant TRANSFER_RETURNED = 802;
    uint16 internal constant REVERSAL_AGREED = 803;
    uint16 internal constant TRANSFER_REVERSED = 804;
    uint16 internal constant APPEAL_FILED = 805;
    uint16 internal constant APPEAL_DECIDED = 806;
    uint16 internal constant CLAIM_RETIRED = 810;
}
