// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title The credential leaf: how a commitment, an institution and seven facts become the hash that is anchored.
/// @notice Known answers: leaf.json. A leaf is hashed twice, so that no inner node of a tree (one hash of 64 bytes) is ever a leaf.
library Leaf {
    /// @notice Facts of a leaf, in the order of their digests.
    uint256 internal constant FACTS = 7;

    /// @notice All seven bits: the widest mask an opening may have.
    uint8 internal constant ALL = 0x7f;

    bytes32 private constant FACTS_TAG = keccak256("huren.facts.v1");
    bytes32 private constant LEAF_TAG = keccak256("huren.leaf.v1");

    error LeafMaskOutOfRange(uint8 mask);

    /// @notice An opening must carry one value and one salt per opened fact, and one digest per closed one.
    error LeafOpeningMisshapen(uint8 mask, uint256 values, uint256 salts, uint256 digests);

    /// @param salt s(0xf0 + k) = sha256(credential's salt ‖ uint8(0xf0 + k)), 32 bytes.
    /// @param value The fact as uint256 (hashes as they are, numbers in the units of the Facts library).
    /// @return fact_k, which hides the value from whoever lacks the salt.
    function digestOf(bytes32 salt, uint256 value) internal pure returns (bytes32) {
        return keccak256(abi.encode(salt, value));
    }

    /// @return The hash of all seven fact digests.
    function factsOf(bytes32[FACTS] memory digests) internal pure returns (bytes32) {
        return keccak256(abi.encode(FACTS_TAG, digests));
    }

    /// @return What is sorted into the tree, printed on the certificate and keyed by in the status of leaves.
    function leafOf(bytes32 commitment, bytes32 institution, bytes32 facts) internal pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(LEAF_TAG, commitment, institution, facts))));
    }

    /// @notice Recomputes the facts hash from a partial opening. Says nothing about ranges: see the Facts library.
    /// @param mask Bit k opens fact k.
    /// @param values One per opened fact, ascending k.
    /// @param salts One per opened fact, ascending k.
    /// @param digests One per closed fact, ascending k.
    /// @return facts The facts hash.
    /// @return opened Values at their index; zero where closed.
    function open(uint8 mask, uint256[] calldata values, bytes32[] calldata salts, bytes32[] calldata digests)
        internal
        pure
        returns (bytes32 facts, uint256[FACTS] memory opened)
    {
        if (mask > ALL) revert LeafMaskOutOfRange(mask);
        bytes32[FACTS] memory all;
        uint256 given;
        uint256 closed;
        for (uint256 k; k < FACTS; ++k) {
            if (mask >> k & 1 == 1) {
                if (given == values.length || given == salts.length) _misshapen(mask, values, salts, digests);
                opened[k] = values[given];
                all[k] = digestOf(salts[given], values[given]);
                ++given;
            } else {
                if (closed == digests.length) _misshapen(mask, values, salts, digests);
                all[k] = digests[closed];
                ++closed;
            }
        }
        // Nothing may be left over: two different openings never say the same.
        if (given != values.length || given != salts.length || closed != digests.length) {
            _misshapen(mask, values, salts, digests);
        }
        facts = factsOf(all);
    }

    function _misshapen(uint8 mask, uint256[] calldata values, bytes32[] calldata salts, bytes32[] calldata digests)
        private
        pure
    {
        revert LeafOpeningMisshapen(mask, values.length, salts.length, digests.length);
    }
}
