// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortium} from "../interfaces/IConsortium.sol";
import {Kinds} from "../libraries/Kinds.sol";
import {Roles} from "../libraries/Roles.sol";
import {Acts} from "./Acts.sol";

/// @title How a member's accounts change: operators, hand-over of the admin's place, recovery.
abstract contract Offices is Acts {
    uint64 internal constant OFFER_LIFE = 7 days;
    uint64 internal constant RECOVERY_DELAY = 7 days;

    mapping(uint32 province => mapping(bool recovery => Change)) private _changes;

    /// @inheritdoc IConsortium
    function setOperator(OperatorGrant calldata grant) external override inForce {
        uint32 province = _unfrozenProvince();
        if (!_lawAct(province)) return;
        Binding storage binding = _bindings[grant.account];
        bool listed = binding.province == province && _isOperator(binding);
        uint32 generation = _members[province].generation;
        if (grant.roles == 0) {
            if (!listed) revert ConsortiumNotOperator(grant.account);
        } else {
            if (!Roles.isMask(grant.roles)) revert ConsortiumInvalidRoles(grant.account, grant.roles);
            _bind(grant.account, province, Family.Operator);
            uint256 count = _operators[province][generation].length + (listed ? 0 : 1);
            if (count > MOST_OPERATORS) revert ConsortiumTooManyOperators(province, count);
        }
        _grant(province, generation, grant);
        _requireSecondAccount(province, generation);
    }

    /// @inheritdoc IConsortium
    function offerHandOver(address nextAdmin, OperatorGrant[] calldata operators) external override inForce {
        uint32 province = _unfrozenProvince();
        if (!_lawAct(province)) return;
        _announceChange(province, false, nextAdmin, operators, _now() + OFFER_LIFE);
    }

    /// @inheritdoc IConsortium
    function cancelHandOver() external override inForce {
        uint32 province = _unfrozenProvince();
        if (_changes[province][false].nextAdmin == address(0)) revert ConsortiumNoHandOver(province);
        if (!_lawAct(province)) return;
        _cancelChange(province, false);
    }

    /// @inheritdoc IConsortium
    function acceptHandOver(OperatorGrant[] calldata operators) external override inForce {
        uint32 province = _bindings[msg.sender].province;
        _requireCanAct(province);
        _requireNoRecovery(province);
        Change storage offer = _changes[province][false];
        if (offer.nextAdmin != msg.sender || _now() >= offer.at) revert ConsortiumNoHandOver(province);
        _replaceAdmin(province, offer, operators);
    }

    /// @inheritdoc IConsortium
    function requestRecovery(address nextAdmin, OperatorGrant[] calldata operators) external override inForce {
        uint32 province = _requireRecoveryKey();
        _requireNoRecovery(province);
        _announceChange(province, true, nextAdmin, operators, _now() + RECOVERY_DELAY);
    }

    /// @inheritdoc IConsortium
    function completeRecovery(OperatorGrant[] calldata operators) external override inForce {
        uint32 province = _requireRecoveryKey();
        Change storage recovery = _changes[province][true];
        if (recovery.nextAdmin == address(0)) revert ConsortiumNoRecovery(province);
        if (_now() < recovery.at) revert ConsortiumRecoveryNotReady(province, recovery.at);
        _replaceAdmin(province, recovery, operators);
    }

    /// @inheritdoc IConsortium
    function cancelRecovery(uint32 province) external override inForce byMotion {
        if (_changes[province][true].nextAdmin == address(0)) revert ConsortiumNoRecovery(province);
        _cancelChange(province, true);
    }

    /// @inheritdoc IConsortium
    function replaceRecovery(uint32 province, address recovery) external override inForce byMotion {
        _requireMember(province);
        _bind(recovery, province, Family.Recovery);
        if (_changes[province][true].nextAdmin != address(0)) _cancelChange(province, true);
        address previous = _members[province].recovery;
        _members[province].recovery = recovery;
        (uint64 sequence, bytes32 head) =
            _record(province, Kinds.RECOVERY_REPLACED, keccak256(abi.encode(province, previous, recovery)));
        emit RecoveryReplaced(province, previous, recovery, msg.sender, sequence, head);
    }

    /// @inheritdoc IConsortium
    function changeOf(uint32 province, bool recovery) external view override returns (Change memory) {
        return _changes[province][recovery];
    }

    function _dropChanges(uint32 province) internal {
        delete _changes[province][false];
        delete _changes[province][true];
    }

    function _announceChange(
        uint32 province,
        bool recovery,
        address nextAdmin,
        OperatorGrant[] calldata operators,
        uint64 at
    ) private {
        _bindStaff(province, nextAdmin, operators);
        _changes[province][recovery] = Change(nextAdmin, at, keccak256(abi.encode(operators)));
        (uint64 sequence, bytes32 head) = _record(
            province, Kinds.CHANGE_ANNOUNCED, keccak256(abi.encode(province, nextAdmin, recovery, operators, at))
        );
        emit ChangeAnnounced(province, nextAdmin, recovery, operators, at, msg.sender, sequence, head);
    }

    function _cancelChange(uint32 province, bool recovery) private {
        address nextAdmin = _changes[province][recovery].nextAdmin;
        delete _changes[province][recovery];
        (uint64 sequence, bytes32 head) =
            _record(province, Kinds.CHANGE_CANCELLED, keccak256(abi.encode(province, nextAdmin, recovery)));
        emit ChangeCancelled(province, nextAdmin, recovery, msg.sender, sequence, head);
    }

    function _replaceAdmin(uint32 province, Change storage change, OperatorGrant[] calldata operators) private {
        bytes32 given = keccak256(abi.encode(operators));
        if (given != change.operators) revert ConsortiumOperatorsMismatch(province, change.operators, given);
        address previous = _members[province].admin;
        address admin = change.nextAdmin;
        _dropChanges(province);
        uint32 generation = _members[province].generation + 1;
        bytes32 fields = keccak256(abi.encode(province, previous, admin, generation));
        (uint64 sequence, bytes32 head) = _record(province, Kinds.ADMIN_REPLACED, fields);
        emit AdminReplaced(province, previous, admin, generation, msg.sender, sequence, head);
        _install(province, admin, operators);
    }

    /// @dev The caller's province, whose hand-over and operators can be changed: no recovery is pending.
    function _unfrozenProvince() private view returns (uint32 province) {
        province = _lawyersProvince();
        _requireNoRecovery(province);
    }

    function _requireNoRecovery(uint32 province) private view {
        Change storage recovery = _changes[province][true];
        if (recovery.nextAdmin != address(0)) revert ConsortiumRecoveryPending(province, recovery.at);
    }

    /// @return province The member whose recovery address is calling.
    function _requireRecoveryKey() private view returns (uint32 province) {
        province = _bindings[msg.sender].province;
        if (_members[province].recovery != msg.sender) revert ConsortiumUnauthorised(msg.sender, province, 0);
        _requireCanAct(province);
    }

    /// @dev Without an operator that holds LAW the admin could never again find a second account.
    function _requireSecondAccount(uint32 province, uint32 generation) private view {
        address[] storage accounts = _operators[province][generation];
        for (uint256 i = 0; i < accounts.length; i++) {
            if (_bindings[accounts[i]].roles & Roles.LAW != 0) return;
        }
        revert ConsortiumNoSecondAccount(province);
    }
}
