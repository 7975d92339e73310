// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICredentialEvents} from "../../contracts/interfaces/ICredentialEvents.sol";
import {ICredentialRegistry} from "../../contracts/interfaces/ICredentialRegistry.sol";
import {Roles} from "../../contracts/libraries/Roles.sol";
import {Tree} from "../../contracts/libraries/Tree.sol";
import {Certificates} from "./base/Certificates.sol";
import {Trees} from "./base/Trees.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

/// @title "setStatus takes (commitment, institution, facts) triples with proof or multiproof (non-empty, no longer than the tree is deep;
/// already in that state = skipped). Valid ⇄ Suspended, either → Revoked (final)."
contract CredentialStatusTest is Certificates {
    Sealed internal batch;

    ICredentialEvents.Status private constant VALID = ICredentialEvents.Status.Valid;
    ICredentialEvents.Status private constant SUSPENDED = ICredentialEvents.Status.Suspended;
    ICredentialEvents.Status private constant REVOKED = ICredentialEvents.Status.Revoked;

    function setUp() public override {
        super.setUp();
        Sealed memory made = _anchorSealed(SHANGHAI, SOU, 7, 1);
        batch.institution = SOU;
        batch.leaves = made.leaves;
        batch.nodes = made.nodes;
        for (uint256 i; i < made.certificates.length; ++i) {
            batch.certificates.push(made.certificates[i]);
        }
    }

    // ---- transitions

    function test_leaf_goesBetweenValidAndSuspendedAndEndsRevoked() public {
        ICredentialRegistry.LeafState memory state = credentials.leafState(SOU, batch.leaves[0]);
        assertTrue(state.status == VALID);
        assertEq(state.since, 0);
        _suspend(SHANGHAI, batch, 0);
        state = credentials.leafState(SOU, batch.leaves[0]);
        assertTrue(state.status == SUSPENDED);
        assertTrue(state.reason == ICredentialEvents.Reason.Error);
        assertEq(state.setBy, SHANGHAI);
        assertEq(state.since, block.timestamp);
        assertEq(state.successor, 0);
        skip(5);
        _lift(SHANGHAI, batch, 0);
        state = credentials.leafState(SOU, batch.leaves[0]);
        assertTrue(state.status == VALID);
        assertTrue(state.reason == ICredentialEvents.Reason.None);
        assertEq(state.since, block.timestamp);
        _suspend(SHANGHAI, batch, 0);
        _revoke(SHANGHAI, batch, 0); // from Suspended
        _revoke(SHANGHAI, batch, 1); // from Valid
        assertTrue(_statusOf(batch, 0) == REVOKED);
        assertTrue(_statusOf(batch, 1) == REVOKED);
        assertTrue(credentials.leafState(SOU, batch.leaves[1]).reason == ICredentialEvents.Reason.Fraud);
        assertTrue(_statusOf(batch, 2) == VALID);
    }

    /// "Revoked (final)"
    function test_leaf_revertsWith_anyChangeOfARevokedOne() public {
        _revoke(SHANGHAI, batch, 0);
        bytes memory why = abi.encodeWithSelector(ICredentialEvents.StatusRevoked.selector, SOU, batch.leaves[0]);
        _leafRefused(SHANGHAI, 0, VALID, ICredentialEvents.Reason.None, why);
        _leafRefused(SHANGHAI, 0, SUSPENDED, ICredentialEvents.Reason.Error, why);
    }

    /// "already in that state = skipped": no event, no new reason, no new date, also for whoever may not act.
    function test_leaf_isSkippedWhereAlreadyInThatState() public {
        _suspend(SHANGHAI, batch, 0);
        _revoke(SHANGHAI, batch, 1);
        bytes32 before = keccak256(
            abi.encode(credentials.leafState(SOU, batch.leaves[0]), credentials.leafState(SOU, batch.leaves[1]))
        );
        (bytes32 head,) = credentials.headOf(SHANGHAI);
        skip(9);
        bytes memory call = _statusCall(batch, 0, SUSPENDED, ICredentialEvents.Reason.Fraud);
        _as(operator[SHANGHAI], address(credentials), call);
        call = _statusCall(batch, 1, REVOKED, ICredentialEvents.Reason.Withdrawn);
        _as(operator[SHANGHAI], address(credentials), call);
        _lift(SHANGHAI, batch, 2);
        _lift(JIANGSU, batch, 2);
        bytes32 after_ = keccak256(
            abi.encode(credentials.leafState(SOU, batch.leaves[0]), credentials.leafState(SOU, batch.leaves[1]))
        );
        assertEq(before, after_);
        (bytes32 same,) = credentials.headOf(SHANGHAI);
        assertEq(head, same);
        assertEq(credentials.leafState(SOU, batch.leaves[2]).since, 0);
    }

    /// In bulk: those already revoked are skipped, the others change, each with its event.
    function test_leaves_areSetInBulk() public {
        _revoke(SHANGHAI, batch, 3);
        uint256[] memory indices = new uint256[](7);
        for (uint256 i; i < 7; ++i) {
            indices[i] = i;
        }
        bytes memory call = _statusCall(batch, indices, REVOKED, ICredentialEvents.Reason.Withdrawn);
        (, uint64 before) = credentials.headOf(SHANGHAI);
        _as(operator[SHANGHAI], address(credentials), call);
        (, uint64 sequence) = credentials.headOf(SHANGHAI);
        assertEq(sequence, before + 6);
        for (uint256 i; i < 7; ++i) {
            assertTrue(_statusOf(batch, i) == REVOKED);
        }
        assertTrue(credentials.leafState(SOU, batch.leaves[3]).reason == ICredentialEvents.Reason.Fraud);
    }

    /// All or none: one leaf that must not change stops the whole call.
    function test_leaves_areSetAllOrNone() public {
        _revoke(SHANGHAI, batch, 3);
        uint256[] memory indices = new uint256[](2);
        (indices[0], indices[1]) = (2, 3);
        bytes memory why = abi.encodeWithSelector(ICredentialEvents.StatusRevoked.selector, SOU, batch.leaves[3]);
        bytes memory call = _statusCall(batch, indices, SUSPENDED, ICredentialEvents.Reason.Error);
        _refused(operator[SHANGHAI], address(credentials), call, why);
        assertTrue(_statusOf(batch, 2) == VALID);
    }

    /// "public reason codes are coarse (error, withdrawn, superseded, fraud)"; superseded needs a successor, Valid needs none.
    function test_status_takesTheReasonsThatFit() public {
        for (uint256 s; s < 3; ++s) {
            for (uint256 r; r < 5; ++r) {
                ICredentialEvents.Status status = ICredentialEvents.Status(s);
                ICredentialEvents.Reason reason = ICredentialEvents.Reason(r);
                bool fits = s == 0 ? r == 0 : r == 1 || r == 2 || r == 4;
                bytes memory call = _statusCall(batch, 0, status, reason);
                uint256 state = vm.snapshotState();
                if (fits) {
                    if (s == 0) _suspend(SHANGHAI, batch, 0);
                    _as(operator[SHANGHAI], address(credentials), call);
                    assertTrue(credentials.leafState(SOU, batch.leaves[0]).reason == reason);
                } else {
                    bytes memory why = abi.encodeWithSelector(ICredentialEvents.StatusReason.selector, status, reason);
                    _refused(operator[SHANGHAI], address(credentials), call, why);
                    call = abi.encodeCall(credentials.setBatchStatus, (SOU, batch.nodes[0], status, reason));
                    _refused(lawyer[SHANGHAI], address(credentials), call, why);
                }
                vm.revertToState(state);
            }
        }
    }

    // ---- proofs

    /// "non-empty": a root proves the empty set under itself.
    function test_setStatus_revertsWith_nothingProven() public {
        bytes32[] memory proof = new bytes32[](1);
        proof[0] = batch.nodes[0];
        bytes memory call = abi.encodeCall(
            credentials.setStatus,
            (
                SOU,
                batch.nodes[0],
                new ICredentialRegistry.Content[](0),
                proof,
                new bool[](0),
                REVOKED,
                ICredentialEvents.Reason.Error
            )
        );
        bytes memory why = abi.encodeWithSelector(Tree.TreeNothingProven.selector);
        _refused(operator[SHANGHAI], address(credentials), call, why);
    }

    function test_setStatus_revertsWith_leavesThatTheBatchDoesNotHold() public {
        Sealed memory other = _seal(SOU, 7, 2);
        other.nodes[0] = batch.nodes[0]; // its contents and proof, our root
        bytes memory call = _statusCall(other, 0, REVOKED, ICredentialEvents.Reason.Error);
        bytes memory why = abi.encodeWithSelector(Tree.TreeProofInvalid.selector, batch.nodes[0]);
        _refused(operator[SHANGHAI], address(credentials), call, why);
    }

    /// An inner node is the keccak of 64 bytes, a leaf the keccak of 32: none of them passes for a content.
    function test_setStatus_revertsWith_aProofWithTheWrongFlags() public {
        ICredentialRegistry.Content[] memory contents = new ICredentialRegistry.Content[](1);
        contents[0] = ICredentialRegistry.Content(batch.certificates[0].commitment, _factsOf(batch.certificates[0]));
        bytes memory call = abi.encodeCall(
            credentials.setStatus,
            (
                SOU,
                batch.nodes[0],
                contents,
                Trees.proofOf(batch.nodes, 0),
                new bool[](1),
                REVOKED,
                ICredentialEvents.Reason.Error
            )
        );
        bytes memory why = abi.encodeWithSelector(MerkleProof.MerkleProofInvalidMultiproof.selector);
        _refused(operator[SHANGHAI], address(credentials), call, why);
    }

    /// "no longer than the tree is deep": what is hidden below the number of leaves that was anchored cannot be reached.
    function test_setStatus_revertsWith_aLeafHiddenBelowTheTree() public {
        Sealed memory hidden = _seal(SOU, 9, 3);
        ICredentialRegistry.Batch memory small = _toBatch(hidden);
        small.leafCount = 8; // three levels, where nine leaves need four
        _anchor(SHANGHAI, small);
        uint256 deepest;
        for (uint256 i; i < 9; ++i) {
            if (Trees.proofOf(hidden.nodes, i).length == 4) deepest = i;
        }
        bytes memory call = _statusCall(hidden, deepest, REVOKED, ICredentialEvents.Reason.Error);
        bytes memory why = abi.encodeWithSelector(Tree.TreeProofTooLong.selector, 4, 8);
        _refused(operator[SHANGHAI], address(credentials), call, why);
        call = abi.encodeCall(
            credentials.prove,
            (_opening(hidden.certificates[deepest], 0), hidden.nodes[0], Trees.proofOf(hidden.nodes, deepest))
        );
        _refused(address(this), address(credentials), call, why);
    }

    /// "An unknown root or institution is an error, never 'valid'."
    function test_setStatus_revertsWith_anUnknownRootOrInstitution() public {
        Sealed memory other = _seal(SOU, 2, 9);
        bytes memory call = _statusCall(other, 0, VALID, ICredentialEvents.Reason.None);
        bytes memory why = abi.encodeWithSelector(ICredentialEvents.BatchUnknown.selector, SOU, other.nodes[0]);
        _refused(operator[SHANGHAI], address(credentials), call, why);
        other = _seal(JOU, 2, 9);
        other.nodes[0] = batch.nodes[0];
        call = _statusCall(other, 0, REVOKED, ICredentialEvents.Reason.Error);
        why = abi.encodeWithSelector(ICredentialEvents.BatchUnknown.selector, JOU, batch.nodes[0]);
        _refused(operator[SHANGHAI], address(credentials), call, why);
        call =
            abi.encodeCall(credentials.setBatchStatus, (JOU, batch.nodes[0], REVOKED, ICredentialEvents.Reason.Error));
        _refused(lawyer[SHANGHAI], address(credentials), call, why);
    }

    // ---- who acts

    /// "Acting: the province of the batch proven or the institution's current one"
    function test_setStatus_isForTheAnchoringAndTheAccreditingProvinceAlone() public {
        bytes memory why =
            abi.encodeWithSelector(ICredentialEvents.StatusByStranger.selector, SOU, batch.nodes[0], ZHEJIANG);
        _leafRefused(ZHEJIANG, 0, REVOKED, ICredentialEvents.Reason.Error, why);
        _leafRefused(ZHEJIANG, 0, SUSPENDED, ICredentialEvents.Reason.Error, why);
        _byMotion(address(institutions), abi.encodeCall(institutions.move, (SOU, ZHEJIANG)));
        _revoke(ZHEJIANG, batch, 0); // the institution's current one
        _revoke(SHANGHAI, batch, 1); // the one that anchored
        assertEq(credentials.leafState(SOU, batch.leaves[0]).setBy, ZHEJIANG);
        assertEq(credentials.leafState(SOU, batch.leaves[1]).setBy, SHANGHAI);
        why = abi.encodeWithSelector(ICredentialEvents.StatusByStranger.selector, SOU, batch.nodes[0], JIANGSU);
        _leafRefused(JIANGSU, 2, REVOKED, ICredentialEvents.Reason.Error, why);
    }

    function test_setStatus_revertsWith_anAccountWithoutTheRole() public {
        bytes memory call = _statusCall(batch, 0, REVOKED, ICredentialEvents.Reason.Error);
        _refused(lawyer[SHANGHAI], address(credentials), call, _unauthorised(lawyer[SHANGHAI], Roles.STATUS));
        _refused(officer[SOU], address(credentials), call, _unauthorised(officer[SOU], Roles.STATUS));
        _refused(address(this), address(credentials), call, _unauthorised(address(this), Roles.STATUS));
    }

    /// "only the setter or its custodian lifts a suspension": wherever the institution has moved since.
    function test_suspension_isLiftedByItsSetterAlone() public {
        _byMotion(address(institutions), abi.encodeCall(institutions.move, (SOU, ZHEJIANG)));
        _suspend(ZHEJIANG, batch, 0);
        _suspend(SHANGHAI, batch, 1);
        bytes memory why =
            abi.encodeWithSelector(ICredentialEvents.StatusSetBy.selector, SOU, batch.leaves[0], ZHEJIANG, SHANGHAI);
        _leafRefused(SHANGHAI, 0, VALID, ICredentialEvents.Reason.None, why);
        why = abi.encodeWithSelector(ICredentialEvents.StatusSetBy.selector, SOU, batch.leaves[1], SHANGHAI, ZHEJIANG);
        _leafRefused(ZHEJIANG, 1, VALID, ICredentialEvents.Reason.None, why);
        _byMotion(address(institutions), abi.encodeCall(institutions.move, (SOU, ANHUI)));
        _lift(ZHEJIANG, batch, 0); // neither anchoring nor accrediting now: it takes back its own act
        assertTrue(_statusOf(batch, 0) == VALID);
        _suspend(ANHUI, batch, 2);
        _revoke(SHANGHAI, batch, 2); // whoever may act may revoke what another suspended
        assertTrue(_statusOf(batch, 2) == REVOKED);
    }

    /// "only the setter or its custodian lifts a suspension"
    /// "a custodian named by motion keeps a gone member's statuses and transfers"
    function test_custodian_keepsAGoneMembersStatuses() public {
        _suspend(SHANGHAI, batch, 0);
        bytes memory stranger =
            abi.encodeWithSelector(ICredentialEvents.StatusByStranger.selector, SOU, batch.nodes[0], JIANGSU);
        _leafRefused(JIANGSU, 1, SUSPENDED, ICredentialEvents.Reason.Error, stranger);
        _makeRoom();
        _replace(SHANGHAI, JIANGSU);
        bytes memory why =
            abi.encodeWithSelector(ICredentialEvents.StatusSetBy.selector, SOU, batch.leaves[0], SHANGHAI, ZHEJIANG);
        _leafRefused(ZHEJIANG, 0, VALID, ICredentialEvents.Reason.None, why);
        _lift(JIANGSU, batch, 0);
        assertEq(credentials.leafState(SOU, batch.leaves[0]).setBy, JIANGSU);
        _revoke(JIANGSU, batch, 1); // custodian of the anchoring province
        assertTrue(_statusOf(batch, 1) == REVOKED);
        why = abi.encodeWithSelector(ICredentialEvents.StatusByStranger.selector, SOU, batch.nodes[0], ZHEJIANG);
        _leafRefused(ZHEJIANG, 2, REVOKED, ICredentialEvents.Reason.Error, why);
    }

    /// The custodian of the province that accredits the institution now acts too.
    function test_custodian_ofTheAccreditingProvinceActs() public {
        _byMotion(address(institutions), abi.encodeCall(institutions.move, (SOU, ANHUI)));
        _makeRoom();
        _replace(ANHUI, JIANGSU);
        _revoke(JIANGSU, batch, 0);
        assertEq(credentials.leafState(SOU, batch.leaves[0]).setBy, JIANGSU);
    }

    /// "revoked, then anchored again | leaf status is kept by (institution, leaf), not by batch"
    function test_revokedThenAnchoredAgain_staysRevoked() public {
        _revoke(SHANGHAI, batch, 0);
        Certificate[] memory again = new Certificate[](2);
        (again[0], again[1]) = (batch.certificates[0], batch.certificates[1]);
        Sealed memory second = _seal(SOU, again);
        _anchor(SHANGHAI, _toBatch(second));
        uint256 at = second.leaves[0] == batch.leaves[0] ? 0 : 1;
        ICredentialRegistry.Proven memory proven = _proven(second, at, 0);
        assertTrue(proven.state.status == REVOKED);
        assertTrue(proven.batch.status == VALID);
        bytes memory why = abi.encodeWithSelector(ICredentialEvents.StatusRevoked.selector, SOU, batch.leaves[0]);
        bytes memory call = _statusCall(second, at, VALID, ICredentialEvents.Reason.None);
        _refused(operator[SHANGHAI], address(credentials), call, why);
    }

    // ---- helpers

    /// @dev A fifth member, so that one may go.
    function _makeRoom() private {
        _byMotion(address(consortium), abi.encodeCall(consortium.admit, (_founding(500000, "Chongqing"))));
    }

    function _leafRefused(
        uint32 province,
        uint256 index,
        ICredentialEvents.Status status,
        ICredentialEvents.Reason reason,
        bytes memory why
    ) private {
        _refused(operator[province], address(credentials), _statusCall(batch, index, status, reason), why);
    }
}
