// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Governed} from "./base/Governed.sol";
import {Aliases} from "./institution/Aliases.sol";
import {IConsortium} from "./interfaces/IConsortium.sol";
import {IDirectory} from "./interfaces/IDirectory.sol";
import {Names} from "./libraries/Names.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

/// @title Which institution a province vouches for, in what scope, with which officers and keys, at any point in time.
/// @dev Storage (docs/storage.md), frozen: 0 heads · 1 accreditations · 2 permits · 3 officers · 4 keys · 5 aliases · 6 canonical outcomes.
contract InstitutionRegistry is Aliases, EIP712 {
    /// @param predecessor_ The registry whose records this one continues; zero for the first.
    constructor(IConsortium consortium_, IDirectory directory_, address predecessor_)
        Governed(Names.INSTITUTION_REGISTRY, consortium_, directory_, predecessor_)
        EIP712("Huren InstitutionRegistry", "1")
    {}

    function _typedData(bytes32 structHash) internal view override returns (bytes32) {
        return _hashTypedDataV4(structHash);
    }
}
