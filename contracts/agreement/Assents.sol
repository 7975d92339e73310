// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAgreementRegistry} from "../interfaces/IAgreementRegistry.sol";
import {RecognitionKinds} from "../libraries/RecognitionKinds.sol";
import {Roles} from "../libraries/Roles.sol";
import {Proposals} from "./Proposals.sol";

/// @title The parties' approvals, given and taken back, and what becomes of an agreement that has them all.
abstract contract Assents is Proposals {
    /// @dev All that is read before something is done with an agreement: how it stands now, in memory.
    struct Case {
        bytes32 agreement;
        Outline outline;
        State state;
        Stand stand;
        Round round;
    }

    /// @inheritdoc IAgreementRegistry
    function approve(bytes32 agreement, uint32 number) external override inForce {
        (uint32 province, Case memory case_) = _opened(agreement);
        uint16 bit = uint16(1 << _requireParty(case_, province));
        if (case_.state != State.Proposed && case_.state != State.Objected) _refuseState(case_);
        Round memory round = case_.round;
        _requireRound(case_, number);
        if (round.approvals & bit != 0) revert AgreementApprovedBefore(agreement, province);
        round.approvals |= bit;
        bool all = round.approvals == (1 << case_.outline.parties.length) - 1;
        uint48 from = all ? _beginning(case_) : 0;
        if (!_bindingAct(province, Roles.LAW)) return;
        if (all) _begin(case_, from);
        _setRound(agreement, round);
        _emitApproved(province, agreement, round, from);
    }

    /// @inheritdoc IAgreementRegistry
    function revokeApproval(bytes32 agreement, uint32 number) external override inForce {
        (uint32 province, Case memory case_) = _opened(agreement);
        uint16 bit = uint16(1 << _requireParty(case_, province));
        if (case_.state == State.Active) _refuseState(case_);
        _requireGoing(case_);
        Round memory round = case_.round;
        _requireRound(case_, number);
        if (round.approvals & bit == 0) revert AgreementNotApproved(agreement, province);
        if (!_bindingAct(province, Roles.LAW)) return;
        round.approvals &= ~bit;
        if (case_.state == State.Notice) {
            // An approval is missing again: back to where the round began, with the deadline it had.
            case_.stand.step = round.number == 1 ? Step.Proposed : Step.Objected;
            _push(agreement, case_.stand);
            _interrupt(round);
        }
        _setRound(agreement, round);
        (uint64 sequence, bytes32 head) =
            _record(province, RecognitionKinds.APPROVAL_REVOKED, keccak256(abi.encode(province, agreement, number)));
        emit ApprovalRevoked(province, agreement, number, msg.sender, sequence, head);
    }

    /// @dev Comes, or is to come, into force at `from`; changes the round, which the caller keeps.
    function _begin(Case memory case_, uint48 from) internal {
        case_.stand.step = Step.Approved;
        case_.stand.from = from;
        _push(case_.agreement, case_.stand);
        if (case_.round.begun == 0) case_.round.begun = from;
        bytes32 superseded = case_.outline.supersedes;
        if (superseded != 0) _setSuccessor(superseded, case_.agreement);
    }

    /// @dev The caller's province, and the agreement as it stands.
    function _opened(bytes32 agreement) internal view returns (uint32 province, Case memory case_) {
        province = _consortium().authorise(msg.sender, Roles.LAW);
        case_ = _caseOf(agreement);
    }

    function _caseOf(bytes32 agreement) internal view returns (Case memory) {
        return Case(agreement, _known(agreement), _state(agreement), _stand(agreement), roundOf(agreement));
    }

    /// @dev It does not come into force as planned; where it was the first time, it never did. What had begun by this second has begun:
    /// what it superseded is superseded.
    function _interrupt(Round memory round) internal view {
        if (_now() < round.begun) round.begun = 0;
    }

    /// @return place Of the province among the parties.
    function _requireParty(Case memory case_, uint32 province) internal pure returns (uint256 place) {
        bool found;
        (found, place) = _placeOf(case_.outline.parties, province);
        if (!found) revert AgreementNotParty(case_.agreement, province);
    }

    /// @dev Approvals and settlements name the round they are meant for.
    function _requireRound(Case memory case_, uint32 number) internal pure {
        if (case_.round.number != number) revert AgreementRound(case_.agreement, case_.round.number, number);
    }

    /// @dev It is not over.
    function _requireGoing(Case memory case_) internal pure {
        if (_isFinal(case_.state)) _refuseState(case_);
    }

    function _refuseState(Case memory case_) internal pure {
        revert AgreementState(case_.agreement, case_.state);
    }

    function _later(uint48 one, uint48 other) internal pure returns (uint48) {
        return one > other ? one : other;
    }

    function _emitApproved(uint32 province, bytes32 agreement, Round memory round, uint64 from) private {
        uint32 approvals;
        for (uint256 left = round.approvals; left != 0; left &= left - 1) {
            ++approvals;
        }
        (uint64 sequence, bytes32 head) = _record(
            province,
            RecognitionKinds.AGREEMENT_APPROVED,
            keccak256(abi.encode(province, agreement, round.number, approvals, from))
        );
        emit AgreementApproved(province, agreement, round.number, approvals, from, msg.sender, sequence, head);
    }

    /// @dev When an agreement comes into force that all parties have approved now.
    function _beginning(Case memory case_) private view returns (uint48 from) {
        from = case_.state == State.Proposed
            ? _later(_now() + case_.outline.publicNotice, case_.outline.from)
            : _later(_now(), case_.stand.from);
        if (from >= case_.stand.ends) revert AgreementTooLate(case_.agreement, from, case_.stand.ends);
        bytes32 superseded = case_.outline.supersedes;
        bytes32 holder = superseded == 0 ? bytes32(0) : successorOf(superseded);
        if (holder == 0 || holder == case_.agreement) return from;
        // Another one has the place, unless it was never in force and is not to be: it ended before, or lost an approval.
        if (roundOf(holder).begun != 0 || _state(holder) == State.Objected) {
            revert AgreementSucceeded(superseded, holder);
        }
    }
}
