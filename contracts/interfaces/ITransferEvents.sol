// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAgreementEvents} from "./IAgreementEvents.sol";
import {ICredentialEvents} from "./ICredentialEvents.sol";
import {IInstitutionEvents} from "./IInstitutionEvents.sol";

/// @title The values, events and errors of the TransferLedger.
/// @notice Times are seconds since 1970, credits hundredths. A transfer is (source, target, number): provinces, and the number counts the
/// pair's requests from 1. Public reasons are coarse; details stay off the chain.
interface ITransferEvents {
    /// @notice What was recorded of a transfer.
    enum Stage {
        None,
        Requested,
        Accepted,
        Returned,
        Reversed
    }

    /// @notice How a transfer stands at this moment: its stage, the clock, and what became of the credential since.
    enum Standing {
        Unknown,
        Requested,
        Overdue, // neither decided nor expired, and the deadline with its grace is over
        Accepted,
        Flagged, // accepted, and since then the credential, its batch or its successor was suspended or revoked
        Returned,
        Reversed
    }

    /// @notice Why a request came back. The last two are not decisions of the target institution.
    enum Return {
        None,
        NotEquivalent,
        DocumentsMissing,
        NotEnrolled,
        Duplicate,
        Otherwise,
        Cancelled,
        Expired
    }

    /// @notice Why a claim is retired.
    enum Retirement {
        None,
        UsedAtHome,
        Merged,
        Void
    }

    /// @notice Of a decision that was appealed.
    enum Appeal {
        None,
        Filed,
        Upheld, // the appeal was right
        Dismissed
    }

    struct Ref {
        uint32 source;
        uint32 target;
        uint64 number;
    }

    /// @notice What a learner applied for. `consent` is the digest of the learner's consent, which names leaf, rule, target, deadline and a
    /// nonce; it serves one request.
    struct Application {
        bytes32 agreement;
        uint32 rule;
        bytes32 targetInstitution;
        bytes32 programme;
        bytes32 course;
        bytes32 consent;
        uint64 deadline;
    }

    /// @notice What the ledger keeps only the keccak256(abi.encode(details)) of: every later call passes it back. The event of the request has it.
    struct Details {
        bytes32 institution;
        bytes32 root;
        bytes32 leaf;
        bytes32 outcome;
        bytes32 claim;
        bytes32 canonical; // institution under which the claim is locked
        bytes32 agreement;
        uint32 rule;
        bytes32 targetInstitution;
        bytes32 programme;
        bytes32 course;
        bytes32 consent;
    }

    /// @notice The facts that a request opened; `mask` as in an opening, zero where closed.
    struct Opened {
        uint8 mask;
        uint8 category;
        uint8 level;
        uint32 credits;
        uint8 grade;
        uint16 month;
    }

    /// @notice What is kept of a transfer, in its storage layout (docs/storage.md). `requestedAt` is its written-flag.
    struct Transfer {
        Stage stage;
        Return reason;
        Appeal appeal;
        bool sourceReverses; // the source's half of a reversal is given
        bool targetReverses; // the target's
        uint32 quoted;
        uint32 awarded;
        uint48 requestedAt;
        uint48 deadline;
        uint48 decidedAt; // accepted or returned
        bytes32 details; // keccak256(abi.encode(details))
        bytes32 enrolment; // once accepted
    }

    /// @notice What the events of a pair add up to.
    struct Totals {
        uint64 requested; // also the number of the last transfer
        uint64 accepted;
        uint64 returned;
        uint64 reversed;
        uint64 quoted; // hundredths, of all requests
        uint64 awarded; // hundredths, of all accepted
        uint64 withdrawn; // hundredths, of all reversed
    }

    // ---- events; the subject of the heads is source << 32 | target; for ClaimRetired the acting province

