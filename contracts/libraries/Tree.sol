// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title The tree of a batch: OpenZeppelin's StandardMerkleTree shape over 1 to 32,768 sorted leaves.
/// @notice n leaves, an array of 2n − 1 nodes, leaf i at 2n − 2 − i, a parent is the keccak256 of its sorted children.
library Tree {
    /// @notice Leaves of the largest batch: its manifest fills one raw IPFS block of 1 MiB.
    uint256 internal constant MOST_LEAVES = 32_768;

    /// @notice A path of `height` steps cannot lie in a tree of `leafCount` leaves.
    error TreeProofTooLong(uint256 height, uint256 leafCount);

    /// @notice The proof does not lead to this root.
    error TreeProofInvalid(bytes32 root);

    /// @notice A multiproof of nothing proves nothing.
    error TreeNothingProven();

    /// @return Steps from the deepest leaf to the root of a tree of `leafCount` ≥ 1 leaves: ceil(log2(leafCount)).
    function depthOf(uint256 leafCount) internal pure returns (uint256) {
        return Math.log2(2 * leafCount - 1);
    }

    /// @notice Reverts unless `leaf` is proven under `root`.
    function requireIncluded(bytes32 leaf, bytes32 root, uint256 leafCount, bytes32[] calldata proof) internal pure {
        if (proof.length > depthOf(leafCount)) revert TreeProofTooLong(proof.length, leafCount);
        if (!MerkleProof.verifyCalldata(proof, root, leaf)) revert TreeProofInvalid(root);
    }

    /// @notice Reverts unless all `leaves` (at least one) are proven under `root`, none deeper than the tree is.
    function requireAllIncluded(
        bytes32[] memory leaves,
        bytes32 root,
        uint256 leafCount,
        bytes32[] calldata proof,
        bool[] calldata flags
    ) internal pure {
        // OpenZeppelin accepts an empty set under any root that is itself given as the proof.
        if (leaves.length == 0) revert TreeNothingProven();
        if (!MerkleProof.multiProofVerifyCalldata(proof, flags, root, leaves)) revert TreeProofInvalid(root);
        uint256 height = _heightOf(leaves.length, flags);
        if (height > depthOf(leafCount)) revert TreeProofTooLong(height, leafCount);
    }

    /// @dev The longest path of a multiproof that was already found well-formed. It follows OpenZeppelin's queue: leaves
    /// first, then the nodes they gave; a node stands one above the higher of its children from the queue.
    function _heightOf(uint256 leafCount, bool[] calldata flags) private pure returns (uint256 height) {
        uint256 total = flags.length;
        uint256[] memory heights = new uint256[](total);
        uint256 next; // position in the queue: leaves, then nodes
        for (uint256 i; i < total; ++i) {
            height = next < leafCount ? 0 : heights[next - leafCount];
            ++next;
            if (flags[i]) {
                if (next >= leafCount) height = Math.max(height, heights[next - leafCount]);
                ++next;
            }
            heights[i] = ++height;
        }
    }
}
