// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortium} from "../interfaces/IConsortium.sol";
import {Kinds} from "../libraries/Kinds.sol";
import {Provinces} from "../libraries/Provinces.sol";
import {Rotation} from "../libraries/Rotation.sol";
import {Offices} from "./Offices.sol";

/// @title How members come, pause and go.
abstract contract Membership is Offices {
    uint64 internal constant PAUSE = 90 days;
    uint256 internal constant FEWEST_MEMBERS = 4;

    /// @inheritdoc IConsortium
    bool public immutable override trial;
    uint64 internal immutable _leavingNotice;

    constructor(bool trial_, uint64 leavingNotice) {
        trial = trial_;
        _leavingNotice = leavingNotice;
    }

    /// @inheritdoc IConsortium
    function giveNotice() external override inForce {
        uint32 province = _lawyersProvince();
        Tenure storage tenure = _lastTenure(province);
        if (tenure.until != Rotation.FOREVER) revert ConsortiumNoticeGiven(province, tenure.until);
        if (!_lawAct(province)) return;
        _end(province, tenure, _now() + _leavingNotice);
        _requireEnoughStay();
    }

    /// @inheritdoc IConsortium
    function withdrawNotice() external override inForce {
        uint32 province = _lawyersProvince();
        Tenure storage tenure = _lastTenure(province);
        if (tenure.until == Rotation.FOREVER) revert ConsortiumNoNotice(province);
        if (!_lawAct(province)) return;
        delete _members[province].custodian;
        _end(province, tenure, Rotation.FOREVER);
    }

    /// @inheritdoc IConsortium
    function admit(Founding calldata joining) external override inForce byMotion {
        _admit(joining);
    }

    /// @inheritdoc IConsortium
    function expel(uint32 province) external override inForce byMotion {
        _requireMember(province);
        _end(province, _lastTenure(province), _now());
        _requireEnoughStay();
        _requireQuorum();
    }

    /// @inheritdoc IConsortium
    function pause(uint32 province) external override inForce byMotion {
        _requireMember(province);
        _pause(province, _now() + PAUSE);
        _requireQuorum();
    }

    /// @inheritdoc IConsortium
    function unpause(uint32 province) external override inForce byMotion {
        _requireMember(province);
        if (!_isPaused(province)) revert ConsortiumNotPaused(province);
        _pause(province, 0);
    }

    /// @inheritdoc IConsortium
    function nameCustodian(uint32 province, uint32 custodian) external override inForce byMotion {
        // Named already while the notice runs, so that a gone member's records are never without a keeper.
        bool goes = _members[province].tenure != 0 && _lastTenure(province).until != Rotation.FOREVER;
        if (!goes || custodian == province || !isMember(custodian)) {
            revert ConsortiumInvalidCustodian(province, custodian);
        }
        _members[province].custodian = custodian;
        (uint64 sequence, bytes32 head) =
            _record(province, Kinds.CUSTODIAN_NAMED, keccak256(abi.encode(province, custodian)));
        emit CustodianNamed(province, custodian, msg.sender, sequence, head);
    }

    /// @dev Begins a membership. Nothing of an earlier one comes back: accounts, votes, acts, offers, pause, custodian.
    function _admit(Founding calldata joining) internal {
        uint32 province = joining.province;
        if (!Provinces.isProvince(province)) revert ConsortiumInvalidProvince(province);
        if (isMember(province)) revert ConsortiumAlreadyMember(province);
        _bindStaff(province, joining.admin, joining.operators);
        _bind(joining.recovery, province, Family.Recovery);
        _dropChanges(province);
        Member storage member = _members[province];
        member.recovery = joining.recovery;
        member.pausedUntil = 0;
        member.custodian = 0;
        _tenures.push(Tenure(province, _now(), Rotation.FOREVER));
        member.tenure = uint32(_tenures.length);
        _recordAdmission(province, joining.admin, joining.recovery, member.tenure, member.generation + 1);
        _install(province, joining.admin, joining.operators);
    }

    /// @dev Counts the members that have not given notice: those already leaving cannot make up the number.
    function _requireEnoughStay() internal view {
        uint256 staying;
        for (uint256 i = 0; i < _tenures.length; i++) {
            if (_tenures[i].until == Rotation.FOREVER) staying++;
        }
        uint256 minimum = trial ? 1 : FEWEST_MEMBERS;
        if (staying < minimum) revert ConsortiumTooFewMembers(staying, minimum);
    }

    function _recordAdmission(uint32 province, address admin, address recovery, uint32 tenure, uint32 generation)
        private
    {
        bytes32 fields = keccak256(abi.encode(province, admin, recovery, tenure, generation));
        (uint64 sequence, bytes32 head) = _record(province, Kinds.MEMBER_ADMITTED, fields);
        emit MemberAdmitted(province, admin, recovery, tenure, generation, msg.sender, sequence, head);
    }

    function _end(uint32 province, Tenure storage tenure, uint64 until) private {
        tenure.until = until;
        (uint64 sequence, bytes32 head) =
            _record(province, Kinds.MEMBERSHIP_ENDS, keccak256(abi.encode(province, until)));
        emit MembershipEnds(province, until, msg.sender, sequence, head);
    }

    function _pause(uint32 province, uint64 until) private {
        _members[province].pausedUntil = until;
        (uint64 sequence, bytes32 head) = _record(province, Kinds.MEMBER_PAUSED, keccak256(abi.encode(province, until)));
        emit MemberPaused(province, until, msg.sender, sequence, head);
    }

    /// @dev Enough members must stay unpaused to carry a motion, or nothing could be decided until the pauses lapse.
    function _requireQuorum() private view {
        uint32[] memory present = members();
        uint256 unpaused;
        for (uint256 i = 0; i < present.length; i++) {
            if (!_isPaused(present[i])) unpaused++;
        }
        uint256 threshold = _threshold(present.length);
        if (unpaused < threshold) revert ConsortiumQuorumLost(unpaused, threshold);
    }

    function _lastTenure(uint32 province) private view returns (Tenure storage) {
        return _tenures[_members[province].tenure - 1];
    }
}
