// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortium} from "../interfaces/IConsortium.sol";
import {IConsortiumEvents} from "../interfaces/IConsortiumEvents.sol";
import {IEvaluationRegistry} from "../interfaces/IEvaluationRegistry.sol";
import {RecognitionKinds} from "../libraries/RecognitionKinds.sol";
import {Roles} from "../libraries/Roles.sol";
import {Evaluations} from "./Evaluations.sol";

/// @title Who sits on a panel: nobody has more than two seats of five, and whoever is to recognise has one.
abstract contract Panels is Evaluations {
    mapping(address account => uint32 province) private _experts; // slot 3; written once

    /// @inheritdoc IEvaluationRegistry
    function nominate(bytes32 evaluation, address expert, bytes32 key) external override inForce {
        uint32 province = _consortium().authorise(msg.sender, Roles.LAW);
        Record storage record = _toWrite(evaluation, Phase.Nominating);
        _requireExpert(expert, key, province);
        _requireSeat(record, evaluation, expert, province);
        if (!_bindingAct(province, Roles.LAW)) return;
        _experts[expert] = province;
        record.panel.push(Seat(expert, province, false, 0, 0, 0, key, 0));
        uint8 taken = uint8(record.panel.length);
        (uint64 sequence, bytes32 head) = _record(
            province, RecognitionKinds.EXPERT_NOMINATED, keccak256(abi.encode(province, evaluation, expert, key, taken))
        );
        emit ExpertNominated(province, evaluation, expert, key, taken, msg.sender, sequence, head);
    }

    /// @inheritdoc IEvaluationRegistry
    function expertOf(address account) public view override returns (uint32) {
        uint32 province = _experts[account];
        if (province != 0 || predecessor == address(0)) return province;
        return IEvaluationRegistry(predecessor).expertOf(account);
    }

    // ---- inside

    /// @dev "at most two of five seats a province, the target provinces seated": three provinces at least follow from it. A target that has
    /// left the consortium keeps no seat from the others.
    function _requireSeat(Record storage record, bytes32 evaluation, address expert, uint32 province) private view {
        uint256 taken = record.panel.length;
        uint256 own;
        for (uint256 i; i < taken; ++i) {
            if (record.panel[i].expert == expert) revert ExpertSeated(evaluation, expert);
            if (record.panel[i].province == province) ++own;
        }
        uint256 share = uint256(record.seats) * 2 / 5;
        if (own >= share) revert PanelShare(evaluation, province, share);
        uint256 free = record.seats - taken;
        uint256 unseated = _unseated(record, province);
        if (unseated >= free) revert PanelReserved(evaluation, free, unseated);
    }

    /// @return count The targets other than `besides` that have no seat yet.
    function _unseated(Record storage record, uint32 besides) private view returns (uint256 count) {
        IConsortium current = _consortium();
        uint256 targets = record.targets.length;
        for (uint256 i; i < targets; ++i) {
            uint32 target = record.targets[i];
            if (target != besides && !_isSeated(record, target) && current.isMember(target)) ++count;
        }
    }

    function _isSeated(Record storage record, uint32 province) private view returns (bool) {
        uint256 taken = record.panel.length;
        for (uint256 i; i < taken; ++i) {
            if (record.panel[i].province == province) return true;
        }
        return false;
    }

    /// @dev Asked at the nomination only: who would be bound to an office later by another province must not lose the seat by it.
    function _requireExpert(address expert, bytes32 key, uint32 province) private view {
        if (expert == address(0) || expert.code.length != 0) revert ExpertNotAnAccount(expert);
        if (key == 0) revert ExpertKeyMissing(expert);
        IConsortiumEvents.Binding memory binding = _consortium().bindingOf(expert);
        if (binding.family != IConsortiumEvents.Family.None) {
            revert ExpertBound(expert, binding.province, binding.family);
        }
        uint32 serving = expertOf(expert);
        if (serving != 0 && serving != province) revert ExpertOfAnotherProvince(expert, serving, province);
    }
}
