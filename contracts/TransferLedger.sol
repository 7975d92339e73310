// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Governed} from "./base/Governed.sol";
import {IConsortium} from "./interfaces/IConsortium.sol";
import {IDirectory} from "./interfaces/IDirectory.sol";
import {Names} from "./libraries/Names.sol";
import {Reversals} from "./transfer/Reversals.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

/// @title Which credential was used for credits where, under which rule; the only writer of ClaimBook.
/// @dev Storage (docs/storage.md), frozen: 0 heads · 1 transfers · 2 totals · 3 consents. Several calls make one transaction by `multicall`;
/// each of them is checked, and is a binding act, as if it came alone.
contract TransferLedger is Reversals, Multicall {
    /// @param predecessor_ The ledger whose records this one continues; zero for the first.
    constructor(IConsortium consortium_, IDirectory directory_, address predecessor_)
        Governed(Names.TRANSFER_LEDGER, consortium_, directory_, predecessor_)
    {}
}
