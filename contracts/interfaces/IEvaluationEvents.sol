// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title The values, events and errors of the EvaluationRegistry.
/// @notice Times are seconds since 1970, months since January 1970 (UTC+8), credits hundredths. Intervals are half-open.
interface IEvaluationEvents {
    /// @notice Where an evaluation stands at a moment: a function of what was recorded and of the clock.
    enum Phase {
        None, // unknown
        Nominating, // seats are free, and the time for nominations (with the grace) has not run out
        Opining, // all seats are taken, opinions are missing, and their time (with the grace) has not run out
        Due, // nothing more can come: to be closed
        Passed,
        Failed
    }

    /// @notice What is to be evaluated, by whom, until when. `dossier` is sha256(32 random bytes ‖ dossier file). It covers outcomes awarded
    /// in [awardedFrom, awardedUntil). `targets`: the provinces that are to recognise it, ascending; each gets a seat.
    struct Subject {
        bytes32 institution;
        bytes32 outcome;
        uint8 category;
        uint16 awardedFrom;
        uint16 awardedUntil;
        uint8 seats;
        uint32[] targets;
        uint64 nominationsUntil;
        uint64 opinionsUntil;
        bytes32 dossier;
    }

    /// @notice One seat of a panel. `key` is the expert's X25519 public key (RFC 7748), to which the dossier is encrypted. `level` and
    /// `credits` are zero unless the opinion is favourable; `opinedAt` is zero while it is missing.
    struct Seat {
        address expert;
        uint32 province;
        bool favourable;
        uint8 level;
        uint32 credits;
        uint64 opinedAt;
        bytes32 key;
        bytes32 report;
    }

    /// @notice What a panel found: the lower medians of the favourable. All zero unless `passed`, apart from whom it is about.
    struct Finding {
        bytes32 institution;
        bytes32 outcome;
        bool passed;
        uint8 category;
        uint8 level;
        uint32 credits;
        uint16 awardedFrom;
        uint16 awardedUntil;
        uint64 closedAt; // zero while open
    }

    // ---- events; the subject of the heads is the acting `province`

    /// @notice The accrediting province opened an evaluation.
    event EvaluationOpened(
        uint32 indexed province,
        bytes32 indexed evaluation,
        bytes32 indexed institution,
        Subject subject,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice `province` seated an expert of its own; `taken` seats are taken now.
    event ExpertNominated(
        uint32 indexed province,
        bytes32 indexed evaluation,
        address indexed expert,
        bytes32 key,
        uint8 taken,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice The expert who acts gave the one opinion of the seat; `report` is the digest of the report.
    event OpinionGiven(
        uint32 indexed province,
        bytes32 indexed evaluation,
        bool favourable,
        uint8 level,
        uint32 credits,
        bytes32 report,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice The evaluation is closed with `favourable` of its `seats` in favour.
    event EvaluationClosed(
        uint32 indexed province,
        bytes32 indexed evaluation,
        bool passed,
        uint8 favourable,
        uint8 seats,
        uint8 level,
        uint32 credits,
        address actor,
        uint64 sequence,
        bytes32 head
    );
}
