// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortium} from "../interfaces/IConsortium.sol";
import {Kinds} from "../libraries/Kinds.sol";
import {Names} from "../libraries/Names.sol";
import {Roles} from "../libraries/Roles.sol";
import {Members} from "./Members.sol";

/// @title Which account serves which province as what: bound once and for ever; what it may do, by its admin's generation.
abstract contract Accounts is Members {
    /// @dev Bounds the loops over a member's operators.
    uint256 internal constant MOST_OPERATORS = 16;

    mapping(address account => Binding) internal _bindings;
    mapping(uint32 province => mapping(uint32 generation => address[])) internal _operators;

    /// @inheritdoc IConsortium
    function bindOfficer(address account, uint32 province) external override inForce {
        if (msg.sender != _resolve(Names.INSTITUTION_REGISTRY)) revert ConsortiumUnknownCaller(msg.sender);
        if (!_bind(account, province, Family.Officer)) return;
        (uint64 sequence, bytes32 head) =
            _record(province, Kinds.OFFICER_BOUND, keccak256(abi.encode(province, account)));
        emit OfficerBound(province, account, msg.sender, sequence, head);
    }

    /// @inheritdoc IConsortium
    function dailyLeavesOf(address operator) external view override returns (uint32) {
        Binding storage binding = _bindings[operator];
        if (!canAct(binding.province) || !_isOperator(binding)) return 0;
        return binding.dailyLeaves;
    }

    /// @inheritdoc IConsortium
    function bindingOf(address account) external view override returns (Binding memory) {
        return _bindings[account];
    }

    /// @inheritdoc IConsortium
    function operatorsOf(uint32 province) external view override returns (address[] memory) {
        return _operators[province][_members[province].generation];
    }

    /// @inheritdoc IConsortium
    function authorise(address account, uint8 role) public view override returns (uint32 province) {
        province = _bindings[account].province;
        _requireQualified(province, account, role);
    }

    /// @dev Binds `account` for ever. Accounts are bound when they are announced, not when they come into force, so that
    /// nobody can take one away in between and so block a recovery.
    /// @return fresh False where it was bound so already.
    function _bind(address account, uint32 province, Family family) internal returns (bool fresh) {
        // The Consortium itself calls by motion: as somebody's account it would turn a motion into an act of that member.
        if (account == address(0) || account == address(this)) revert ConsortiumInvalidAccount(account);
        Binding storage binding = _bindings[account];
        if (binding.family == Family.None) {
            binding.province = province;
            binding.family = family;
            return true;
        }
        if (binding.province != province || binding.family != family) {
            revert ConsortiumAccountBound(account, binding.province, binding.family);
        }
    }

    /// @dev Binds everybody who is to act under the next admin, and checks that they can: a binding act needs two accounts.
    function _bindStaff(uint32 province, address admin, OperatorGrant[] calldata grants) internal {
        _bind(admin, province, Family.Admin);
        if (grants.length > MOST_OPERATORS) revert ConsortiumTooManyOperators(province, grants.length);
        uint8 held;
        for (uint256 i = 0; i < grants.length; i++) {
            OperatorGrant calldata grant = grants[i];
            if (!Roles.isMask(grant.roles)) revert ConsortiumInvalidRoles(grant.account, grant.roles);
            _bind(grant.account, province, Family.Operator);
            for (uint256 j = 0; j < i; j++) {
                if (grants[j].account == grant.account) revert ConsortiumDuplicateOperator(grant.account);
            }
            held |= grant.roles;
        }
        if (held & Roles.LAW == 0) revert ConsortiumNoSecondAccount(province);
    }

    /// @dev Makes `admin` the admin, in a new generation: every operator and pending act before it is void.
    function _install(uint32 province, address admin, OperatorGrant[] calldata grants) internal {
        Member storage member = _members[province];
        member.admin = admin;
        member.generation += 1;
        for (uint256 i = 0; i < grants.length; i++) {
            _grant(province, member.generation, grants[i]);
        }
    }

    /// @dev Gives a bound account exactly these roles and this quota. No roles: it is an operator no more.
    function _grant(uint32 province, uint32 generation, OperatorGrant calldata grant) internal {
        Binding storage binding = _bindings[grant.account];
        address[] storage accounts = _operators[province][generation];
        bool listed = binding.generation == generation && binding.roles != 0;
        if (listed && grant.roles == 0) _remove(accounts, grant.account);
        if (!listed) accounts.push(grant.account);
        binding.roles = grant.roles;
        binding.dailyLeaves = grant.dailyLeaves;
        binding.generation = generation;
        bytes32 fields = keccak256(abi.encode(province, grant.account, grant.roles, grant.dailyLeaves, generation));
        (uint64 sequence, bytes32 head) = _record(province, Kinds.OPERATOR_SET, fields);
        emit OperatorSet(
            province, grant.account, grant.roles, grant.dailyLeaves, generation, msg.sender, sequence, head
        );
    }

    /// @dev Whether the account is an operator in force: named in the present admin's generation, and not ended since.
    function _isOperator(Binding storage binding) internal view returns (bool) {
        return binding.family == Family.Operator && binding.roles != 0
            && binding.generation == _members[binding.province].generation;
    }

    /// @dev Whether `account` acts for `province` as its admin or as an operator holding `role`; says nothing of a pause.
    function _qualifies(uint32 province, address account, uint8 role) internal view returns (bool) {
        Binding storage binding = _bindings[account];
        if (province == 0 || binding.province != province) return false;
        if (binding.family == Family.Admin) return _members[province].admin == account;
        return _isOperator(binding) && binding.roles & role != 0;
    }

    function _requireQualified(uint32 province, address account, uint8 role) internal view {
        if (!Roles.isOne(role) || !_qualifies(province, account, role)) {
            revert ConsortiumUnauthorised(account, province, role);
        }
        _requireCanAct(province);
    }

    function _remove(address[] storage accounts, address account) private {
        uint256 last = accounts.length - 1;
        for (uint256 i = 0; i < last; i++) {
            if (accounts[i] == account) {
                accounts[i] = accounts[last];
                break;
            }
        }
        accounts.pop();
    }
}
