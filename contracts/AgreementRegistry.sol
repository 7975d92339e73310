// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Quotes} from "./agreement/Quotes.sol";
import {Governed} from "./base/Governed.sol";
import {IConsortium} from "./interfaces/IConsortium.sol";
import {IDirectory} from "./interfaces/IDirectory.sol";
import {Names} from "./libraries/Names.sol";

/// @title Which terms of mutual recognition every named province has approved.
/// @dev Storage (docs/storage.md), frozen: 0 heads · 1 outlines · 2 rules · 3 rounds · 4 stands · 5 objections · 6 successors.
contract AgreementRegistry is Quotes {
    /// @param predecessor_ The registry whose records this one continues; zero for the first.
    constructor(IConsortium consortium_, IDirectory directory_, address predecessor_)
        Governed(Names.AGREEMENT_REGISTRY, consortium_, directory_, predecessor_)
    {}
}