    /// @notice A source province asked for credits; the claim is locked.
    event TransferRequested(
        uint32 indexed source,
        uint32 indexed target,
        uint64 indexed number,
        Details details,
        Opened opened,
        uint32 quoted,
        uint64 deadline,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice An officer of the target institution, who acts, awarded credits to an enrolment.
    event TransferAccepted(
        uint32 indexed source,
        uint32 indexed target,
        uint64 indexed number,
        bytes32 enrolment,
        uint32 awarded,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice A request came back: rejected by an officer of the target institution (`explanation`: digest of the private one), cancelled by
    /// the source, or expired. The claim is free.
    event TransferReturned(
        uint32 indexed source,
        uint32 indexed target,
        uint64 indexed number,
        Return reason,
        bytes32 explanation,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice One side agreed to reverse; the other's agreement is missing.
    event ReversalAgreed(
        uint32 indexed source,
        uint32 indexed target,
        uint64 indexed number,
        uint32 province,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice The award is withdrawn. `spent`: the credential was revoked, the target reversed alone, and the claim stays used.
    event TransferReversed(
        uint32 indexed source,
        uint32 indexed target,
        uint64 indexed number,
        uint32 withdrawn,
        bool spent,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice The source appeals against a rejection; `statement` is the digest of the grounds.
    event AppealFiled(
        uint32 indexed source,
        uint32 indexed target,
        uint64 indexed number,
        bytes32 statement,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice The target decided the appeal. Upheld: the learner may apply again, and the institution is told to look anew.
    event AppealDecided(
        uint32 indexed source,
        uint32 indexed target,
        uint64 indexed number,
        bool upheld,
        bytes32 statement,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice A claim is retired for ever. `institution` is the canonical one.
    event ClaimRetired(
        uint32 indexed province,
        bytes32 indexed institution,
        bytes32 indexed claim,
        Retirement reason,
        address actor,
        uint64 sequence,
        bytes32 head
    );

    // ---- errors

    /// @notice No such transfer.
    error TransferUnknown(uint32 source, uint32 target, uint64 number);
    /// @notice It is at `stage`, and that step needs another.
    error TransferStage(uint32 source, uint32 target, uint64 number, Stage stage);
    /// @notice The details passed back are not those of the request.
    error TransferDetails(uint32 source, uint32 target, uint64 number);
    /// @notice The rule gives nothing for this outcome.
    error TransferRefused(bytes32 agreement, uint32 rule, IAgreementEvents.Refusal refusal);
    /// @notice That step is for another province of the pair `source` to `target` (or its custodian); the caller acts for `acting`.
    error TransferByStranger(uint32 source, uint32 target, uint32 acting);
    /// @notice Outcome and claim must be opened (bits 0 and 1).
    error TransferOpening(uint8 mask);
    /// @notice The credential's own status or its batch's is not Valid.
    error TransferStatus(bytes32 leaf, ICredentialEvents.Status own, ICredentialEvents.Status batch);
    /// @notice No province but the one that anchored the batch and the one that asks has attested its manifest.
    error TransferUnattested(bytes32 institution, bytes32 root);
    /// @notice The outcome became an alias after the batch was anchored, so the claim in the leaf is not the canonical one: reissue it.
    error TransferAliasSince(bytes32 institution, bytes32 outcome);
    /// @notice An institution takes part while accredited.
    error TransferInstitution(bytes32 institution, IInstitutionEvents.Standing standing);
    /// @notice The rule's target is another institution, programme or course, or the institution belongs to another province.
    error TransferTarget(bytes32 targetInstitution, bytes32 programme, bytes32 course);
    /// @notice A deadline lies ahead, by at most LONGEST_DEADLINE.
    error TransferDeadline(uint64 deadline, uint64 latest);
    /// @notice This consent served a request of the source province already; or it is zero, which is none.
    error TransferConsentUsed(bytes32 consent);
    /// @notice Only an officer of the target institution who has been in force for the officers' delay decides, while its province can act.
    error TransferOfficer(bytes32 institution, address account);
    /// @notice The deadline and its grace ended at `until`.
    error TransferTooLate(uint64 until);
    /// @notice The deadline and its grace end at `until` only.
    error TransferNotExpired(uint64 until);
    /// @notice An award is at least 1 and at most what was quoted; an enrolment is never zero.
    error TransferAward(bytes32 enrolment, uint32 credits, uint32 quoted);
    /// @notice That reason is not one for this step.
    error TransferReason(uint8 given);
    /// @notice This side has agreed already.
    error TransferReversalAgreed(uint32 province);
    /// @notice The appeal is at `appeal`: one is filed once, after a rejection and within APPEAL_TIME, and decided once.
    error TransferAppeal(uint32 source, uint32 target, uint64 number, Appeal appeal);
    /// @notice The claim's institution is accredited by another province.
    error RetireByStranger(bytes32 institution, uint32 acting);
}
