// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Governed} from "../base/Governed.sol";
import {ICredentialRegistry} from "../interfaces/ICredentialRegistry.sol";
import {IInstitutionEvents} from "../interfaces/IInstitutionEvents.sol";
import {IInstitutionRegistry} from "../interfaces/IInstitutionRegistry.sol";
import {Calendar} from "../libraries/Calendar.sol";
import {Names} from "../libraries/Names.sol";
import {RegistryKinds} from "../libraries/RegistryKinds.sol";
import {Roles} from "../libraries/Roles.sol";
import {Tree} from "../libraries/Tree.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title What was anchored, by whom approved, and which other provinces have seen what it holds.
/// @dev `anchoredAt` is a batch's written-flag: zero only where this contract never wrote it, and then its predecessor is asked. A batch of
/// the predecessor is copied whole when it is first written to.
abstract contract Batches is Governed, ICredentialRegistry {
    struct Day {
        uint64 day; // of UTC+8, since 1970-01-01
        uint32 leaves;
    }

    bytes32 private constant APPROVAL_TYPE =
        keccak256("Approval(bytes32 institution,bytes32 root,bytes32 manifest,uint32 leafCount,uint64 deadline)");

    mapping(bytes32 institution => mapping(bytes32 root => Anchor)) private _batches; // slot 1
    mapping(bytes32 institution => mapping(bytes32 root => mapping(uint32 province => bool))) private _attested; // slot 2
    mapping(address operator => Day) private _days; // slot 3

    // ---- writing

    /// @inheritdoc ICredentialRegistry
    function anchor(Batch calldata batch, Approval calldata approval) external override inForce {
        _anchor(batch, approval, _consortium().authorise(msg.sender, Roles.ANCHOR));
    }

    /// @inheritdoc ICredentialRegistry
    function anchorMany(Batch[] calldata batches, Approval[] calldata approvals) external override inForce {
        if (batches.length != approvals.length) revert BatchApprovalsMissing(batches.length, approvals.length);
        uint32 province = _consortium().authorise(msg.sender, Roles.ANCHOR);
        for (uint256 i; i < batches.length; ++i) {
            _anchor(batches[i], approvals[i], province);
        }
    }

    /// @inheritdoc ICredentialRegistry
    function attest(BatchRef[] calldata batches) external override inForce {
        uint32 province = _consortium().authorise(msg.sender, Roles.ATTEST);
        for (uint256 i; i < batches.length; ++i) {
            bytes32 institution = batches[i].institution;
            bytes32 root = batches[i].root;
            if (anchorOf(institution, root).province == province) revert AttestOwnBatch(institution, root, province);
            if (attestedBy(institution, root, province)) continue;
            _batchToWrite(institution, root).attestations += 1;
            _attested[institution][root][province] = true;
            (uint64 sequence, bytes32 head) =
                _record(province, RegistryKinds.ATTESTED, keccak256(abi.encode(province, institution, root)));
            emit Attested(province, institution, root, msg.sender, sequence, head);
        }
    }

    // ---- views

    /// @inheritdoc ICredentialRegistry
    function anchorOf(bytes32 institution, bytes32 root) public view override returns (Anchor memory) {
        Anchor storage batch = _batches[institution][root];
        if (batch.anchoredAt == 0 && predecessor != address(0)) {
            return ICredentialRegistry(predecessor).anchorOf(institution, root);
        }
        return batch;
    }

    /// @inheritdoc ICredentialRegistry
    function attestedBy(bytes32 institution, bytes32 root, uint32 province) public view override returns (bool) {
        if (_attested[institution][root][province]) return true; // and never false again
        return predecessor != address(0) && ICredentialRegistry(predecessor).attestedBy(institution, root, province);
    }

    /// @inheritdoc ICredentialRegistry
    function anchoredToday(address operator) public view override returns (uint32) {
        Day storage last = _days[operator];
        if (last.day == Calendar.dayOf(block.timestamp)) return last.leaves;
        // A succession in the middle of a day gives nobody a second quota.
        return predecessor == address(0) ? 0 : ICredentialRegistry(predecessor).anchoredToday(operator);
    }

    // ---- for the other parts

    /// @dev A batch that exists, to be written to.
    function _batchToWrite(bytes32 institution, bytes32 root) internal returns (Anchor storage batch) {
        batch = _batches[institution][root];
        if (batch.anchoredAt == 0) _batches[institution][root] = _batch(institution, root);
    }

    /// @dev A batch that exists, to be read.
    function _batch(bytes32 institution, bytes32 root) internal view returns (Anchor memory batch) {
        batch = anchorOf(institution, root);
        if (batch.anchoredAt == 0) revert BatchUnknown(institution, root);
    }

    function _institutions() internal view returns (IInstitutionRegistry) {
        return IInstitutionRegistry(_directory().resolve(Names.INSTITUTION_REGISTRY));
    }

    /// @dev EIP-712 digest of a struct under this contract's domain.
    function _typedData(bytes32 structHash) internal view virtual returns (bytes32);

    // ---- inside

    function _anchor(Batch calldata batch, Approval calldata approval, uint32 province) private {
        if (batch.leafCount == 0 || batch.leafCount > Tree.MOST_LEAVES) revert BatchLeafCount(batch.leafCount);
        if (anchorOf(batch.institution, batch.root).anchoredAt != 0) {
            revert BatchAlreadyAnchored(batch.institution, batch.root);
        }
        address officer = _signerOf(batch, approval);
        uint32 accreditation = _requireTerms(batch.institution, officer, province);
        _spendQuota(batch.leafCount);
        (uint64 sequence, bytes32 head) = _record(
            province,
            RegistryKinds.ANCHORED,
            keccak256(
                abi.encode(
                    province, batch.institution, batch.root, batch.manifest, batch.leafCount, accreditation, officer
                )
            )
        );
        Anchor storage stored = _batches[batch.institution][batch.root];
        stored.manifest = batch.manifest;
        stored.leafCount = batch.leafCount;
        stored.province = province;
        stored.accreditation = accreditation;
        stored.anchoredAt = uint64(block.timestamp);
        stored.sequence = sequence;
        emit Anchored(
            province,
            batch.institution,
            batch.root,
            batch.manifest,
            batch.leafCount,
            accreditation,
            officer,
            msg.sender,
            sequence,
            head
        );
    }

    function _spendQuota(uint32 leaves) private {
        uint32 quota = _consortium().dailyLeavesOf(msg.sender);
        uint256 total = uint256(anchoredToday(msg.sender)) + leaves;
        if (total > quota) revert QuotaExceeded(msg.sender, total, quota);
        _days[msg.sender] = Day(uint64(Calendar.dayOf(block.timestamp)), uint32(total));
    }

    function _signerOf(Batch calldata batch, Approval calldata approval) private view returns (address officer) {
        if (block.timestamp >= approval.deadline) revert ApprovalExpired(approval.deadline);
        bytes32 structHash = keccak256(
            abi.encode(APPROVAL_TYPE, batch.institution, batch.root, batch.manifest, batch.leafCount, approval.deadline)
        );
        officer = ECDSA.recover(_typedData(structHash), approval.signature);
        // The Consortium binds an address to one family for ever; that an operator never approves is said here all the same.
        if (officer == msg.sender) revert ApprovalByOperator(officer);
    }

    function _requireTerms(bytes32 institution, address officer, uint32 province) private view returns (uint32) {
        (uint32 version, uint32 accrediting, IInstitutionEvents.Standing standing, bool approves) =
            _institutions().anchoringTerms(institution, officer);
        if (standing != IInstitutionEvents.Standing.Accredited) revert AnchorStanding(institution, standing);
        if (accrediting != province) revert AnchorByAnotherProvince(institution, accrediting, province);
        if (!approves) revert ApprovalBy(institution, officer);
        return version;
    }
}
