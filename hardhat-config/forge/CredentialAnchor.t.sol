// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICredentialEvents} from "../../contracts/interfaces/ICredentialEvents.sol";
import {ICredentialRegistry} from "../../contracts/interfaces/ICredentialRegistry.sol";
import {IInstitutionEvents} from "../../contracts/interfaces/IInstitutionEvents.sol";
import {Roles} from "../../contracts/libraries/Roles.sol";
import {Certificates} from "./base/Certificates.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title "anchor(batch, approval) and anchorMany, by an operator of the accrediting province; batch = institution, root, manifest,
/// leafCount; approval = EIP-712 Approval(institution, root, manifest, leafCount, deadline)."
contract CredentialAnchorTest is Certificates {
    bytes32 private constant ROOT = keccak256("a root");

    // ---- what is kept

    /// "a batch stores the accreditation version at its anchoring"
    function test_anchor_keepsTheBatch() public {
        _as(lawyer[SHANGHAI], address(institutions), abi.encodeCall(institutions.suspend, (SOU)));
        _law(SHANGHAI, abi.encodeCall(institutions.resume, (SOU)));
        ICredentialRegistry.Batch memory batch = _batch(SOU, ROOT, 7);
        ICredentialRegistry.Approval memory approval = _approval(batch);
        bytes32 head = keccak256(abi.encode(block.chainid, address(credentials), uint64(SHANGHAI)));
        bytes32 fields = keccak256(abi.encode(SHANGHAI, SOU, ROOT, batch.manifest, uint32(7), uint32(3), officer[SOU]));
        head = keccak256(abi.encode(head, uint64(1), uint16(400), block.timestamp, operator[SHANGHAI], fields));
        vm.expectEmit(address(credentials));
        emit ICredentialEvents.Anchored(
            SHANGHAI, SOU, ROOT, batch.manifest, 7, 3, officer[SOU], operator[SHANGHAI], 1, head
        );
        vm.prank(operator[SHANGHAI]);
        credentials.anchor(batch, approval);

        ICredentialRegistry.Anchor memory kept = credentials.anchorOf(SOU, ROOT);
        assertEq(kept.manifest, batch.manifest);
        assertEq(kept.leafCount, 7);
        assertEq(kept.province, SHANGHAI);
        assertEq(kept.accreditation, 3);
        assertEq(kept.anchoredAt, block.timestamp);
        assertEq(kept.sequence, 1);
        assertEq(kept.attestations, 0);
        assertTrue(kept.status == ICredentialEvents.Status.Valid);
        assertEq(kept.since, 0);
        assertEq(credentials.anchoredToday(operator[SHANGHAI]), 7);
    }

    /// "Keyed by (institution, root), so nobody squats on a pending root."
    function test_anchor_isKeyedByInstitutionAndRoot() public {
        _anchor(SHANGHAI, _batch(SOU, ROOT, 1));
        _anchor(JIANGSU, _batch(JOU, ROOT, 2)); // the same root elsewhere takes nothing from anybody
        assertEq(credentials.anchorOf(SOU, ROOT).leafCount, 1);
        assertEq(credentials.anchorOf(JOU, ROOT).leafCount, 2);
        assertEq(credentials.anchorOf(AOU, ROOT).anchoredAt, 0);
        ICredentialRegistry.Batch memory again = _batch(SOU, ROOT, 3);
        bytes memory why = abi.encodeWithSelector(ICredentialEvents.BatchAlreadyAnchored.selector, SOU, ROOT);
        _anchorRefused(operator[SHANGHAI], again, _approval(again), why);
    }

    /// "batch: 1 to 32,768 distinct leaves of ONE institution"
    function test_anchor_revertsWith_noLeavesOrTooMany() public {
        uint32[3] memory bad = [uint32(0), 32_769, type(uint32).max];
        for (uint256 i; i < bad.length; ++i) {
            ICredentialRegistry.Batch memory batch = _batch(SOU, ROOT, bad[i]);
            bytes memory why = abi.encodeWithSelector(ICredentialEvents.BatchLeafCount.selector, bad[i]);
            _anchorRefused(operator[SHANGHAI], batch, _approval(batch), why);
        }
        _anchor(SHANGHAI, _batch(SOU, ROOT, 32_768));
        _anchor(SHANGHAI, _batch(SOU, keccak256("another"), 1));
    }

    // ---- "one stolen operator key issues credentials | anchoring needs the institution officer's EIP-712 approval besides the
    // operator's transaction, and a daily quota of leaves"

    /// "one stolen operator key issues credentials | anchoring needs the institution officer's EIP-712 approval besides the operator's transaction"
    function test_oneStolenOperatorKey_issuesNothingWithoutTheOfficersApproval() public {
        ICredentialRegistry.Batch memory batch = _batch(SOU, ROOT, 1);
        address[4] memory signers = [operator[SHANGHAI], admin[SHANGHAI], lawyer[SHANGHAI], officer[JOU]];
        for (uint256 i; i < signers.length; ++i) {
            ICredentialRegistry.Approval memory approval = _approvalBy(signers[i], batch, uint64(block.timestamp + 1));
            bytes memory why = i == 0
                ? abi.encodeWithSelector(ICredentialEvents.ApprovalByOperator.selector, signers[i])
                : abi.encodeWithSelector(ICredentialEvents.ApprovalBy.selector, SOU, signers[i]);
            _anchorRefused(operator[SHANGHAI], batch, approval, why);
        }
    }

    /// "approval = EIP-712 Approval(institution, root, manifest, leafCount, deadline)"
    /// An approval covers institution, root, manifest, leaf count and deadline: change one and another signer is recovered.
    function testFuzz_anchor_revertsWith_anApprovalOfSomethingElse(uint256 part, uint256 change) public {
        change = bound(change, 1, 1000);
        ICredentialRegistry.Batch memory batch = _batch(SOU, ROOT, 7);
        ICredentialRegistry.Approval memory approval = _approval(batch);
        part = bound(part, 0, 3);
        if (part == 0) batch.root = bytes32(uint256(ROOT) ^ change);
        if (part == 1) batch.manifest = bytes32(uint256(batch.manifest) ^ change);
        if (part == 2) batch.leafCount += uint32(change);
        if (part == 3) approval.deadline += uint64(change);
        vm.prank(operator[SHANGHAI]);
        vm.expectPartialRevert(ICredentialEvents.ApprovalBy.selector);
        credentials.anchor(batch, approval);
    }

    /// "under domain (name, version, chainId, contract)"
    /// The domain binds chain and contract: an approval is never good on another one.
    function test_anchor_revertsWith_anApprovalForAnotherDomain() public {
        ICredentialRegistry.Batch memory batch = _batch(SOU, ROOT, 7);
        uint64 deadline = uint64(block.timestamp + 1);
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256(
                    "Approval(bytes32 institution,bytes32 root,bytes32 manifest,uint32 leafCount,uint64 deadline)"
                ),
                SOU,
                ROOT,
                batch.manifest,
                batch.leafCount,
                deadline
            )
        );
        bytes32[2] memory digests = [
            _typedData(address(institutions), "Huren CredentialRegistry", structHash),
            _typedData(address(credentials), "Huren InstitutionRegistry", structHash)
        ];
        for (uint256 i; i < digests.length; ++i) {
            bytes memory signed = signature(keyOf[officer[SOU]], digests[i]);
            vm.prank(operator[SHANGHAI]);
            vm.expectPartialRevert(ICredentialEvents.ApprovalBy.selector);
            credentials.anchor(batch, ICredentialRegistry.Approval(deadline, signed));
        }
        vm.chainId(7);
        ICredentialRegistry.Approval memory approval = _approval(batch);
        vm.chainId(31337);
        vm.prank(operator[SHANGHAI]);
        vm.expectPartialRevert(ICredentialEvents.ApprovalBy.selector);
        credentials.anchor(batch, approval);
    }

    function test_anchor_revertsWith_aSignatureThatIsNone() public {
        ICredentialRegistry.Batch memory batch = _batch(SOU, ROOT, 1);
        ICredentialRegistry.Approval memory approval = _approval(batch);
        approval.signature = hex"";
        bytes memory why = abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureLength.selector, 0);
        _anchorRefused(operator[SHANGHAI], batch, approval, why);
    }

    /// Half-open: an approval holds until its deadline, not at it.
    function test_anchor_revertsWith_anApprovalAtItsDeadline() public {
        ICredentialRegistry.Batch memory batch = _batch(SOU, ROOT, 1);
        uint64 deadline = uint64(block.timestamp + 10);
        ICredentialRegistry.Approval memory approval = _approvalBy(officer[SOU], batch, deadline);
        vm.warp(deadline);
        bytes memory why = abi.encodeWithSelector(ICredentialEvents.ApprovalExpired.selector, deadline);
        _anchorRefused(operator[SHANGHAI], batch, approval, why);
        vm.warp(deadline - 1);
        vm.prank(operator[SHANGHAI]);
        credentials.anchor(batch, approval);
    }

    /// "those named in the accreditation may approve anchors at once"; others three days after validFrom; nobody after retirement.
    function test_anchor_takesOfficersInForceOnly() public {
        address later = _account("later");
        _law(SHANGHAI, abi.encodeCall(institutions.appointOfficer, (SOU, later, 0)));
        _law(SHANGHAI, abi.encodeCall(institutions.retireOfficer, (SOU, officer[SOU], 0)));
        ICredentialRegistry.Batch memory batch = _batch(SOU, ROOT, 1);
        uint64 deadline = uint64(block.timestamp + 30 days);
        bytes memory why = abi.encodeWithSelector(ICredentialEvents.ApprovalBy.selector, SOU, officer[SOU]);
        _anchorRefused(operator[SHANGHAI], batch, _approvalBy(officer[SOU], batch, deadline), why);
        why = abi.encodeWithSelector(ICredentialEvents.ApprovalBy.selector, SOU, later);
        skip(3 days - 1);
        _anchorRefused(operator[SHANGHAI], batch, _approvalBy(later, batch, deadline), why);
        skip(1);
        ICredentialRegistry.Approval memory approval = _approvalBy(later, batch, deadline);
        vm.prank(operator[SHANGHAI]);
        credentials.anchor(batch, approval);
    }

    /// "a daily quota of leaves": per operator, per day of UTC+8.
    function test_oneStolenOperatorKey_issuesNoMoreThanItsQuotaADay() public {
        vm.warp(START - (START + 8 hours) % 1 days + 1 days - 1); // the last second of a day of UTC+8
        _anchor(SHANGHAI, _batch(SOU, keccak256("1"), 32_768));
        _anchor(SHANGHAI, _batch(SOU, keccak256("2"), QUOTA - 32_768));
        assertEq(credentials.anchoredToday(operator[SHANGHAI]), QUOTA);
        ICredentialRegistry.Batch memory batch = _batch(SOU, keccak256("3"), 1);
        ICredentialRegistry.Approval memory approval = _approval(batch);
        bytes memory why =
            abi.encodeWithSelector(ICredentialEvents.QuotaExceeded.selector, operator[SHANGHAI], QUOTA + 1, QUOTA);
        _anchorRefused(operator[SHANGHAI], batch, approval, why);
        _anchor(JIANGSU, _batch(JOU, keccak256("3"), 1)); // another operator's day is its own
        skip(1);
        assertEq(credentials.anchoredToday(operator[SHANGHAI]), 0);
        vm.prank(operator[SHANGHAI]);
        credentials.anchor(batch, approval);
        assertEq(credentials.anchoredToday(operator[SHANGHAI]), 1);
    }

    /// An account without a quota (an admin, an operator for the law) anchors nothing.
    function test_anchor_revertsWith_anyoneButAnOperatorWithTheRole() public {
        ICredentialRegistry.Batch memory batch = _batch(SOU, ROOT, 1);
        ICredentialRegistry.Approval memory approval = _approval(batch);
        bytes memory why = abi.encodeWithSelector(ICredentialEvents.QuotaExceeded.selector, admin[SHANGHAI], 1, 0);
        _anchorRefused(admin[SHANGHAI], batch, approval, why);
        _anchorRefused(lawyer[SHANGHAI], batch, approval, _unauthorised(lawyer[SHANGHAI], Roles.ANCHOR));
        _anchorRefused(address(this), batch, approval, _unauthorised(address(this), Roles.ANCHOR));
        _anchorRefused(officer[SOU], batch, approval, _unauthorised(officer[SOU], Roles.ANCHOR));
    }

    /// The Consortium binds an address to one family for ever; were it otherwise, the registry would still tell the two apart.
    function test_anchor_revertsWith_anOperatorWhoApprovesItself() public {
        ICredentialRegistry.Batch memory batch = _batch(SOU, ROOT, 1);
        vm.mockCall(
            address(consortium),
            abi.encodeCall(consortium.authorise, (officer[SOU], Roles.ANCHOR)),
            abi.encode(SHANGHAI)
        );
        bytes memory why = abi.encodeWithSelector(ICredentialEvents.ApprovalByOperator.selector, officer[SOU]);
        _anchorRefused(officer[SOU], batch, _approval(batch), why);
    }

    // ---- standing and province

    /// "by an operator of the accrediting province"
    function test_anchor_revertsWith_anOperatorOfAnotherProvince() public {
        ICredentialRegistry.Batch memory batch = _batch(SOU, ROOT, 1);
        bytes memory why =
            abi.encodeWithSelector(ICredentialEvents.AnchorByAnotherProvince.selector, SOU, SHANGHAI, JIANGSU);
        _anchorRefused(operator[JIANGSU], batch, _approval(batch), why);
        _byMotion(address(institutions), abi.encodeCall(institutions.move, (SOU, JIANGSU)));
        why = abi.encodeWithSelector(ICredentialEvents.AnchorByAnotherProvince.selector, SOU, JIANGSU, SHANGHAI);
        _anchorRefused(operator[SHANGHAI], batch, _approval(batch), why);
        why = abi.encodeWithSelector(ICredentialEvents.ApprovalBy.selector, SOU, officer[SOU]);
        _anchorRefused(operator[JIANGSU], batch, _approval(batch), why); // the officers served Shanghai
    }

    function test_anchor_revertsWith_anInstitutionThatIsNotAccredited() public {
        ICredentialRegistry.Batch memory batch = _batch(AOU, ROOT, 1);
        bytes memory why =
            abi.encodeWithSelector(ICredentialEvents.AnchorStanding.selector, AOU, IInstitutionEvents.Standing.None);
        _anchorRefused(operator[ANHUI], batch, _approvalBy(officer[SOU], batch, uint64(block.timestamp + 1)), why);
        batch = _batch(SOU, ROOT, 1);
        _as(lawyer[SHANGHAI], address(institutions), abi.encodeCall(institutions.suspend, (SOU)));
        why = abi.encodeWithSelector(
            ICredentialEvents.AnchorStanding.selector, SOU, IInstitutionEvents.Standing.Suspended
        );
        _anchorRefused(operator[SHANGHAI], batch, _approval(batch), why);
        _law(SHANGHAI, abi.encodeCall(institutions.withdraw, (SOU)));
        why = abi.encodeWithSelector(
            ICredentialEvents.AnchorStanding.selector, SOU, IInstitutionEvents.Standing.Withdrawn
        );
        _anchorRefused(operator[SHANGHAI], batch, _approval(batch), why);
    }

    // ---- many

    function test_anchorMany_anchorsAllOrNone() public {
        ICredentialRegistry.Batch[] memory batches = new ICredentialRegistry.Batch[](3);
        ICredentialRegistry.Approval[] memory approvals = new ICredentialRegistry.Approval[](3);
        for (uint256 i; i < 3; ++i) {
            batches[i] = _batch(SOU, keccak256(abi.encode(i)), uint32(i + 1));
            approvals[i] = _approval(batches[i]);
        }
        ICredentialRegistry.Approval memory good = approvals[2];
        approvals[2] = approvals[1];
        vm.prank(operator[SHANGHAI]);
        vm.expectPartialRevert(ICredentialEvents.ApprovalBy.selector);
        credentials.anchorMany(batches, approvals);
        assertEq(credentials.anchorOf(SOU, batches[0].root).anchoredAt, 0);
        approvals[2] = good;
        vm.prank(operator[SHANGHAI]);
        credentials.anchorMany(batches, approvals);
        for (uint256 i; i < 3; ++i) {
            assertEq(credentials.anchorOf(SOU, batches[i].root).sequence, i + 1);
        }
        assertEq(credentials.anchoredToday(operator[SHANGHAI]), 6);
    }

    function test_anchorMany_revertsWith_approvalsMissingOrTheSameBatchTwice() public {
        ICredentialRegistry.Batch[] memory batches = new ICredentialRegistry.Batch[](2);
        ICredentialRegistry.Approval[] memory approvals = new ICredentialRegistry.Approval[](2);
        (batches[0], batches[1]) = (_batch(SOU, ROOT, 1), _batch(SOU, ROOT, 1));
        (approvals[0], approvals[1]) = (_approval(batches[0]), _approval(batches[0]));
        bytes memory why = abi.encodeWithSelector(ICredentialEvents.BatchAlreadyAnchored.selector, SOU, ROOT);
        _refused(
            operator[SHANGHAI], address(credentials), abi.encodeCall(credentials.anchorMany, (batches, approvals)), why
        );
        approvals = new ICredentialRegistry.Approval[](1);
        why = abi.encodeWithSelector(ICredentialEvents.BatchApprovalsMissing.selector, 2, 1);
        _refused(
            operator[SHANGHAI], address(credentials), abi.encodeCall(credentials.anchorMany, (batches, approvals)), why
        );
        bytes memory call = abi.encodeCall(credentials.anchorMany, (batches, approvals));
        _refused(lawyer[SHANGHAI], address(credentials), call, why);
        call = abi.encodeCall(
            credentials.anchorMany, (new ICredentialRegistry.Batch[](0), new ICredentialRegistry.Approval[](0))
        );
        _refused(lawyer[SHANGHAI], address(credentials), call, _unauthorised(lawyer[SHANGHAI], Roles.ANCHOR));
    }

    function _anchorRefused(
        address account,
        ICredentialRegistry.Batch memory batch,
        ICredentialRegistry.Approval memory approval,
        bytes memory why
    ) private {
        _refused(account, address(credentials), abi.encodeCall(credentials.anchor, (batch, approval)), why);
    }
}
