// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Builds trees and proofs for the tests, from the sentence in ledger.md alone (the library under test only ever verifies).
/// @notice "leaves sorted ascending, OpenZeppelin StandardMerkleTree shape (n leaves, array of 2n−1 nodes, leaf i at 2n−2−i,
/// parent = keccak256 of the sorted pair)".
library Trees {
    /// @return nodes All 2n − 1 nodes over `leaves`, which must be sorted; the root is the first.
    function build(bytes32[] memory leaves) internal pure returns (bytes32[] memory nodes) {
        uint256 n = leaves.length;
        nodes = new bytes32[](2 * n - 1);
        for (uint256 i; i < n; ++i) {
            nodes[2 * n - 2 - i] = leaves[i];
        }
        for (uint256 i = n - 1; i > 0; --i) {
            nodes[i - 1] = pair(nodes[2 * i - 1], nodes[2 * i]);
        }
    }

    function pair(bytes32 a, bytes32 b) internal pure returns (bytes32) {
        return a < b ? keccak256(abi.encode(a, b)) : keccak256(abi.encode(b, a));
    }

    /// @return path Siblings from leaf `index` (of the sorted leaves) up to the root.
    function proofOf(bytes32[] memory nodes, uint256 index) internal pure returns (bytes32[] memory path) {
        uint256 start = nodes.length - 1 - index;
        uint256 steps;
        for (uint256 at = start; at > 0; at = (at - 1) / 2) {
            ++steps;
        }
        path = new bytes32[](steps);
        steps = 0;
        for (uint256 at = start; at > 0; at = (at - 1) / 2) {
            path[steps++] = nodes[at % 2 == 1 ? at + 1 : at - 1];
        }
    }

    /// @notice Multiproof of the leaves at `indices` (ascending, of the sorted leaves): their tree positions descend, which is the order the
    /// verifier consumes.
    function multiproofOf(bytes32[] memory nodes, uint256[] memory indices)
        internal
        pure
        returns (bytes32[] memory proof, bool[] memory flags)
    {
        uint256 most = indices.length * 16 + 1;
        uint256[] memory queue = new uint256[](most * 2);
        bytes32[] memory siblings = new bytes32[](most);
        bool[] memory joins = new bool[](most);
        uint256 head;
        uint256 tail;
        uint256 proofs;
        uint256 steps;
        for (uint256 i; i < indices.length; ++i) {
            queue[tail++] = nodes.length - 1 - indices[i];
        }
        while (head < tail && queue[head] > 0) {
            uint256 at = queue[head++];
            uint256 sibling = at % 2 == 1 ? at + 1 : at - 1;
            if (head < tail && queue[head] == sibling) {
                ++head;
                joins[steps++] = true;
            } else {
                siblings[proofs++] = nodes[sibling];
                steps++;
            }
            queue[tail++] = (at - 1) / 2;
        }
        proof = new bytes32[](proofs);
        for (uint256 i; i < proofs; ++i) {
            proof[i] = siblings[i];
        }
        flags = new bool[](steps);
        for (uint256 i; i < steps; ++i) {
            flags[i] = joins[i];
        }
    }

    /// @return The same hashes in ascending order.
    function sort(bytes32[] memory hashes) internal pure returns (bytes32[] memory) {
        for (uint256 gap = hashes.length / 2; gap > 0; gap /= 2) {
            for (uint256 i = gap; i < hashes.length; ++i) {
                bytes32 moving = hashes[i];
                uint256 j = i;
                while (j >= gap && hashes[j - gap] > moving) {
                    hashes[j] = hashes[j - gap];
                    j -= gap;
                }
                hashes[j] = moving;
            }
        }
        return hashes;
    }

    /// @return sha256 of the sorted leaves concatenated.
    function manifestOf(bytes32[] memory leaves) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(leaves));
    }
}
