// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title What an operator account of a member may do: a mask of these bits. The admin holds all of them.
library Roles {
    uint8 internal constant ANCHOR = 1;
    uint8 internal constant ATTEST = 2;
    uint8 internal constant STATUS = 4;
    uint8 internal constant BATCH_STATUS = 8;
    uint8 internal constant LAW = 16;
    uint8 internal constant TRANSFER = 32;

    uint8 internal constant ALL = 63;

    /// @return Whether `role` is exactly one of the roles: zero would be held by everybody, a mask by nobody in particular.
    function isOne(uint8 role) internal pure returns (bool) {
        return role != 0 && role <= ALL && role & (role - 1) == 0;
    }

    /// @return Whether `mask` names at least one role and none that does not exist.
    function isMask(uint8 mask) internal pure returns (bool) {
        return mask != 0 && mask <= ALL;
    }
}
