// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortiumEvents} from "./IConsortiumEvents.sol";

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

    // ---- errors; what concerns the institution itself is said with the errors of IInstitutionEvents

    /// @notice No such evaluation was ever opened.
    error EvaluationUnknown(bytes32 evaluation);
    /// @notice What was asked cannot be done in this phase.
    error EvaluationInPhase(bytes32 evaluation, Phase phase);
    /// @notice The outcome's last evaluation is not closed yet: there is one at a time.
    error EvaluationOpen(bytes32 evaluation);
    /// @notice The outcome's last evaluation was closed a short time ago: the next may be opened from `until` on.
    error EvaluationPause(bytes32 evaluation, uint64 until);
    /// @notice The institution is not accredited for outcomes of this category; `categories` is its mask.
    error EvaluationCategory(bytes32 institution, uint8 category, uint8 categories);
    /// @notice `outcome` or `dossier` is zero.
    error EvaluationFieldMissing(bytes32 field);
    /// @notice The months of award are an interval [from, until) that is not empty.
    error EvaluationPeriod(uint16 awardedFrom, uint16 awardedUntil);
    /// @notice A panel has between `least` and `most` seats.
    error EvaluationSeats(uint8 seats, uint8 least, uint8 most);
    /// @notice At least one province is to recognise the outcome, and each has a seat.
    error EvaluationTargets(uint256 targets, uint8 seats);
    /// @notice Targets stand in ascending order, each once.
    error EvaluationTargetOrder(uint32 previous, uint32 target);
    /// @notice A target is a member other than the province that opens.
    error EvaluationTarget(uint32 target);
    /// @notice The time for nominations ends within [earliest, latest].
    error EvaluationNominationsUntil(uint64 nominationsUntil, uint64 earliest, uint64 latest);
    /// @notice The time for opinions ends within [earliest, latest].
    error EvaluationOpinionsUntil(uint64 opinionsUntil, uint64 earliest, uint64 latest);

    /// @notice A province has at most `share` seats of this panel, and has them.
    error PanelShare(bytes32 evaluation, uint32 province, uint256 share);
    /// @notice The `free` seats are kept for the `unseated` targets.
    error PanelReserved(bytes32 evaluation, uint256 free, uint256 unseated);
    /// @notice An expert is an externally owned account: never zero, never a contract.
    error ExpertNotAnAccount(address expert);
    /// @notice An expert is nothing else in the consortium; this account acts for `province`.
    error ExpertBound(address expert, uint32 province, IConsortiumEvents.Family family);
    /// @notice An expert serves one province for ever.
    error ExpertOfAnotherProvince(address expert, uint32 serving, uint32 nominating);
    /// @notice An expert has one seat of a panel.
    error ExpertSeated(bytes32 evaluation, address expert);
    /// @notice Without a key the dossier cannot be encrypted to the expert.
    error ExpertKeyMissing(address expert);
    /// @notice The expert's province is gone or paused.
    error ExpertOfIdleProvince(address expert, uint32 province);
    /// @notice Only the experts of the panel give opinions.
    error OpinionByStranger(bytes32 evaluation, address account);
    /// @notice Each expert gives one opinion, and gave it at `time`.
    error OpinionAlreadyGiven(bytes32 evaluation, address expert, uint64 time);
    /// @notice A favourable opinion names a level of 1 to 10 and credits of 1 to 99,999 hundredths; another names neither.
    error OpinionOutOfRange(bool favourable, uint8 level, uint32 credits);
    /// @notice An opinion rests on a report, whose digest is not zero.
    error OpinionWithoutReport(bytes32 evaluation);
}
