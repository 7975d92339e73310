// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICredentialRegistry} from "../interfaces/ICredentialRegistry.sol";
import {Calendar} from "../libraries/Calendar.sol";
import {Facts} from "../libraries/Facts.sol";
import {Leaf} from "../libraries/Leaf.sol";
import {Tree} from "../libraries/Tree.sol";
import {Batches} from "./Batches.sol";

/// @title The one place of the leaf law: what an opening and a proof prove, and the own status of each leaf.
/// @dev A leaf's `since` is its written-flag: zero only where this contract never wrote its status, and then its predecessor is asked.
abstract contract Proofs is Batches {
    mapping(bytes32 institution => mapping(bytes32 leaf => LeafState)) internal _leaves; // slot 4

    /// @inheritdoc ICredentialRegistry
    function prove(Opening calldata opening, bytes32 root, bytes32[] calldata proof)
        external
        view
        override
        returns (Proven memory)
    {
        return _prove(opening, root, proof);
    }

    /// @inheritdoc ICredentialRegistry
    function leafState(bytes32 institution, bytes32 leaf) public view override returns (LeafState memory) {
        LeafState storage state = _leaves[institution][leaf];
        if (state.since == 0 && predecessor != address(0)) {
            return ICredentialRegistry(predecessor).leafState(institution, leaf);
        }
        return state;
    }

    /// @dev The part of a leaf's state that decides what may become of it: one slot.
    function _statusOf(bytes32 institution, bytes32 leaf) internal view returns (Status status, uint32 setBy) {
        LeafState storage state = _leaves[institution][leaf];
        if (state.since == 0 && predecessor != address(0)) {
            LeafState memory last = ICredentialRegistry(predecessor).leafState(institution, leaf);
            return (last.status, last.setBy);
        }
        return (state.status, state.setBy);
    }

    function _prove(Opening calldata opening, bytes32 root, bytes32[] calldata proof)
        internal
        view
        returns (Proven memory proven)
    {
        bytes32 institution = opening.institution;
        proven.batch = _batch(institution, root);
        bytes32 facts;
        (facts, proven.values) = Leaf.open(opening.mask, opening.values, opening.salts, opening.digests);
        Facts.requireInRange(opening.mask, proven.values, Calendar.monthOf(proven.batch.anchoredAt));
        proven.mask = opening.mask;
        proven.leaf = Leaf.leafOf(opening.commitment, institution, facts);
        Tree.requireIncluded(proven.leaf, root, proven.batch.leafCount, proof);
        proven.state = leafState(institution, proven.leaf);
    }
}
