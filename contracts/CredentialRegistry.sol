// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Governed} from "./base/Governed.sol";
import {Statuses} from "./credential/Statuses.sol";
import {IConsortium} from "./interfaces/IConsortium.sol";
import {IDirectory} from "./interfaces/IDirectory.sol";
import {Names} from "./libraries/Names.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

/// @title Which batches an institution and its province anchored, what has since been suspended or revoked, when and why; and the one
/// place that proves a leaf.
/// @dev Storage (docs/storage.md), frozen: 0 heads · 1 batches · 2 attestations · 3 quotas used · 4 status of leaves.
contract CredentialRegistry is Statuses, EIP712 {
    /// @param predecessor_ The registry whose records this one continues; zero for the first.
    constructor(IConsortium consortium_, IDirectory directory_, address predecessor_)
        Governed(Names.CREDENTIAL_REGISTRY, consortium_, directory_, predecessor_)
        EIP712("Huren CredentialRegistry", "1")
    {}

    function _typedData(bytes32 structHash) internal view override returns (bytes32) {
        return _hashTypedDataV4(structHash);
    }
}
