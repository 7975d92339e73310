// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICredentialRegistry} from "../interfaces/ICredentialRegistry.sol";
import {Facts} from "../libraries/Facts.sol";
import {Leaf} from "../libraries/Leaf.sol";
import {RegistryKinds} from "../libraries/RegistryKinds.sol";
import {Roles} from "../libraries/Roles.sol";
import {Scratch} from "../libraries/Scratch.sol";
import {Tree} from "../libraries/Tree.sol";
import {Proofs} from "./Proofs.sol";

/// @title What has since been suspended or revoked: Valid ⇄ Suspended, either → Revoked, which is final.
abstract contract Statuses is Proofs {
    uint8 private constant CLAIM_OPEN = uint8(1 << Facts.CLAIM);

    /// @inheritdoc ICredentialRegistry
    function setStatus(
        bytes32 institution,
        bytes32 root,
        Content[] calldata contents,
        bytes32[] calldata proof,
        bool[] calldata proofFlags,
        Status status,
        Reason reason
    ) external override inForce {
        _requireReason(status, reason);
        uint32 acting = _consortium().authorise(msg.sender, Roles.STATUS);
        bytes32[] memory leaves = _leavesOf(institution, contents);
        uint32 anchoring = _requireIncluded(institution, root, leaves, proof, proofFlags);
        if (status != Status.Valid) _requireActing(institution, root, anchoring, acting);
        _setLeaves(institution, root, leaves, LeafState(status, reason, acting, uint64(block.timestamp), 0, 0));
    }

    /// @inheritdoc ICredentialRegistry
    function supersede(
        Opening calldata old,
        bytes32 oldRoot,
        bytes32[] calldata oldProof,
        Opening calldata successor,
        bytes32 successorRoot,
        bytes32[] calldata successorProof
    ) external override inForce {
        uint32 acting = _consortium().authorise(msg.sender, Roles.STATUS);
        Proven memory next = _prove(successor, successorRoot, successorProof);
        Proven memory last = _prove(old, oldRoot, oldProof);
        _requireSuccession(old.institution, last, successor.institution, next);
        _requireActing(old.institution, oldRoot, last.batch.province, acting);
        if (last.state.status == Status.Revoked) {
            if (last.state.successor == next.leaf) return; // already in that state
            revert StatusRevoked(old.institution, last.leaf);
        }
        // A chain of successors never closes: each link points at a leaf that was not revoked when it was made, from one that is for ever.
        if (next.state.status != Status.Valid || next.batch.status != Status.Valid) {
            revert SupersedeByBad(next.leaf, next.state.status, next.batch.status);
        }
        _setLeaf(
            old.institution,
            oldRoot,
            last.leaf,
            LeafState(Status.Revoked, Reason.Superseded, acting, uint64(block.timestamp), next.leaf, successorRoot)
        );
    }

    /// @inheritdoc ICredentialRegistry
    function setBatchStatus(bytes32 institution, bytes32 root, Status status, Reason reason) external override inForce {
        _requireReason(status, reason);
        uint32 acting = _consortium().authorise(msg.sender, Roles.BATCH_STATUS);
        Anchor memory last = _batch(institution, root);
        LeafState memory next = LeafState(status, reason, acting, uint64(block.timestamp), 0, 0);
        if (status != Status.Valid) _requireActing(institution, root, last.province, acting);
        if (!_changes(institution, root, last.status, last.setBy, next)) return;
        if (!_bindingAct(acting, Roles.BATCH_STATUS)) return;
        Anchor storage batch = _batchToWrite(institution, root);
        batch.status = status;
        batch.reason = reason;
        batch.setBy = acting;
        batch.since = next.since;
        (uint64 sequence, bytes32 head) = _record(
            acting, RegistryKinds.BATCH_STATUS_SET, keccak256(abi.encode(acting, institution, root, status, reason))
        );
        emit BatchStatusSet(acting, institution, root, status, reason, msg.sender, sequence, head);
    }

    // ---- inside

    function _setLeaves(bytes32 institution, bytes32 root, bytes32[] memory leaves, LeafState memory next) private {
        uint256 mark = Scratch.mark();
        for (uint256 i; i < leaves.length; ++i) {
            (Status last, uint32 setBy) = _statusOf(institution, leaves[i]);
            if (_changes(institution, leaves[i], last, setBy, next)) {
                _setLeaf(institution, root, leaves[i], next);
            }
            Scratch.release(mark);
        }
    }

    function _setLeaf(bytes32 institution, bytes32 root, bytes32 leaf, LeafState memory next) private {
        LeafState storage state = _leaves[institution][leaf];
        state.status = next.status;
        state.reason = next.reason;
        state.setBy = next.setBy;
        state.since = next.since;
        if (next.successor != 0) {
            (state.successor, state.successorRoot) = (next.successor, next.successorRoot); // revoked: never cleared
        }
        bytes32 fields = keccak256(
            abi.encode(
                next.setBy, institution, leaf, root, next.status, next.reason, next.successor, next.successorRoot
            )
        );
        (uint64 sequence, bytes32 head) = _record(next.setBy, RegistryKinds.LEAF_STATUS_SET, fields);
        emit LeafStatusSet(
            next.setBy,
            institution,
            leaf,
            root,
            next.status,
            next.reason,
            next.successor,
            next.successorRoot,
            msg.sender,
            sequence,
            head
        );
    }

    /// @return anchoring The province that anchored the batch in which all `leaves` lie.
    function _requireIncluded(
        bytes32 institution,
        bytes32 root,
        bytes32[] memory leaves,
        bytes32[] calldata proof,
        bool[] calldata proofFlags
    ) private view returns (uint32 anchoring) {
        Anchor memory batch = _batch(institution, root);
        Tree.requireAllIncluded(leaves, root, batch.leafCount, proof, proofFlags);
        return batch.province;
    }

    /// @dev Whether there is anything to do; reverts where it must not be done. `subject` is a leaf or a root.
    function _changes(bytes32 institution, bytes32 subject, Status last, uint32 setBy, LeafState memory next)
        private
        view
        returns (bool)
    {
        if (last == next.status) return false;
        if (last == Status.Revoked) revert StatusRevoked(institution, subject);
        // The one who suspended lifts, wherever the institution has moved since.
        if (next.status == Status.Valid && !_keeps(next.setBy, setBy)) {
            revert StatusSetBy(institution, subject, setBy, next.setBy);
        }
        return true;
    }

    /// @dev "Acting: the province of the batch proven or the institution's current one", or the custodian of one of them.
    function _requireActing(bytes32 institution, bytes32 root, uint32 anchoring, uint32 acting) private view {
        if (_keeps(acting, anchoring)) return;
        if (!_keeps(acting, _institutions().provinceOf(institution))) {
            revert StatusByStranger(institution, root, acting);
        }
    }

    /// @dev Whether `acting` is `province` itself, or keeps its records after it has gone.
    function _keeps(uint32 acting, uint32 province) private view returns (bool) {
        return acting == province || _consortium().custodianOf(province) == acting;
    }

    function _leavesOf(bytes32 institution, Content[] calldata contents)
        private
        pure
        returns (bytes32[] memory leaves)
    {
        leaves = new bytes32[](contents.length);
        uint256 mark = Scratch.mark();
        for (uint256 i; i < contents.length; ++i) {
            leaves[i] = Leaf.leafOf(contents[i].commitment, institution, contents[i].facts);
            Scratch.release(mark);
        }
    }

    function _requireReason(Status status, Reason reason) private pure {
        bool none = reason == Reason.None;
        if (reason == Reason.Superseded || none != (status == Status.Valid)) revert StatusReason(status, reason);
    }

    function _requireSuccession(bytes32 institution, Proven memory last, bytes32 successors, Proven memory next)
        private
        pure
    {
        if (last.mask & CLAIM_OPEN == 0 || next.mask & CLAIM_OPEN == 0) {
            revert SupersedeClaimClosed(last.mask, next.mask);
        }
        if (institution != successors || last.values[Facts.CLAIM] != next.values[Facts.CLAIM] || last.leaf == next.leaf)
        {
            revert SupersedeMismatch(last.leaf, next.leaf);
        }
    }
}
