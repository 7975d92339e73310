// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Governed} from "../base/Governed.sol";
import {IEvaluationRegistry} from "../interfaces/IEvaluationRegistry.sol";
import {IInstitutionEvents} from "../interfaces/IInstitutionEvents.sol";
import {IInstitutionRegistry} from "../interfaces/IInstitutionRegistry.sol";
import {Names} from "../libraries/Names.sol";
import {RecognitionKinds} from "../libraries/RecognitionKinds.sol";
import {Roles} from "../libraries/Roles.sol";

/// @title Which evaluations of an outcome there were, what each is about, and where it stands.
/// @dev A record's `province` is its written-flag: never zero once written here. A record of the predecessor is copied whole, panel
/// included, when it is first written to.
abstract contract Evaluations is Governed, IEvaluationRegistry {
    struct Record {
        bytes32 institution;
        bytes32 outcome;
        // one slot
        uint32 province;
        uint8 category;
        uint8 seats;
        uint8 opinions; // given
        uint16 awardedFrom;
        uint16 awardedUntil;
        uint64 nominationsUntil;
        uint64 opinionsUntil;
        // one slot; all zero while open
        uint64 closedAt;
        bool passed;
        uint8 level;
        uint32 credits;
        bytes32 dossier;
        uint32[] targets;
        Seat[] panel; // in the order of nomination
    }

    /// @inheritdoc IEvaluationRegistry
    uint64 public constant override PAUSE = 30 days;

    uint8 internal constant LEAST_SEATS = 5;
    uint8 internal constant MOST_SEATS = 15; // bounds the loops over a panel
    uint64 internal constant LEAST_TIME = 7 days; // a proposed nomination may take as long to be confirmed
    uint64 internal constant MOST_TIME = 180 days; // an evaluation keeps its outcome's next one waiting

    mapping(bytes32 evaluation => Record) private _records; // slot 1
    mapping(bytes32 institution => mapping(bytes32 outcome => uint32)) private _counts; // slot 2

    // ---- writing

    /// @inheritdoc IEvaluationRegistry
    function open(Subject calldata subject) external override inForce {
        uint32 province = _consortium().authorise(msg.sender, Roles.LAW);
        _requireOwn(subject.institution, subject.category, province);
        _requireSubject(subject);
        _requireTargets(subject.targets, subject.seats, province);
        uint32 number = countOf(subject.institution, subject.outcome);
        if (number != 0) _requireRested(evaluationId(subject.institution, subject.outcome, number));
        if (!_bindingAct(province, Roles.LAW)) return;
        number += 1;
        _counts[subject.institution][subject.outcome] = number;
        bytes32 evaluation = evaluationId(subject.institution, subject.outcome, number);
        _store(_records[evaluation], province, subject);
        (uint64 sequence, bytes32 head) = _record(
            province,
            RecognitionKinds.EVALUATION_OPENED,
            keccak256(abi.encode(province, evaluation, subject.institution, subject))
        );
        emit EvaluationOpened(province, evaluation, subject.institution, subject, msg.sender, sequence, head);
    }

    // ---- views

    /// @inheritdoc IEvaluationRegistry
    function subjectOf(bytes32 evaluation) external view override returns (uint32 province, Subject memory subject) {
        Record storage record = _records[evaluation];
        if (_isElsewhere(record)) return IEvaluationRegistry(predecessor).subjectOf(evaluation);
        return (
            record.province,
            Subject(
                record.institution,
                record.outcome,
                record.category,
                record.awardedFrom,
                record.awardedUntil,
                record.seats,
                record.targets,
                record.nominationsUntil,
                record.opinionsUntil,
                record.dossier
            )
        );
    }

    /// @inheritdoc IEvaluationRegistry
    function panelOf(bytes32 evaluation) external view override returns (Seat[] memory) {
        Record storage record = _records[evaluation];
        if (_isElsewhere(record)) return IEvaluationRegistry(predecessor).panelOf(evaluation);
        return record.panel;
    }

    /// @inheritdoc IEvaluationRegistry
    function phaseOf(bytes32 evaluation) external view override returns (Phase) {
        Record storage record = _records[evaluation];
        if (_isElsewhere(record)) return IEvaluationRegistry(predecessor).phaseOf(evaluation);
        return _phase(record);
    }

    /// @inheritdoc IEvaluationRegistry
    function findingOf(bytes32 evaluation) public view override returns (Finding memory finding) {
        Record storage record = _records[evaluation];
        if (_isElsewhere(record)) return IEvaluationRegistry(predecessor).findingOf(evaluation);
        finding.institution = record.institution;
        finding.outcome = record.outcome;
        finding.closedAt = record.closedAt;
        if (!record.passed) return finding;
        finding.passed = true;
        finding.category = record.category;
        finding.level = record.level;
        finding.credits = record.credits;
        finding.awardedFrom = record.awardedFrom;
        finding.awardedUntil = record.awardedUntil;
    }

    /// @inheritdoc IEvaluationRegistry
    function countOf(bytes32 institution, bytes32 outcome) public view override returns (uint32) {
        uint32 count = _counts[institution][outcome];
        if (count != 0 || predecessor == address(0)) return count;
        return IEvaluationRegistry(predecessor).countOf(institution, outcome);
    }

    /// @inheritdoc IEvaluationRegistry
    function evaluationId(bytes32 institution, bytes32 outcome, uint32 number) public pure override returns (bytes32) {
        return keccak256(abi.encode(institution, outcome, number));
    }

    // ---- for the other parts

    /// @dev An evaluation that exists and stands in `phase`, to be written to.
    function _toWrite(bytes32 evaluation, Phase phase) internal returns (Record storage record) {
        record = _records[evaluation];
        if (_isElsewhere(record)) _copy(record, evaluation);
        if (record.province == 0) revert EvaluationUnknown(evaluation);
        Phase standing = _phase(record);
        if (standing != phase) revert EvaluationInPhase(evaluation, standing);
    }

    // ---- inside

    function _store(Record storage record, uint32 province, Subject memory subject) private {
        record.institution = subject.institution;
        record.outcome = subject.outcome;
        record.province = province;
        record.category = subject.category;
        record.seats = subject.seats;
        record.awardedFrom = subject.awardedFrom;
        record.awardedUntil = subject.awardedUntil;
        record.nominationsUntil = subject.nominationsUntil;
        record.opinionsUntil = subject.opinionsUntil;
        record.dossier = subject.dossier;
        record.targets = subject.targets;
    }

    /// @dev Takes over an evaluation that is open in the predecessor: what is closed is never written to again.
    function _copy(Record storage record, bytes32 evaluation) private {
        IEvaluationRegistry last = IEvaluationRegistry(predecessor);
        (uint32 province, Subject memory subject) = last.subjectOf(evaluation);
        Phase standing = last.phaseOf(evaluation);
        if (standing == Phase.Passed || standing == Phase.Failed) revert EvaluationInPhase(evaluation, standing);
        _store(record, province, subject);
        Seat[] memory panel = last.panelOf(evaluation);
        uint8 opinions;
        for (uint256 i; i < panel.length; ++i) {
            record.panel.push(panel[i]);
            if (panel[i].opinedAt != 0) ++opinions;
        }
        record.opinions = opinions;
    }

    /// @dev Whether the predecessor is to be asked.
    function _isElsewhere(Record storage record) private view returns (bool) {
        return record.province == 0 && predecessor != address(0);
    }

    /// @dev "Grace, since a halted chain must not eat deadlines": nominations and opinions count until their time plus the grace.
    function _phase(Record storage record) private view returns (Phase) {
        if (record.province == 0) return Phase.None;
        if (record.closedAt != 0) return record.passed ? Phase.Passed : Phase.Failed;
        uint64 grace = _consortium().parameters().grace;
        if (record.panel.length < record.seats) {
            return block.timestamp < record.nominationsUntil + grace ? Phase.Nominating : Phase.Due;
        }
        bool missing = record.opinions < record.seats;
        return missing && block.timestamp < record.opinionsUntil + grace ? Phase.Opining : Phase.Due;
    }

    /// @dev "one open evaluation per outcome, a pause before the next"
    function _requireRested(bytes32 last) private view {
        uint64 closedAt = findingOf(last).closedAt;
        if (closedAt == 0) revert EvaluationOpen(last);
        if (block.timestamp < closedAt + PAUSE) revert EvaluationPause(last, closedAt + PAUSE);
    }

    /// @dev Nobody else opens one, so that nobody else blocks an outcome for the length of an evaluation and a pause.
    function _requireOwn(bytes32 institution, uint8 category, uint32 province) private view {
        IInstitutionRegistry.Accreditation memory current = IInstitutionRegistry(_resolve(Names.INSTITUTION_REGISTRY))
            .accreditationAt(institution, uint64(block.timestamp));
        if (current.standing == IInstitutionEvents.Standing.None) {
            revert IInstitutionEvents.InstitutionUnknown(institution);
        }
        if (current.province != province) {
            revert IInstitutionEvents.InstitutionOfAnotherProvince(institution, current.province, province);
        }
        if (current.standing != IInstitutionEvents.Standing.Accredited) {
            revert IInstitutionEvents.InstitutionStanding(institution, current.standing);
        }
        if (current.scope.categories >> category & 1 == 0) {
            revert EvaluationCategory(institution, category, current.scope.categories);
        }
    }

    function _requireTargets(uint32[] calldata targets, uint8 seats, uint32 province) private view {
        if (targets.length == 0 || targets.length > seats) revert EvaluationTargets(targets.length, seats);
        uint32 previous;
        for (uint256 i; i < targets.length; ++i) {
            uint32 target = targets[i];
            if (target <= previous) revert EvaluationTargetOrder(previous, target);
            if (target == province || !_consortium().isMember(target)) revert EvaluationTarget(target);
            previous = target;
        }
    }

    function _requireSubject(Subject calldata subject) private view {
        if (subject.outcome == 0) revert EvaluationFieldMissing("outcome");
        if (subject.dossier == 0) revert EvaluationFieldMissing("dossier");
        if (subject.awardedFrom >= subject.awardedUntil) {
            revert EvaluationPeriod(subject.awardedFrom, subject.awardedUntil);
        }
        if (subject.seats < LEAST_SEATS || subject.seats > MOST_SEATS) {
            revert EvaluationSeats(subject.seats, LEAST_SEATS, MOST_SEATS);
        }
        uint64 earliest = uint64(block.timestamp) + LEAST_TIME;
        uint64 latest = uint64(block.timestamp) + MOST_TIME;
        uint64 given = subject.nominationsUntil;
        if (given < earliest || given > latest) revert EvaluationNominationsUntil(given, earliest, latest);
        (earliest, latest) = (given + LEAST_TIME, given + MOST_TIME);
        given = subject.opinionsUntil;
        if (given < earliest || given > latest) revert EvaluationOpinionsUntil(given, earliest, latest);
    }
}
