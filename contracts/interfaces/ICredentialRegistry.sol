// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Which batches an institution and its province anchored, what has since been suspended or revoked, when and why; and the one place that proves a leaf.
interface ICredentialRegistry {
    enum Status {
        Valid,
        Suspended,
        Revoked
    }

    /// @notice Coarse public reasons; details stay off the chain.
    enum Reason {
        None,
        Error,
        Withdrawn,
        Superseded,
        Fraud
    }

    /// @notice What is anchored. `manifest` is the sha256 of the sorted leaves concatenated; `leafCount` 1 to 32,768.
    struct Batch {
        bytes32 institution;
        bytes32 root;
        bytes32 manifest;
        uint32 leafCount;
    }

    /// @notice An officer's EIP-712 Approval(bytes32 institution,bytes32 root,bytes32 manifest,uint32 leafCount,uint64 deadline).
    /// Domain: name "Huren CredentialRegistry", version "1", chainId, this contract.
    struct Approval {
        uint64 deadline;
        bytes signature;
    }

    struct BatchRef {
        bytes32 institution;
        bytes32 root;
    }

    /// @notice What the chain keeps of a batch. `anchoredAt` is zero for an unknown batch.
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
        uint32 setBy; // province that last changed the batch's status
        uint64 since;
    }

    struct LeafState {
        Status status;
        Reason reason;
        uint32 setBy;
        uint64 since;
        bytes32 successor; // set only with Reason.Superseded
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

    struct Proven {
        bytes32 leaf;
        uint256[7] values; // zero where closed; `mask` says which
        uint8 mask;
        Anchor batch;
        LeafState state;
    }

    event Anchored(
        uint32 indexed province,
        bytes32 indexed institution,
        bytes32 indexed root,
        bytes32 manifest,
        uint32 leafCount,
        uint32 accreditation,
        address officer,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    event Attested(
        uint32 indexed province,
        bytes32 indexed institution,
        bytes32 indexed root,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    event LeafStatusSet(
        uint32 indexed province,
        bytes32 indexed institution,
        bytes32 indexed leaf,
        bytes32 root,
        Status status,
        Reason reason,
        bytes32 successor,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    event BatchStatusSet(
        uint32 indexed province,
        bytes32 indexed institution,
        bytes32 indexed root,
        Status status,
        Reason reason,
        address actor,
        uint64 sequence,
        bytes32 head
    );

    function anchor(Batch calldata batch, Approval calldata approval) external;
    function anchorMany(Batch[] calldata batches, Approval[] calldata approvals) external;
    function attest(BatchRef[] calldata batches) external;

    /// @notice Sets the status of leaves of one batch. A single leaf is the multiproof of one. Leaves already in that state are skipped.
    function setStatus(
        bytes32 institution,
        bytes32 root,
        Content[] calldata contents,
        bytes32[] calldata proof,
        bool[] calldata proofFlags,
        Status status,
        Reason reason
    ) external;

    /// @notice Revokes a leaf as superseded by another of the same institution with the same claim opened on both.
    function supersede(
        Opening calldata old,
        bytes32 oldRoot,
        bytes32[] calldata oldProof,
        Opening calldata successor,
        bytes32 successorRoot,
        bytes32[] calldata successorProof
    ) external;

    /// @notice Binding act.
    function setBatchStatus(bytes32 institution, bytes32 root, Status status, Reason reason) external;

    function prove(Opening calldata opening, bytes32 root, bytes32[] calldata proof)
        external
        view
        returns (Proven memory);
    function anchorOf(bytes32 institution, bytes32 root) external view returns (Anchor memory);
    function attestedBy(bytes32 institution, bytes32 root, uint32 province) external view returns (bool);
    function leafState(bytes32 institution, bytes32 leaf) external view returns (LeafState memory);
    function anchoredToday(address operator) external view returns (uint32);
    function headOf(uint64 subject) external view returns (bytes32 head, uint64 sequence);
}
