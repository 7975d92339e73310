// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortium} from "../interfaces/IConsortium.sol";
import {Kinds} from "../libraries/Kinds.sol";
import {Roles} from "../libraries/Roles.sol";
import {Accounts} from "./Accounts.sol";

/// @title Binding acts: the same call made by two accounts of a member within seven days.
abstract contract Acts is Accounts {
    uint64 internal constant ACT_LIFE = 7 days;

    mapping(bytes32 call => Act) private _acts; // by keccak of province, contract and calldata
    /// @dev Counts the acts ended (confirmed, withdrawn, displaced) of each call, so that an id is never used twice.
    mapping(bytes32 call => uint256 nonce) private _nonces;

    /// @inheritdoc IConsortium
    function bindingAct(uint32 province, address account, uint8 role, bytes calldata call)
        external
        override
        inForce
        returns (bool confirmed)
    {
        // A motion calls as the Consortium: it must not be able to speak for a member.
        if (msg.sender == address(this) || !_isInForce(msg.sender)) {
            revert ConsortiumUnknownCaller(msg.sender);
        }
        return _act(province, account, role, msg.sender, call);
    }

    /// @inheritdoc IConsortium
    function withdrawAct(address target, bytes calldata call) external override inForce {
        uint32 province = _bindings[msg.sender].province;
        _requireCanAct(province);
        bytes32 key = _key(province, target, call);
        if (_acts[key].proposer != msg.sender || !_isLive(province, key, Roles.ALL)) {
            revert ConsortiumNoPendingAct(_id(key));
        }
        bytes32 id = _end(key);
        (uint64 sequence, bytes32 head) = _record(province, Kinds.ACT_WITHDRAWN, keccak256(abi.encode(province, id)));
        emit ActWithdrawn(province, id, msg.sender, sequence, head);
    }

    /// @inheritdoc IConsortium
    function pendingAct(uint32 province, address target, bytes calldata call)
        external
        view
        override
        returns (bytes32 id, Act memory pending)
    {
        bytes32 key = _key(province, target, call);
        if (_isLive(province, key, Roles.ALL)) return (_id(key), _acts[key]);
    }

    /// @dev The Consortium's own binding acts need no call to itself.
    function _bindingAct(uint32 province, uint8 role) internal override returns (bool confirmed) {
        return _act(province, msg.sender, role, address(this), msg.data);
    }

    function _lawAct(uint32 province) internal returns (bool confirmed) {
        return _bindingAct(province, Roles.LAW);
    }

    /// @dev The province whose admin, or operator holding LAW, is calling: the first step of every act of the Consortium itself.
    function _lawyersProvince() internal view returns (uint32) {
        return authorise(msg.sender, Roles.LAW);
    }

    /// @dev Whether `target` is a contract of the Directory in force.
    function _isInForce(address target) internal view returns (bool) {
        return _directory().isCurrent(target);
    }

    function _act(uint32 province, address account, uint8 role, address target, bytes calldata call)
        private
        returns (bool confirmed)
    {
        _requireQualified(province, account, role);
        bytes32 key = _key(province, target, call);
        if (_isLive(province, key, role)) {
            _confirm(province, account, key);
            return true;
        }
        if (_acts[key].proposer != address(0)) _end(key); // dead: it gives way to this proposal
        _acts[key] = Act(account, _members[province].generation, _now() + ACT_LIFE);
        _announce(province, account, target, _id(key), call);
        return false;
    }

    function _confirm(uint32 province, address account, bytes32 key) private {
        address proposer = _acts[key].proposer;
        if (proposer == account) revert ConsortiumActAlreadyProposed(_id(key), proposer);
        bytes32 id = _end(key);
        (uint64 sequence, bytes32 head) =
            _record(province, Kinds.ACT_CONFIRMED, account, keccak256(abi.encode(province, id, proposer)));
        emit ActConfirmed(province, id, proposer, account, sequence, head);
    }

    function _announce(uint32 province, address account, address target, bytes32 id, bytes calldata call) private {
        uint64 until = _now() + ACT_LIFE;
        (uint64 sequence, bytes32 head) =
            _record(province, Kinds.ACT_PROPOSED, account, keccak256(abi.encode(province, id, target, call, until)));
        emit ActProposed(province, id, target, call, until, account, sequence, head);
    }

    /// @return id The id of the act that ends here.
    function _end(bytes32 key) private returns (bytes32 id) {
        id = _id(key);
        delete _acts[key];
        _nonces[key] += 1;
    }

    /// @dev Whether the act can still be confirmed: in time, under the admin it was proposed under, by an account that holds
    /// one of `roles` now.
    function _isLive(uint32 province, bytes32 key, uint8 roles) private view returns (bool) {
        Act storage act = _acts[key];
        return _now() < act.until && act.generation == _members[province].generation
            && _qualifies(province, act.proposer, roles);
    }

    function _id(bytes32 key) private view returns (bytes32) {
        return keccak256(abi.encode(key, _nonces[key]));
    }

    function _key(uint32 province, address target, bytes calldata call) private pure returns (bytes32) {
        return keccak256(abi.encode(province, target, call));
    }
}
