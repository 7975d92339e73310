// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title The values and events of the AgreementRegistry; its errors are in IAgreementRegistry.
/// @notice Times are seconds since 1970, credits hundredths. Intervals are half-open.
interface IAgreementEvents {
    /// @notice Where an agreement stands at a moment: a function of what was recorded and of the clock.
    enum State {
        Unknown,
        Proposed, // approvals are missing, and the approve-by date (with the grace) has not passed
        Notice, // every party approved; in force when the public notice and its own beginning have come
        Active,
        Objected, // suspended by an objection that is not settled
        Expired, // its validity is over
        Withdrawn, // a party's notice of withdrawal ran out
        Lapsed, // not approved in time, or an objection not settled in time, or settled against it
        Superseded // its successor came into force
    }

    /// @notice The last step that was taken with an agreement; with the clock it gives the state.
    enum Step {
        None,
        Proposed,
        Approved, // by all parties, or by motion after an objection
        Objected
    }

    /// @notice Why a rule gives nothing, in the order of examination: the first that holds is the answer.
    enum Refusal {
        None,
        UnknownRule, // no such agreement, or no such rule in it
        AgreementNotActive,
        RuleNotInForce,
        OtherInstitution,
        OtherProvince, // the institution is not accredited by the rule's source province at that time
        FactClosed, // a fact that the rule reads was not opened
        OtherOutcome,
        OtherCategory,
        LevelOutside,
        Ungraded,
        GradeTooLow,
        TooOld,
        AboveScope, // category, level or credits lie outside the scope of that version of the accreditation
        OutsideEvaluation, // awarded outside the period that the panel's finding covers
        AboveEvaluation, // level or credits above what the panel found
        RoundsToNothing
    }

    /// @notice How an agreement stood from `since` on, until the next of its stands: one word. Its state at a moment follows from this,
    /// the clock, and its successor. Of several stands of one second the last counts.
    struct Stand {
        Step step;
        bool leaving; // a party gave notice of withdrawal: at its end it is withdrawn, not expired
        uint48 since;
        uint48 from; // Approved: in force from here. Objected: would have been; where it goes on, not before
        uint48 deadline; // Proposed, Objected: lapses here
        uint48 ends; // its validity, or the notice of withdrawal
    }

    /// @notice Who has approved: `number` is 1 at first, and one more after each objection. Bit i of `approvals`: the party i, in their order.
    /// `begun` is when it first came into force, or is to; zero: never, as things are. `number` is the written-flag.
    struct Round {
        uint32 number;
        uint16 approvals;
        uint48 begun;
    }

    /// @notice What is kept of terms besides their rules. `until` is the written-flag.
    struct Outline {
        uint32[] parties; // ascending
        uint32 rules; // how many
        uint48 from;
        uint48 until;
        uint48 publicNotice; // seconds
        uint48 withdrawalNotice; // seconds
        bytes32 supersedes;
    }

    /// @notice What counts for what. Zero stands for "any" in the four institution, outcome, programme and course fields.
    struct Rule {
        // source
        bytes32 sourceInstitution;
        bytes32 outcome; // only with an institution
        bytes32 evaluation; // a panel's finding on this very outcome; zero only for an academic outcome, or none named
        uint32 sourceProvince;
        uint8 category; // 1 academic, 2 vocational, 3 community and culture
        uint8 lowestLevel;
        uint8 highestLevel;
        uint8 minimumGrade; // step 0 to 20; 0 asks for no grade
        bool acceptsUngraded; // only with a minimum
        uint16 greatestAge; // whole months from the month of the award; 0: any
        // target
        bytes32 targetInstitution;
        bytes32 programme; // keccak256 of its code
        bytes32 course; // keccak256 of its code; only with a programme
        uint32 targetProvince;
        uint8 kind; // what it becomes: 1 academic, 2 vocational, 3 community and culture credit
        // amount
        uint32 numerator;
        uint32 denominator;
        uint32 mostCredits; // of one transfer
        uint32 cap; // of all in (target institution, programme, enrolment, window); type(uint32).max: none
        // validity, within the agreement's
        uint64 from;
        uint64 until;
    }

    /// @notice All that the parties agree on; its keccak256(abi.encode(terms)) is the agreement.
    struct Terms {
        bytes32 typeTag; // keccak256("huren.agreement.v1")
        uint256 chainId;
        address registry; // the registry in which it was proposed
        uint64 nonce;
        uint32[] parties; // at least two members, ascending
        Rule[] rules;
        uint64 from;
        uint64 until;
        uint64 approveBy;
        uint64 publicNotice; // seconds
        uint64 withdrawalNotice; // seconds
        bytes32 text; // sha256 of the legal text
        bytes32 supersedes; // zero: none
    }

    // ---- events; the subject of the heads is the acting `province`, zero for a motion

    /// @notice A party proposed these terms.
    event AgreementProposed(
        uint32 indexed province, bytes32 indexed agreement, Terms terms, address actor, uint64 sequence, bytes32 head
    );
    /// @notice A party approved, as the `approvals`th of this round. `activeFrom` is not zero where it was the last one needed.
    event AgreementApproved(
        uint32 indexed province,
        bytes32 indexed agreement,
        uint32 round,
        uint32 approvals,
        uint64 activeFrom,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice A party took its approval back before the agreement came into force.
    event ApprovalRevoked(
        uint32 indexed province, bytes32 indexed agreement, uint32 round, address actor, uint64 sequence, bytes32 head
    );
    /// @notice A member objected; `reason` is the digest of its reasons. The agreement is suspended, round `round` of approvals begins, and
    /// it lapses at `lapsesAt` unless settled.
    event AgreementObjected(
        uint32 indexed province,
        bytes32 indexed agreement,
        uint32 round,
        bytes32 reason,
        uint64 lapsesAt,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice A motion settled the objection that began `round`: the agreement goes on, in force from `activeFrom`; or is over, and that is
    /// zero. Subject 0.
    event ObjectionSettled(
        bytes32 indexed agreement,
        uint32 round,
        bool goesOn,
        uint64 activeFrom,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice A party withdrew; the agreement ends at `until`.
    event AgreementWithdrawn(
        uint32 indexed province, bytes32 indexed agreement, uint64 until, address actor, uint64 sequence, bytes32 head
    );
}
