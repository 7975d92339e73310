// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAgreementRegistry} from "../interfaces/IAgreementRegistry.sol";
import {RecognitionKinds} from "../libraries/RecognitionKinds.sol";
import {Roles} from "../libraries/Roles.sol";
import {Assents} from "./Assents.sol";

/// @title Objections, their settlement, and withdrawals.
abstract contract Endings is Assents {
    uint48 private constant OBJECTION_LIFE = 90 days;

    /// @inheritdoc IAgreementRegistry
    function object(bytes32 agreement, bytes32 reason) external override inForce {
        (uint32 province, Case memory case_) = _opened(agreement);
        if (case_.state == State.Active) {
            // A chain that stood still must not eat the notice: who could object in it still can in the grace. Where another agreement was
            // superseded meanwhile, nobody but a party can leave the parties without either.
            bool late = case_.outline.supersedes != 0 || _now() >= case_.round.begun + _grace();
            if (late) _requireParty(case_, province);
        } else if (case_.state != State.Notice) {
            _refuseState(case_);
        }
        if (objectedBy(agreement, province)) revert AgreementObjectedBefore(agreement, province);
        if (!_bindingAct(province, Roles.LAW)) return;
        _setObjected(agreement, province);
        case_.stand.step = Step.Objected;
        case_.stand.deadline = _now() + OBJECTION_LIFE;
        _push(agreement, case_.stand);
        Round memory round = case_.round;
        round.number += 1;
        round.approvals = 0;
        _interrupt(round);
        _setRound(agreement, round);
        uint64 lapsesAt = case_.stand.deadline;
        bytes32 fields = keccak256(abi.encode(province, agreement, round.number, reason, lapsesAt));
        (uint64 sequence, bytes32 head) = _record(province, RecognitionKinds.AGREEMENT_OBJECTED, fields);
        emit AgreementObjected(province, agreement, round.number, reason, lapsesAt, msg.sender, sequence, head);
    }

    /// @inheritdoc IAgreementRegistry
    function settle(bytes32 agreement, uint32 number, bool goesOn) external override inForce byMotion {
        Case memory case_ = _caseOf(agreement);
        if (case_.state != State.Objected) _refuseState(case_);
        _requireRound(case_, number);
        uint48 from;
        if (goesOn) {
            from = _later(_now(), case_.stand.from);
            _begin(case_, from);
        } else {
            case_.stand.deadline = _now();
            _push(agreement, case_.stand);
        }
        case_.round.approvals = 0; // the motion decided, and there is nothing to revoke
        _setRound(agreement, case_.round);
        bytes32 fields = keccak256(abi.encode(agreement, number, goesOn, from));
        (uint64 sequence, bytes32 head) = _record(0, RecognitionKinds.OBJECTION_SETTLED, fields);
        emit ObjectionSettled(agreement, number, goesOn, from, msg.sender, sequence, head);
    }

    /// @inheritdoc IAgreementRegistry
    function withdraw(bytes32 agreement) external override inForce {
        (uint32 province, Case memory case_) = _opened(agreement);
        _requireParty(case_, province);
        _requireGoing(case_);
        // Who suspends what was in force, and then withdraws, waits for the notice like everybody.
        bool began = case_.round.begun != 0 && case_.round.begun <= _now();
        uint48 ends = began ? _now() + case_.outline.withdrawalNotice : _now();
        if (ends >= case_.stand.ends) revert AgreementEnding(agreement, case_.stand.ends);
        if (!_bindingAct(province, Roles.LAW)) return;
        case_.stand.ends = ends;
        case_.stand.leaving = true;
        _push(agreement, case_.stand);
        _interrupt(case_.round);
        _setRound(agreement, case_.round);
        (uint64 sequence, bytes32 head) =
            _record(province, RecognitionKinds.AGREEMENT_WITHDRAWN, keccak256(abi.encode(province, agreement, ends)));
        emit AgreementWithdrawn(province, agreement, ends, msg.sender, sequence, head);
    }
}
