// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IEvaluationRegistry} from "../interfaces/IEvaluationRegistry.sol";
import {Facts} from "../libraries/Facts.sol";
import {Median} from "../libraries/Median.sol";
import {RecognitionKinds} from "../libraries/RecognitionKinds.sol";
import {Roles} from "../libraries/Roles.sol";
import {Panels} from "./Panels.sol";

/// @title What the experts say, one opinion each, and what follows from it.
abstract contract Opinions is Panels {
    /// @inheritdoc IEvaluationRegistry
    function opine(bytes32 evaluation, bool favourable, uint8 level, uint32 credits, bytes32 report)
        external
        override
        inForce
    {
        Record storage record = _toWrite(evaluation, Phase.Opining);
        Seat storage seat = _seatOf(record, evaluation);
        uint32 province = seat.province;
        if (seat.opinedAt != 0) revert OpinionAlreadyGiven(evaluation, msg.sender, seat.opinedAt);
        if (!_consortium().canAct(province)) revert ExpertOfIdleProvince(msg.sender, province);
        _requireOpinion(favourable, level, credits);
        if (report == 0) revert OpinionWithoutReport(evaluation);
        seat.favourable = favourable;
        seat.level = level;
        seat.credits = credits;
        seat.opinedAt = uint64(block.timestamp);
        seat.report = report;
        record.opinions += 1;
        (uint64 sequence, bytes32 head) = _record(
            province,
            RecognitionKinds.OPINION_GIVEN,
            keccak256(abi.encode(province, evaluation, favourable, level, credits, report))
        );
        emit OpinionGiven(province, evaluation, favourable, level, credits, report, msg.sender, sequence, head);
    }

    /// @inheritdoc IEvaluationRegistry
    function close(bytes32 evaluation) external override inForce {
        uint32 province = _consortium().authorise(msg.sender, Roles.LAW);
        Record storage record = _toWrite(evaluation, Phase.Due);
        (uint32[] memory levels, uint32[] memory credits) = _favourable(record);
        uint8 favourable = uint8(levels.length);
        record.closedAt = uint64(block.timestamp);
        // "two thirds of the SEATS favourable": who was not named or said nothing is not in favour.
        if (3 * levels.length >= 2 * uint256(record.seats)) {
            record.passed = true;
            record.level = uint8(Median.lower(levels));
            record.credits = Median.lower(credits);
        }
        bytes32 fields = keccak256(
            abi.encode(province, evaluation, record.passed, favourable, record.seats, record.level, record.credits)
        );
        (uint64 sequence, bytes32 head) = _record(province, RecognitionKinds.EVALUATION_CLOSED, fields);
        emit EvaluationClosed(
            province,
            evaluation,
            record.passed,
            favourable,
            record.seats,
            record.level,
            record.credits,
            msg.sender,
            sequence,
            head
        );
    }

    // ---- inside

    /// @return levels Those of the favourable, in the order of nomination.
    /// @return credits The same.
    function _favourable(Record storage record) private view returns (uint32[] memory levels, uint32[] memory credits) {
        uint256 taken = record.panel.length;
        uint256 count;
        for (uint256 i; i < taken; ++i) {
            if (record.panel[i].favourable) ++count;
        }
        (levels, credits) = (new uint32[](count), new uint32[](count));
        count = 0;
        for (uint256 i; i < taken; ++i) {
            Seat storage seat = record.panel[i];
            if (!seat.favourable) continue;
            (levels[count], credits[count]) = (seat.level, seat.credits);
            ++count;
        }
    }

    /// @dev The seat of the account that is calling.
    function _seatOf(Record storage record, bytes32 evaluation) private view returns (Seat storage) {
        uint256 taken = record.panel.length;
        for (uint256 i; i < taken; ++i) {
            if (record.panel[i].expert == msg.sender) return record.panel[i];
        }
        revert OpinionByStranger(evaluation, msg.sender);
    }

    function _requireOpinion(bool favourable, uint8 level, uint32 credits) private pure {
        bool possible = favourable
            ? level >= 1 && level <= Facts.LAST_LEVEL && credits >= 1 && credits <= Facts.MOST_CREDITS
            : level == 0 && credits == 0;
        if (!possible) revert OpinionOutOfRange(favourable, level, credits);
    }
}
