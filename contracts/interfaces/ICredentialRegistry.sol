// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICredentialEvents} from "./ICredentialEvents.sol";
import {IGoverned} from "./IGoverned.sol";

/// @title Which batches an institution and its province anchored, what has since been suspended or revoked, when and why; and the one
/// place that proves a leaf.
/// @notice A leaf is good if its own status is Valid and at least one batch that holds it is in force. Status of leaves is kept by
/// (institution, leaf), of batches by (institution, root). Times are seconds since 1970.
interface ICredentialRegistry is IGoverned, ICredentialEvents {
    /// @notice What is anchored. `manifest` is the sha256 of the sorted leaves concatenated; `leafCount` 1 to 32,768.
    struct Batch {
        bytes32 institution;
        bytes32 root;
        bytes32 manifest;
        uint32 leafCount;
    }

    /// @notice An officer's EIP-712 Approval(bytes32 institution,bytes32 root,bytes32 manifest,uint32 leafCount,uint64 deadline).
    /// Domain: name "Huren CredentialRegistry", version "1", chainId, this contract. `signature` is 65 bytes (r ‖ s ‖ v).
    struct Approval {
        uint64 deadline;
        bytes signature;
    }

    struct BatchRef {
        bytes32 institution;
        bytes32 root;
    }

    /// @notice What the chain keeps of a batch, in its storage layout (docs/storage.md). `anchoredAt` is zero for an unknown batch.
    struct Anchor {
        bytes32 manifest;
        uint32 leafCount;
        uint32 province;
        uint32 accreditation; // version in force at the anchoring
        uint64 anchoredAt;
        uint64 sequence; // of the Anchored event, in its province
        uint32 attestations;
        Status status;
        Reason reason;
        uint32 setBy; // province that last changed the batch's status; zero: never changed
        uint64 since; // when; zero: never changed
    }

    /// @notice The own status of a leaf, in its storage layout. `since` is zero where it was never set: Valid.
    struct LeafState {
        Status status;
        Reason reason;
        uint32 setBy;
        uint64 since;
        bytes32 successor; // set only with Reason.Superseded
        bytes32 successorRoot; // the batch under which the successor was proven then
    }

    /// @notice The two parts of a leaf besides its institution.
    struct Content {
        bytes32 commitment;
        bytes32 facts;
    }

    /// @notice An opening of some of a leaf's seven facts: bit k of `mask` (at most 0x7f) opens fact k; `values` and `salts` in ascending k,
    /// `digests` are those of the facts that stay closed, in ascending k.
    struct Opening {
        bytes32 commitment;
        bytes32 institution;
        uint8 mask;
        uint256[] values;
        bytes32[] salts;
        bytes32[] digests;
    }

    /// @notice What was proven: the leaf, the opened facts, the batch it was proven under and its own status.
    struct Proven {
        bytes32 leaf;
        uint256[7] values; // zero where closed; `mask` says which
        uint8 mask;
        Anchor batch;
        LeafState state;
    }

    /// @notice Anchors a batch. The caller is an operator (role ANCHOR) of the province that accredits the institution, within its daily
    /// quota of leaves; an officer of the institution approved exactly this batch.
    function anchor(Batch calldata batch, Approval calldata approval) external;

    /// @notice Anchors several batches, all or none; approval i is that of batch i.
    function anchorMany(Batch[] calldata batches, Approval[] calldata approvals) external;

    /// @notice States that the caller's province (role ATTEST), another than the anchoring one, fetched and checked these manifests.
    /// Batches that it attested before are skipped.
    function attest(BatchRef[] calldata batches) external;

    /// @notice Sets the status of leaves of one batch (role STATUS). A single leaf is the multiproof of one. Leaves already in that state
    /// are skipped. Valid ⇄ Suspended, either → Revoked, which is final. To suspend or revoke, the caller acts for the province that
    /// anchored the batch, for the one that accredits the institution now, or as custodian of one of them; to lift a suspension, for the
    /// province that set it, or as its custodian.
    /// @param contents In the order of the multiproof (OpenZeppelin: the reverse of the tree's, so ascending leaves).
    /// @param reason None for Valid; Error, Withdrawn or Fraud for the others.
    function setStatus(
        bytes32 institution,
        bytes32 root,
        Content[] calldata contents,
        bytes32[] calldata proof,
        bool[] calldata proofFlags,
        Status status,
        Reason reason
    ) external;

    /// @notice Revokes a leaf as superseded by a good one of the same institution, with the same claim opened on both (role STATUS).
    function supersede(
        Opening calldata old,
        bytes32 oldRoot,
        bytes32[] calldata oldProof,
        Opening calldata successor,
        bytes32 successorRoot,
        bytes32[] calldata successorProof
    ) external;

    /// @notice Sets the status of a whole batch, by the same rules as `setStatus`. Binding act (role BATCH_STATUS).
    function setBatchStatus(bytes32 institution, bytes32 root, Status status, Reason reason) external;

    /// @notice The one place of the leaf law. Reverts for a batch that is unknown, a proof that does not lead to its root, an opening that
    /// is misshapen, and an opened fact that does not exist. Says what the leaf's and the batch's status are: it is for the caller to read them.
    function prove(Opening calldata opening, bytes32 root, bytes32[] calldata proof)
        external
        view
        returns (Proven memory);

    /// @return A batch; `anchoredAt` zero: it is unknown, and its `status` says nothing.
    function anchorOf(bytes32 institution, bytes32 root) external view returns (Anchor memory);

    /// @return Whether `province` attested the batch's manifest.
    function attestedBy(bytes32 institution, bytes32 root, uint32 province) external view returns (bool);

    /// @return The own status of a leaf. It says nothing about whether such a leaf was ever anchored.
    function leafState(bytes32 institution, bytes32 leaf) external view returns (LeafState memory);

    /// @return How many leaves `operator` anchored in the present day of UTC+8.
    function anchoredToday(address operator) external view returns (uint32);
}
