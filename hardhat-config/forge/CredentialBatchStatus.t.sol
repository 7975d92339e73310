// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICredentialEvents} from "../../contracts/interfaces/ICredentialEvents.sol";
import {ICredentialRegistry} from "../../contracts/interfaces/ICredentialRegistry.sol";
import {Roles} from "../../contracts/libraries/Roles.sol";
import {Certificates} from "./base/Certificates.sol";

/// @title "fakes whose manifest is withheld, so no membership proof can be built to revoke them | a whole batch can be suspended or
/// revoked": by the rules of leaves, as a binding act.
contract CredentialBatchStatusTest is Certificates {
    bytes32 private constant ROOT = keccak256("a root");
    ICredentialEvents.Status private constant VALID = ICredentialEvents.Status.Valid;
    ICredentialEvents.Status private constant SUSPENDED = ICredentialEvents.Status.Suspended;
    ICredentialEvents.Status private constant REVOKED = ICredentialEvents.Status.Revoked;

    function setUp() public override {
        super.setUp();
        _anchor(SHANGHAI, _batch(SOU, ROOT, 32_768));
    }

    /// "Binding acts: … batch status": one account alone does not.
    function test_fakesWhoseManifestIsWithheld_areRevokedAsAWholeBatch() public {
        bytes memory call = _call(REVOKED, ICredentialEvents.Reason.Fraud);
        _as(lawyer[SHANGHAI], address(credentials), call);
        assertTrue(_status() == VALID); // one account alone does nothing
        vm.expectEmit(true, true, true, false, address(credentials));
        emit ICredentialEvents.BatchStatusSet(
            SHANGHAI, SOU, ROOT, REVOKED, ICredentialEvents.Reason.Fraud, admin[SHANGHAI], 2, 0
        );
        _as(admin[SHANGHAI], address(credentials), call);
        ICredentialRegistry.Anchor memory anchor = credentials.anchorOf(SOU, ROOT);
        assertTrue(anchor.status == REVOKED);
        assertTrue(anchor.reason == ICredentialEvents.Reason.Fraud);
        assertEq(anchor.setBy, SHANGHAI);
        assertEq(anchor.since, block.timestamp);
        assertEq(anchor.leafCount, 32_768); // nothing else moved
        assertEq(anchor.sequence, 1);
        bytes memory why = abi.encodeWithSelector(ICredentialEvents.StatusRevoked.selector, SOU, ROOT);
        _refused(lawyer[SHANGHAI], address(credentials), _call(VALID, ICredentialEvents.Reason.None), why);
        _refused(lawyer[SHANGHAI], address(credentials), _call(SUSPENDED, ICredentialEvents.Reason.Error), why);
    }

    /// "A leaf is good if its own status is Valid and at least one batch that holds it is in force: anchoring again is how good leaves
    /// leave a revoked batch."
    function test_goodLeaves_leaveARevokedBatchByBeingAnchoredAgain() public {
        Sealed memory first = _anchorSealed(SHANGHAI, SOU, 3, 1);
        _setBatch(SHANGHAI, SOU, first.nodes[0], REVOKED);
        Certificate[] memory good = new Certificate[](2);
        (good[0], good[1]) = (first.certificates[0], first.certificates[2]);
        Sealed memory second = _seal(SOU, good);
        _anchor(SHANGHAI, _toBatch(second));
        assertTrue(_proven(first, 0, 0).batch.status == REVOKED);
        assertTrue(_proven(first, 0, 0).state.status == VALID);
        assertTrue(_proven(second, 0, 0).batch.status == VALID);
        assertTrue(_proven(second, 0, 0).state.status == VALID);
    }

    function test_batch_isSuspendedAndLifted() public {
        _setBatch(SHANGHAI, SOU, ROOT, SUSPENDED);
        assertTrue(_status() == SUSPENDED);
        skip(3);
        _setBatch(SHANGHAI, SOU, ROOT, VALID);
        ICredentialRegistry.Anchor memory anchor = credentials.anchorOf(SOU, ROOT);
        assertTrue(anchor.status == VALID);
        assertTrue(anchor.reason == ICredentialEvents.Reason.None);
        assertEq(anchor.since, block.timestamp);
        _setBatch(SHANGHAI, SOU, ROOT, SUSPENDED);
        _setBatch(SHANGHAI, SOU, ROOT, REVOKED);
        assertTrue(_status() == REVOKED);
    }

    /// "already in that state = skipped": nothing is even proposed.
    function test_batch_isSkippedWhereAlreadyInThatState() public {
        (bytes32 head,) = consortium.headOf(SHANGHAI);
        _as(lawyer[SHANGHAI], address(credentials), _call(VALID, ICredentialEvents.Reason.None));
        (bytes32 same,) = consortium.headOf(SHANGHAI);
        assertEq(head, same);
        _setBatch(SHANGHAI, SOU, ROOT, SUSPENDED);
        bytes32 before = keccak256(abi.encode(credentials.anchorOf(SOU, ROOT)));
        skip(3);
        bytes memory call = _call(SUSPENDED, ICredentialEvents.Reason.Fraud);
        _twice(SHANGHAI, address(credentials), call);
        assertEq(keccak256(abi.encode(credentials.anchorOf(SOU, ROOT))), before);
    }

    function test_batch_isForTheAnchoringAndTheAccreditingProvinceAlone() public {
        bytes memory call = _call(REVOKED, ICredentialEvents.Reason.Error);
        bytes memory why = abi.encodeWithSelector(ICredentialEvents.StatusByStranger.selector, SOU, ROOT, ZHEJIANG);
        _refused(lawyer[ZHEJIANG], address(credentials), call, why);
        _refused(operator[SHANGHAI], address(credentials), call, _unauthorised(operator[SHANGHAI], Roles.BATCH_STATUS));
        _byMotion(address(institutions), abi.encodeCall(institutions.move, (SOU, ZHEJIANG)));
        _setBatch(ZHEJIANG, SOU, ROOT, SUSPENDED);
        why = abi.encodeWithSelector(ICredentialEvents.StatusSetBy.selector, SOU, ROOT, ZHEJIANG, SHANGHAI);
        _refused(lawyer[SHANGHAI], address(credentials), _call(VALID, ICredentialEvents.Reason.None), why);
        _byMotion(address(institutions), abi.encodeCall(institutions.move, (SOU, ANHUI)));
        _setBatch(ZHEJIANG, SOU, ROOT, VALID); // it lifts what it set, though it is neither any more
        assertEq(credentials.anchorOf(SOU, ROOT).setBy, ZHEJIANG);
        _setBatch(SHANGHAI, SOU, ROOT, REVOKED);
        assertTrue(_status() == REVOKED);
    }

    /// A proposal waits while the state changes: it is judged again when it is confirmed.
    function test_batch_isJudgedAgainAtTheConfirmation() public {
        _byMotion(address(institutions), abi.encodeCall(institutions.move, (SOU, ZHEJIANG)));
        bytes memory call = _call(SUSPENDED, ICredentialEvents.Reason.Error);
        _as(lawyer[ZHEJIANG], address(credentials), call);
        _setBatch(SHANGHAI, SOU, ROOT, REVOKED);
        bytes memory why = abi.encodeWithSelector(ICredentialEvents.StatusRevoked.selector, SOU, ROOT);
        _refused(admin[ZHEJIANG], address(credentials), call, why);
    }

    function _status() private view returns (ICredentialEvents.Status) {
        return credentials.anchorOf(SOU, ROOT).status;
    }

    function _call(ICredentialEvents.Status status, ICredentialEvents.Reason reason)
        private
        view
        returns (bytes memory)
    {
        return abi.encodeCall(credentials.setBatchStatus, (SOU, ROOT, status, reason));
    }
}
