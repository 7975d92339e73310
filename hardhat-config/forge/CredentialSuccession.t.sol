// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {CredentialRegistry} from "../../contracts/CredentialRegistry.sol";
import {ICredentialEvents} from "../../contracts/interfaces/ICredentialEvents.sol";
import {ICredentialRegistry} from "../../contracts/interfaces/ICredentialRegistry.sol";
import {IGoverned} from "../../contracts/interfaces/IGoverned.sol";
import {Names} from "../../contracts/libraries/Names.sol";
import {Certificates} from "./base/Certificates.sol";
import {HeadsOracle} from "./base/HeadsOracle.sol";

/// @title "a replaced contract forgets uses, caps or revocations": this one does not. "any successor reads through its immutable
/// predecessor; heads continue; every write of the old one reverts"
contract CredentialSuccessionTest is Certificates {
    CredentialRegistry private _old;
    bytes32 private _root;
    ICredentialEvents.Status private constant VALID = ICredentialEvents.Status.Valid;
    ICredentialEvents.Status private constant SUSPENDED = ICredentialEvents.Status.Suspended;
    ICredentialEvents.Status private constant REVOKED = ICredentialEvents.Status.Revoked;

    function _setUpTwo() private returns (Sealed memory batch) {
        batch = _anchorSealed(SHANGHAI, SOU, 5, 1);
        _root = batch.nodes[0];
        _revoke(SHANGHAI, batch, 0);
        _suspend(SHANGHAI, batch, 1);
        _attest(ANHUI);
        _setBatch(SHANGHAI, SOU, _root, SUSPENDED);
        _old = credentials;
        credentials = new CredentialRegistry(consortium, directory, address(_old));
        _succeed(Names.CREDENTIAL_REGISTRY, address(credentials));
    }

    function test_replacedContract_forgetsNoRevocation() public {
        Sealed memory batch = _setUpTwo();
        assertTrue(_statusOf(batch, 0) == REVOKED);
        assertTrue(_statusOf(batch, 1) == SUSPENDED);
        assertTrue(_statusOf(batch, 2) == VALID);
        assertEq(
            keccak256(abi.encode(credentials.anchorOf(SOU, _root))), keccak256(abi.encode(_old.anchorOf(SOU, _root)))
        );
        assertTrue(credentials.attestedBy(SOU, _root, ANHUI));
        assertFalse(credentials.attestedBy(SOU, _root, JIANGSU));
        assertEq(credentials.anchorOf(SOU, keccak256("unknown")).anchoredAt, 0);
        bytes memory why = abi.encodeWithSelector(ICredentialEvents.StatusRevoked.selector, SOU, batch.leaves[0]);
        bytes memory call = _statusCall(batch, 0, VALID, ICredentialEvents.Reason.None);
        _refused(operator[SHANGHAI], address(credentials), call, why);
        ICredentialRegistry.Proven memory proven = _proven(batch, 0, 0x7f);
        assertTrue(proven.state.status == REVOKED);
        assertTrue(proven.batch.status == SUSPENDED);
    }

    /// "zero never means 'ask the predecessor'": what the successor set back to Valid (zero) stays so.
    function test_successor_isBelievedAlsoWhereItWroteZero() public {
        Sealed memory batch = _setUpTwo();
        _lift(SHANGHAI, batch, 1);
        assertTrue(_statusOf(batch, 1) == VALID);
        assertTrue(_old.leafState(SOU, batch.leaves[1]).status == SUSPENDED);
        _setBatch(SHANGHAI, SOU, _root, VALID);
        ICredentialRegistry.Anchor memory copied = credentials.anchorOf(SOU, _root);
        assertTrue(copied.status == VALID);
        assertTrue(copied.reason == ICredentialEvents.Reason.None);
        assertTrue(_old.anchorOf(SOU, _root).status == SUSPENDED);
        // copied whole on the first write
        assertEq(copied.manifest, _toBatch(batch).manifest);
        assertEq(copied.leafCount, 5);
        assertEq(copied.province, SHANGHAI);
        assertEq(copied.accreditation, 1);
        assertEq(copied.anchoredAt, START);
        assertEq(copied.sequence, 1);
        assertEq(copied.attestations, 1);
    }

    function test_successor_goesOnCountingAttestations() public {
        _setUpTwo();
        _attest(ANHUI); // attested before the succession: skipped
        assertEq(credentials.anchorOf(SOU, _root).attestations, 1);
        _attest(JIANGSU);
        assertEq(credentials.anchorOf(SOU, _root).attestations, 2);
        assertTrue(credentials.anchorOf(SOU, _root).status == SUSPENDED);
        assertTrue(credentials.attestedBy(SOU, _root, ANHUI));
        assertTrue(credentials.attestedBy(SOU, _root, JIANGSU));
    }

    function test_successor_doesNotAnchorAgainWhatWasAnchored() public {
        Sealed memory batch = _setUpTwo();
        ICredentialRegistry.Batch memory again = _toBatch(batch);
        bytes memory call = abi.encodeCall(credentials.anchor, (again, _approval(again)));
        bytes memory why = abi.encodeWithSelector(ICredentialEvents.BatchAlreadyAnchored.selector, SOU, _root);
        _refused(operator[SHANGHAI], address(credentials), call, why);
        _anchorSealed(SHANGHAI, SOU, 3, 2);
    }

    /// A succession in the middle of a day gives nobody a second quota.
    function test_successor_goesOnCountingTheQuotaOfTheDay() public {
        CredentialRegistry next = new CredentialRegistry(consortium, directory, address(credentials));
        _byMotion(address(directory), abi.encodeCall(directory.schedule, (Names.CREDENTIAL_REGISTRY, address(next))));
        skip(3 days - 10);
        _anchorSealed(SHANGHAI, SOU, 5, 1);
        skip(10);
        credentials = next;
        assertEq(credentials.anchoredToday(operator[SHANGHAI]), 5);
        ICredentialRegistry.Batch memory large = _batch(SOU, keccak256("large"), 32_768);
        _anchor(SHANGHAI, large);
        assertEq(credentials.anchoredToday(operator[SHANGHAI]), 32_773);
        skip(1 days);
        assertEq(credentials.anchoredToday(operator[SHANGHAI]), 0);
        assertEq(credentials.anchoredToday(operator[ANHUI]), 0);
    }

    /// "heads continue", and are recomputed from the logs of both.
    function test_heads_continueOverTheSuccession() public {
        HeadsOracle oracle = new HeadsOracle();
        oracle.follow(address(credentials));
        vm.recordLogs();
        Sealed memory batch = _setUpTwo();
        oracle.absorb(vm.getRecordedLogs(), START);
        _checkHead(oracle, address(_old), SHANGHAI);
        oracle.follow(address(credentials));
        oracle.continues(address(credentials), address(_old), SHANGHAI);
        (bytes32 head, uint64 sequence) = _old.headOf(SHANGHAI);
        (bytes32 same, uint64 count) = credentials.headOf(SHANGHAI);
        assertEq(same, head);
        assertEq(count, sequence);
        _lift(SHANGHAI, batch, 1);
        oracle.absorb(vm.getRecordedLogs(), vm.getBlockTimestamp());
        _checkHead(oracle, address(credentials), SHANGHAI);
        (, count) = credentials.headOf(SHANGHAI);
        assertEq(count, sequence + 1);
    }

    /// An approval is for one contract: what was approved for the old one is approved anew.
    function test_successor_refusesApprovalsForItsPredecessor() public {
        ICredentialRegistry.Batch memory batch = _batch(SOU, keccak256("pending"), 1);
        ICredentialRegistry.Approval memory approval =
            _approvalBy(officer[SOU], batch, uint64(block.timestamp + 30 days));
        _setUpTwo();
        vm.prank(operator[SHANGHAI]);
        vm.expectPartialRevert(ICredentialEvents.ApprovalBy.selector);
        credentials.anchor(batch, approval);
    }

    /// "every write of the old one reverts"
    function test_predecessor_refusesEveryWrite() public {
        Sealed memory batch = _setUpTwo();
        bytes memory why =
            abi.encodeWithSelector(IGoverned.Superseded.selector, Names.CREDENTIAL_REGISTRY, address(credentials));
        bytes[] memory calls = new bytes[](6);
        ICredentialRegistry.Batch memory other = _batch(SOU, keccak256("other"), 1);
        calls[0] = abi.encodeCall(credentials.anchor, (other, _approval(other)));
        calls[1] = abi.encodeCall(
            credentials.anchorMany, (new ICredentialRegistry.Batch[](0), new ICredentialRegistry.Approval[](0))
        );
        calls[2] = abi.encodeCall(credentials.attest, (new ICredentialRegistry.BatchRef[](0)));
        calls[3] = _statusCall(batch, 2, REVOKED, ICredentialEvents.Reason.Error);
        calls[4] = _supersedeCall(batch, 2, batch, 3);
        calls[5] = abi.encodeCall(credentials.setBatchStatus, (SOU, _root, REVOKED, ICredentialEvents.Reason.Error));
        for (uint256 i; i < calls.length; ++i) {
            _refused(operator[SHANGHAI], address(_old), calls[i], why);
            _refused(admin[SHANGHAI], address(_old), calls[i], why);
        }
    }

    /// A third contract reads through both.
    function test_successorOfASuccessor_readsThroughBoth() public {
        Sealed memory batch = _setUpTwo();
        _suspend(SHANGHAI, batch, 2);
        CredentialRegistry third = new CredentialRegistry(consortium, directory, address(credentials));
        _succeed(Names.CREDENTIAL_REGISTRY, address(third));
        credentials = third;
        assertTrue(_statusOf(batch, 0) == REVOKED);
        assertTrue(_statusOf(batch, 2) == SUSPENDED);
        assertEq(credentials.anchorOf(SOU, _root).leafCount, 5);
        _attest(JIANGSU);
        assertEq(credentials.anchorOf(SOU, _root).attestations, 2);
        _lift(SHANGHAI, batch, 2);
        assertTrue(_statusOf(batch, 2) == VALID);
    }

    function _attest(uint32 province) private {
        ICredentialRegistry.BatchRef[] memory refs = new ICredentialRegistry.BatchRef[](1);
        refs[0] = ICredentialRegistry.BatchRef(SOU, _root);
        vm.prank(operator[province]);
        credentials.attest(refs);
    }
}
