// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Governed} from "./base/Governed.sol";
import {Opinions} from "./evaluation/Opinions.sol";
import {IConsortium} from "./interfaces/IConsortium.sol";
import {IDirectory} from "./interfaces/IDirectory.sol";
import {Names} from "./libraries/Names.sol";

/// @title What panels of experts found an outcome to be worth.
/// @dev Storage (docs/storage.md), frozen: 0 heads · 1 evaluations · 2 numbers of evaluations · 3 experts.
contract EvaluationRegistry is Opinions {
    /// @param predecessor_ The registry whose records this one continues; zero for the first.
    constructor(IConsortium consortium_, IDirectory directory_, address predecessor_)
        Governed(Names.EVALUATION_REGISTRY, consortium_, directory_, predecessor_)
    {}
}
