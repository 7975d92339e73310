// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Tree} from "../../contracts/libraries/Tree.sol";
import {Test} from "./base/Test.sol";
import {Trees} from "./base/Trees.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

contract TreeHarness {
    function requireIncluded(bytes32 leaf, bytes32 root, uint256 leafCount, bytes32[] calldata proof) external pure {
        Tree.requireIncluded(leaf, root, leafCount, proof);
    }

    function requireAllIncluded(
        bytes32[] calldata leaves,
        bytes32 root,
        uint256 leafCount,
        bytes32[] calldata proof,
        bool[] calldata flags
    ) external pure {
        Tree.requireAllIncluded(leaves, root, leafCount, proof, flags);
    }
}

/// @title Tree, multiproof, manifest and CID beside the known answers of leaf.json, and proofs that must not pass.
contract LeafTreeTest is Test {
    TreeHarness private _harness;
    string private _json;
    uint256 private constant TREES = 5;

    function setUp() public {
        _harness = new TreeHarness();
        _json = vm.readFile("tests/vectors/leaf.json");
    }

    // --- known answers ---------------------------------------------------------------------------------------------

    /// "tree: leaves sorted ascending, OpenZeppelin StandardMerkleTree shape"
    function test_root_equalsTheKnownAnswer() public view {
        for (uint256 t; t < TREES; ++t) {
            assertEq(Trees.build(_leaves(t))[0], vm.parseJsonBytes32(_json, _path(t, "root")));
        }
    }

    function test_everyProof_equalsTheKnownAnswerAndIsAccepted() public view {
        for (uint256 t; t < TREES; ++t) {
            bytes32[] memory leaves = _leaves(t);
            bytes32[] memory nodes = Trees.build(leaves);
            for (uint256 p; p < leaves.length; ++p) {
                string memory at = string.concat("proofs[", vm.toString(p), "]");
                bytes32 leaf = vm.parseJsonBytes32(_json, _path(t, string.concat(at, ".leaf")));
                bytes32[] memory proof = vm.parseJsonBytes32Array(_json, _path(t, string.concat(at, ".proof")));
                assertEq(proof, Trees.proofOf(nodes, _indexOf(leaves, leaf)));
                _harness.requireIncluded(leaf, nodes[0], leaves.length, proof);
            }
        }
    }

    function test_multiproof_equalsTheKnownAnswerAndIsAccepted() public view {
        for (uint256 t = 2; t < TREES; ++t) {
            bytes32[] memory nodes = Trees.build(_leaves(t));
            bytes32[] memory proven = vm.parseJsonBytes32Array(_json, _path(t, "multiproof.leaves"));
            bytes32[] memory proof = vm.parseJsonBytes32Array(_json, _path(t, "multiproof.proof"));
            bool[] memory flags = vm.parseJsonBoolArray(_json, _path(t, "multiproof.proofFlags"));
            _harness.requireAllIncluded(proven, nodes[0], (nodes.length + 1) / 2, proof, flags);
        }
    }

    /// "manifest: the sorted leaves concatenated … the chain holds its sha256, so its CID (v1, raw, sha2-256) follows from the chain"
    function test_manifestAndItsCid_equalTheKnownAnswer() public view {
        for (uint256 t; t < TREES; ++t) {
            bytes32 manifest = Trees.manifestOf(_leaves(t));
            assertEq(manifest, vm.parseJsonBytes32(_json, _path(t, "manifestSha256")));
            assertEq(_cidOf(manifest), vm.parseJsonString(_json, _path(t, "manifestCid")));
        }
    }

    // --- depth -----------------------------------------------------------------------------------------------------

    function test_depth_isTheLogarithmRoundedUp() public pure {
        uint256[10] memory counts = [uint256(1), 2, 3, 4, 5, 8, 9, 16_384, 16_385, 32_768];
        uint256[10] memory depths = [uint256(0), 1, 2, 2, 3, 3, 4, 14, 15, 15];
        for (uint256 i; i < counts.length; ++i) {
            assertEq(Tree.depthOf(counts[i]), depths[i]);
        }
    }

    /// The deepest leaf is the last node: leaf 0 stands at 2n − 2.
    function testFuzz_depth_isWhatTheDeepestProofNeeds(uint256 count) public pure {
        count = bound(count, 1, 64);
        bytes32[] memory nodes = Trees.build(_random(count, 1));
        uint256 longest;
        for (uint256 i; i < count; ++i) {
            uint256 length = Trees.proofOf(nodes, i).length;
            if (length > longest) longest = length;
        }
        assertEq(Tree.depthOf(count), longest);
    }

    // --- proofs ----------------------------------------------------------------------------------------------------

    function testFuzz_requireIncluded_acceptsEveryLeaf(uint256 count, uint256 index, uint256 seed) public view {
        count = bound(count, 1, 200);
        index = bound(index, 0, count - 1);
        bytes32[] memory leaves = _random(count, seed);
        bytes32[] memory nodes = Trees.build(leaves);
        _harness.requireIncluded(leaves[index], nodes[0], count, Trees.proofOf(nodes, index));
    }

    function testFuzz_requireIncluded_revertsWith_aStrangersLeaf(uint256 count, uint256 index, bytes32 stranger)
        public
    {
        count = bound(count, 1, 100);
        index = bound(index, 0, count - 1);
        bytes32[] memory leaves = _random(count, 2);
        vm.assume(stranger != leaves[index]);
        bytes32[] memory nodes = Trees.build(leaves);
        bytes32[] memory proof = Trees.proofOf(nodes, index);
        vm.expectRevert(abi.encodeWithSelector(Tree.TreeProofInvalid.selector, nodes[0]));
        _harness.requireIncluded(stranger, nodes[0], count, proof);
    }

    /// "no longer than the tree is deep": a path into a tree that hides more leaves than its count says is refused.
    function testFuzz_requireIncluded_revertsWith_aPathDeeperThanTheCount(uint256 count, uint256 index) public {
        count = bound(count, 5, 100);
        bytes32[] memory leaves = _random(count, 3);
        bytes32[] memory nodes = Trees.build(leaves);
        index = bound(index, 0, count - 1);
        bytes32[] memory proof = Trees.proofOf(nodes, index);
        uint256 claimed = 1 << (proof.length - 1); // one level too few
        vm.expectRevert(abi.encodeWithSelector(Tree.TreeProofTooLong.selector, proof.length, claimed));
        _harness.requireIncluded(leaves[index], nodes[0], claimed, proof);
    }

    // --- multiproofs -----------------------------------------------------------------------------------------------

    function testFuzz_requireAllIncluded_acceptsEverySubset(uint256 count, uint256 chosen, uint256 seed) public view {
        count = bound(count, 1, 60);
        bytes32[] memory leaves = _random(count, seed);
        bytes32[] memory nodes = Trees.build(leaves);
        (bytes32[] memory some, uint256[] memory indices) = _choose(leaves, chosen);
        (bytes32[] memory proof, bool[] memory flags) = Trees.multiproofOf(nodes, indices);
        _harness.requireAllIncluded(some, nodes[0], count, proof, flags);
    }

    function testFuzz_requireAllIncluded_revertsWith_oneStranger(uint256 count, uint256 chosen, uint256 at) public {
        count = bound(count, 2, 60);
        bytes32[] memory leaves = _random(count, 4);
        bytes32[] memory nodes = Trees.build(leaves);
        (bytes32[] memory some, uint256[] memory indices) = _choose(leaves, chosen);
        (bytes32[] memory proof, bool[] memory flags) = Trees.multiproofOf(nodes, indices);
        some[bound(at, 0, some.length - 1)] = keccak256("a stranger");
        vm.expectRevert(abi.encodeWithSelector(Tree.TreeProofInvalid.selector, nodes[0]));
        _harness.requireAllIncluded(some, nodes[0], count, proof, flags);
    }

    /// "multiproof (non-empty …)": the empty set proves under any root that is itself the proof, so it is refused.
    function test_requireAllIncluded_revertsWith_nothingProven() public {
        bytes32[] memory proof = new bytes32[](1);
        proof[0] = keccak256("any root");
        vm.expectRevert(Tree.TreeNothingProven.selector);
        _harness.requireAllIncluded(new bytes32[](0), proof[0], 8, proof, new bool[](0));
    }

    function test_requireAllIncluded_revertsWith_flagsThatDoNotFit() public {
        bytes32[] memory leaves = _random(4, 5);
        bytes32[] memory nodes = Trees.build(leaves);
        (bytes32[] memory some, uint256[] memory indices) = _choose(leaves, 3);
        (bytes32[] memory proof, bool[] memory flags) = Trees.multiproofOf(nodes, indices);
        vm.expectRevert(MerkleProof.MerkleProofInvalidMultiproof.selector);
        _harness.requireAllIncluded(some, nodes[0], 4, proof, new bool[](flags.length + 1));
    }

    /// In a tree built with a node of zero, a queue read ahead of itself would join any leaf to the root (CVE-2023-34459).
    function testFuzz_requireAllIncluded_revertsWith_aStrangerBesideANodeOfZero(bytes32 stranger, bytes32 other)
        public
    {
        bytes32[] memory leaves = new bytes32[](1);
        leaves[0] = stranger;
        bytes32 root = Trees.pair(0, other);
        bool[] memory flags = new bool[](2);
        flags[0] = true;
        for (uint256 length = 1; length < 3; ++length) {
            bytes32[] memory proof = new bytes32[](length);
            proof[0] = other;
            vm.expectRevert(MerkleProof.MerkleProofInvalidMultiproof.selector);
            _harness.requireAllIncluded(leaves, root, 32_768, proof, flags);
        }
    }

    /// "no longer than the tree is deep", for each path of a multiproof: one that hides below another leaf's short path is found.
    function testFuzz_requireAllIncluded_revertsWith_onePathTooDeep(uint256 count, uint256 chosen) public {
        count = bound(count, 3, 60);
        bytes32[] memory leaves = _random(count, 6);
        bytes32[] memory nodes = Trees.build(leaves);
        (bytes32[] memory some, uint256[] memory indices) = _choose(leaves, chosen | 1); // leaf 0 is the deepest
        (bytes32[] memory proof, bool[] memory flags) = Trees.multiproofOf(nodes, indices);
        uint256 depth = Tree.depthOf(count);
        uint256 claimed = 1 << (depth - 1);
        vm.expectRevert(abi.encodeWithSelector(Tree.TreeProofTooLong.selector, depth, claimed));
        _harness.requireAllIncluded(some, nodes[0], claimed, proof, flags);
    }

    /// No inner node passes for a leaf: a leaf is a hash of 32 bytes, a node one of 64.
    function test_innerNode_isNeverTheHashOfALeaf() public pure {
        bytes32[] memory nodes = Trees.build(_random(4, 7));
        assertEq(nodes[0], Trees.pair(nodes[1], nodes[2]));
        assertNotEq(nodes[0], keccak256(bytes.concat(keccak256(abi.encode(nodes[1], nodes[2])))));
    }

    // --- helpers ---------------------------------------------------------------------------------------------------

    /// @dev Every index whose bit in `chosen` is set, the first one where none is.
    function _choose(bytes32[] memory leaves, uint256 chosen)
        private
        pure
        returns (bytes32[] memory some, uint256[] memory indices)
    {
        uint256 n;
        if (chosen & ((1 << leaves.length) - 1) == 0) chosen = 1;
        for (uint256 i; i < leaves.length; ++i) {
            n += chosen >> i & 1;
        }
        some = new bytes32[](n);
        indices = new uint256[](n);
        n = 0;
        for (uint256 i; i < leaves.length; ++i) {
            if (chosen >> i & 1 == 0) continue;
            some[n] = leaves[i];
            indices[n++] = i;
        }
    }

    function _random(uint256 count, uint256 seed) private pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](count);
        for (uint256 i; i < count; ++i) {
            leaves[i] = keccak256(abi.encode("leaf", seed, i));
        }
        return Trees.sort(leaves);
    }

    function _indexOf(bytes32[] memory leaves, bytes32 leaf) private pure returns (uint256 index) {
        while (leaves[index] != leaf) {
            ++index;
        }
    }

    function _leaves(uint256 tree) private view returns (bytes32[] memory) {
        return vm.parseJsonBytes32Array(_json, _path(tree, "leavesInOrder"));
    }

    function _path(uint256 tree, string memory name) private pure returns (string memory) {
        return string.concat(".trees[", vm.toString(tree), "].", name);
    }

    /// @dev 'b' + base32lower(01 55 12 20 ‖ sha256), RFC 4648 without padding.
    function _cidOf(bytes32 digest) private pure returns (string memory) {
        bytes memory alphabet = "abcdefghijklmnopqrstuvwxyz234567";
        bytes memory raw = abi.encodePacked(hex"01551220", digest);
        bytes memory text = new bytes(59);
        text[0] = "b";
        uint256 bits;
        uint256 held;
        uint256 at = 1;
        for (uint256 i; i < raw.length; ++i) {
            bits = (bits << 8 | uint8(raw[i])) & 0xfff;
            held += 8;
            while (held >= 5) {
                held -= 5;
                text[at++] = alphabet[bits >> held & 31];
            }
        }
        if (held > 0) text[at] = alphabet[bits << (5 - held) & 31];
        return string(text);
    }
}
