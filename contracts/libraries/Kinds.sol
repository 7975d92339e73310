// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title The numbers of the events of Consortium (1xx) and Directory (2xx) in the heads; the table is docs/events.md.
/// @dev A number is never given a second meaning, and stays with its event over all successors.
library Kinds {
    uint16 internal constant CONSTITUTED = 100;
    uint16 internal constant MEMBER_ADMITTED = 101;
    uint16 internal constant MEMBERSHIP_ENDS = 102;
    uint16 internal constant MEMBER_PAUSED = 103;
    uint16 internal constant CUSTODIAN_NAMED = 104;
    uint16 internal constant OPERATOR_SET = 110;
    uint16 internal constant CHANGE_ANNOUNCED = 111;
    uint16 internal constant CHANGE_CANCELLED = 112;
    uint16 internal constant ADMIN_REPLACED = 113;
    uint16 internal constant RECOVERY_REPLACED = 114;
    uint16 internal constant OFFICER_BOUND = 115;
    uint16 internal constant ACT_PROPOSED = 120;
    uint16 internal constant ACT_CONFIRMED = 121;
    uint16 internal constant ACT_WITHDRAWN = 122;
    uint16 internal constant MOTION_OPENED = 130;
    uint16 internal constant VOTED = 131;
    uint16 internal constant MOTION_EXECUTED = 132;

    uint16 internal constant ENTRY_LISTED = 200;
    uint16 internal constant ENTRY_CANCELLED = 201;
}
