// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Governed} from "./base/Governed.sol";
import {Claims} from "./claim/Claims.sol";
import {IConsortium} from "./interfaces/IConsortium.sol";
import {IDirectory} from "./interfaces/IDirectory.sol";
import {Names} from "./libraries/Names.sol";

/// @title Which outcomes of which person are in use, used or retired, and how full each cap is: the memory that outlives every other contract.
/// @dev Storage (docs/storage.md), frozen: 0 heads · 1 programmes · 2 counts · 3 claims.
contract ClaimBook is Claims {
    /// @param predecessor_ The book whose records this one continues; zero for the first.
    constructor(IConsortium consortium_, IDirectory directory_, address predecessor_)
        Governed(Names.CLAIM_BOOK, consortium_, directory_, predecessor_)
    {}
}
