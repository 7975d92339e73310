// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title The numbers of the events of InstitutionRegistry (3xx) and CredentialRegistry (4xx) in the heads; the table is docs/events.md.
/// @dev A number is never given a second meaning, and stays with its event over all successors.
library RegistryKinds {
    uint16 internal constant INSTITUTION_ACCREDITED = 300;
    uint16 internal constant INSTITUTION_NARROWED = 301;
    uint16 internal constant INSTITUTION_SUSPENDED = 302;
    uint16 internal constant INSTITUTION_RESUMED = 303;
    uint16 internal constant INSTITUTION_WITHDRAWN = 304;
    uint16 internal constant INSTITUTION_MOVED = 305;
    uint16 internal constant INSTITUTION_PERMITTED = 306;
    uint16 internal constant OFFICER_APPOINTED = 310;
    uint16 internal constant OFFICER_RETIRED = 311;
    uint16 internal constant OFFICER_REPORTED = 312;
    uint16 internal constant KEY_ADDED = 320;
    uint16 internal constant KEY_RETIRED = 321;
    uint16 internal constant KEY_REPORTED = 322;
    uint16 internal constant ALIAS_SET = 330;

    uint16 internal constant ANCHORED = 400;
    uint16 internal constant ATTESTED = 401;
    uint16 internal constant LEAF_STATUS_SET = 402;
    uint16 internal constant BATCH_STATUS_SET = 403;
}
