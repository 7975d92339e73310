// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IInstitutionEvents} from "./IInstitutionEvents.sol";

/// @title Enumerations, events and errors of the CredentialRegistry.
/// @notice Kinds, subjects and types of the events are in docs/events.md; the subject is always the acting `province`.
interface ICredentialEvents {
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

    /// @notice A batch is anchored: whatever it holds existed by the time of this block.
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
    /// @notice A province that did not anchor the batch has fetched and checked its manifest.
    event Attested(
        uint32 indexed province,
        bytes32 indexed institution,
        bytes32 indexed root,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice A leaf has this status from now on; `root` is the batch it was proven under. `successor` and the batch `successorRoot` that
    /// proved it are zero unless the leaf was superseded.
    event LeafStatusSet(
        uint32 indexed province,
        bytes32 indexed institution,
        bytes32 indexed leaf,
        bytes32 root,
        Status status,
        Reason reason,
        bytes32 successor,
        bytes32 successorRoot,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice A batch has this status from now on.
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

    /// @notice No such batch was ever anchored.
    error BatchUnknown(bytes32 institution, bytes32 root);
    /// @notice The batch is anchored already.
    error BatchAlreadyAnchored(bytes32 institution, bytes32 root);
    /// @notice A batch holds 1 to 32,768 leaves.
    error BatchLeafCount(uint32 leafCount);
    /// @notice As many approvals as batches are needed.
    error BatchApprovalsMissing(uint256 batches, uint256 approvals);
    /// @notice An institution anchors while accredited; None: it is unknown.
    error AnchorStanding(bytes32 institution, IInstitutionEvents.Standing standing);
    /// @notice The institution is accredited by `accrediting`; `acting` cannot anchor for it.
    error AnchorByAnotherProvince(bytes32 institution, uint32 accrediting, uint32 acting);
    /// @notice The officer's approval held until `deadline`.
    error ApprovalExpired(uint64 deadline);
    /// @notice `signer` of the approval is no officer who may approve for the institution now.
    error ApprovalBy(bytes32 institution, address signer);
    /// @notice Approval and transaction come from one account.
    error ApprovalByOperator(address operator);
    /// @notice With this batch the operator would anchor `leaves` today, above its quota.
    error QuotaExceeded(address operator, uint256 leaves, uint32 quota);
    /// @notice A province does not attest its own batch.
    error AttestOwnBatch(bytes32 institution, bytes32 root, uint32 province);
    /// @notice Valid goes with None; Suspended and Revoked with Error, Withdrawn or Fraud. Superseded is set by `supersede` alone.
    error StatusReason(Status status, Reason reason);
    /// @notice Revoked is final.
    error StatusRevoked(bytes32 institution, bytes32 subject);
    /// @notice `acting` neither anchored the batch, nor accredits the institution now, nor keeps the records of one that did.
    error StatusByStranger(bytes32 institution, bytes32 root, uint32 acting);
    /// @notice The suspension was set by `setBy` and is lifted by it or its custodian alone.
    error StatusSetBy(bytes32 institution, bytes32 subject, uint32 setBy, uint32 acting);
    /// @notice Both openings must open the claim (bit 1).
    error SupersedeClaimClosed(uint8 oldMask, uint8 successorMask);
    /// @notice A credential is superseded by one of the same institution and the same claim, and not by itself.
    error SupersedeMismatch(bytes32 oldLeaf, bytes32 successorLeaf);
    /// @notice The successor's own status or its batch's is not Valid.
    error SupersedeByBad(bytes32 successorLeaf, Status own, Status batch);
}
