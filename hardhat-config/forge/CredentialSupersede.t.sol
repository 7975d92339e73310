// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICredentialEvents} from "../../contracts/interfaces/ICredentialEvents.sol";
import {ICredentialRegistry} from "../../contracts/interfaces/ICredentialRegistry.sol";
import {Facts} from "../../contracts/libraries/Facts.sol";
import {Roles} from "../../contracts/libraries/Roles.sol";
import {Tree} from "../../contracts/libraries/Tree.sol";
import {Certificates} from "./base/Certificates.sol";
import {Trees} from "./base/Trees.sol";

/// @title "superseded carries a successor leaf proven under a root of the same institution, with the same claim opened on both."
contract CredentialSupersedeTest is Certificates {
    /// The same claim three times (a certificate, its reissue, the reissue's reissue) and a stranger, each a batch of its own with a
    /// second leaf beside it.
    function _fourth(uint256 version, uint256 claimOf) private pure returns (Sealed memory) {
        Certificate[] memory made = new Certificate[](2);
        made[0] = _certificate(SOU, version);
        made[0].values[Facts.CLAIM] = uint256(keccak256(abi.encode("claim of", claimOf)));
        made[1] = _certificate(SOU, version + 1000);
        return _seal(SOU, made);
    }

    function _issue(uint256 version, uint256 claimOf) private returns (Sealed memory batch, uint256 at) {
        batch = _fourth(version, claimOf);
        at = batch.certificates[0].values[Facts.CLAIM] == uint256(keccak256(abi.encode("claim of", claimOf))) ? 0 : 1;
        _anchor(SHANGHAI, _toBatch(batch));
    }

    function test_supersede_revokesTheOldLeafAndNamesItsSuccessor() public {
        (Sealed memory old, uint256 a) = _issue(1, 7);
        (Sealed memory next, uint256 b) = _issue(2, 7);
        bytes memory call = _supersedeCall(old, a, next, b);
        vm.expectEmit(true, true, true, false, address(credentials));
        emit ICredentialEvents.LeafStatusSet(
            SHANGHAI,
            SOU,
            old.leaves[a],
            old.nodes[0],
            ICredentialEvents.Status.Revoked,
            ICredentialEvents.Reason.Superseded,
            next.leaves[b],
            next.nodes[0],
            operator[SHANGHAI],
            3,
            0
        );
        _as(operator[SHANGHAI], address(credentials), call);
        ICredentialRegistry.LeafState memory state = credentials.leafState(SOU, old.leaves[a]);
        assertTrue(state.status == ICredentialEvents.Status.Revoked);
        assertTrue(state.reason == ICredentialEvents.Reason.Superseded);
        assertEq(state.successor, next.leaves[b]);
        assertEq(state.successorRoot, next.nodes[0]);
        assertEq(state.setBy, SHANGHAI);
        assertEq(state.since, block.timestamp);
        assertTrue(_statusOf(next, b) == ICredentialEvents.Status.Valid);

        (, uint64 sequence) = credentials.headOf(SHANGHAI);
        _as(operator[SHANGHAI], address(credentials), call); // already in that state: skipped
        (, uint64 same) = credentials.headOf(SHANGHAI);
        assertEq(sequence, same);
    }

    /// A suspended certificate is superseded too, by whoever may revoke it.
    function test_supersede_worksFromSuspended() public {
        (Sealed memory old, uint256 a) = _issue(1, 7);
        (Sealed memory next, uint256 b) = _issue(2, 7);
        _suspend(SHANGHAI, old, a);
        _as(operator[SHANGHAI], address(credentials), _supersedeCall(old, a, next, b));
        assertTrue(_statusOf(old, a) == ICredentialEvents.Status.Revoked);
    }

    /// Links only ever lead from a revoked leaf to one that was good: a chain of successors never closes.
    function test_supersede_neverMakesACircle() public {
        (Sealed memory first, uint256 a) = _issue(1, 7);
        (Sealed memory second, uint256 b) = _issue(2, 7);
        (Sealed memory third, uint256 c) = _issue(3, 7);
        _as(operator[SHANGHAI], address(credentials), _supersedeCall(first, a, second, b));
        _as(operator[SHANGHAI], address(credentials), _supersedeCall(second, b, third, c));
        bytes memory why = abi.encodeWithSelector(
            ICredentialEvents.SupersedeByBad.selector,
            first.leaves[a],
            ICredentialEvents.Status.Revoked,
            ICredentialEvents.Status.Valid
        );
        _supersedeRefused(third, c, first, a, why);
        why = abi.encodeWithSelector(ICredentialEvents.SupersedeMismatch.selector, third.leaves[c], third.leaves[c]);
        _supersedeRefused(third, c, third, c, why);
    }

    /// "Revoked (final)": neither the reason nor the successor of a revoked leaf changes.
    function test_supersede_revertsWith_aRevokedLeaf() public {
        (Sealed memory first, uint256 a) = _issue(1, 7);
        (Sealed memory second, uint256 b) = _issue(2, 7);
        (Sealed memory third, uint256 c) = _issue(3, 7);
        _revoke(SHANGHAI, first, a);
        bytes memory why = abi.encodeWithSelector(ICredentialEvents.StatusRevoked.selector, SOU, first.leaves[a]);
        _supersedeRefused(first, a, second, b, why);
        _as(operator[SHANGHAI], address(credentials), _supersedeCall(second, b, third, c));
        (Sealed memory fourth, uint256 d) = _issue(4, 7);
        why = abi.encodeWithSelector(ICredentialEvents.StatusRevoked.selector, SOU, second.leaves[b]);
        _supersedeRefused(second, b, fourth, d, why);
        assertEq(credentials.leafState(SOU, second.leaves[b]).successor, third.leaves[c]);
    }

    function test_supersede_revertsWith_aSuccessorThatIsNotGood() public {
        (Sealed memory old, uint256 a) = _issue(1, 7);
        (Sealed memory next, uint256 b) = _issue(2, 7);
        _suspend(SHANGHAI, next, b);
        bytes memory why = abi.encodeWithSelector(
            ICredentialEvents.SupersedeByBad.selector,
            next.leaves[b],
            ICredentialEvents.Status.Suspended,
            ICredentialEvents.Status.Valid
        );
        _supersedeRefused(old, a, next, b, why);
        _lift(SHANGHAI, next, b);
        _setBatch(SHANGHAI, SOU, next.nodes[0], ICredentialEvents.Status.Suspended);
        why = abi.encodeWithSelector(
            ICredentialEvents.SupersedeByBad.selector,
            next.leaves[b],
            ICredentialEvents.Status.Valid,
            ICredentialEvents.Status.Suspended
        );
        _supersedeRefused(old, a, next, b, why);
    }

    /// "with the same claim opened on both"
    function test_supersede_revertsWith_anotherOrAClosedClaim() public {
        (Sealed memory old, uint256 a) = _issue(1, 7);
        (Sealed memory stranger, uint256 b) = _issue(2, 8);
        bytes memory why =
            abi.encodeWithSelector(ICredentialEvents.SupersedeMismatch.selector, old.leaves[a], stranger.leaves[b]);
        _supersedeRefused(old, a, stranger, b, why);
        (Sealed memory next, uint256 c) = _issue(3, 7);
        uint8[2][3] memory masks = [[uint8(0x01), 0x03], [uint8(0x03), 0x01], [uint8(0x7d), 0]];
        for (uint256 i; i < masks.length; ++i) {
            bytes memory call = abi.encodeCall(
                credentials.supersede,
                (
                    _opening(old.certificates[a], masks[i][0]),
                    old.nodes[0],
                    Trees.proofOf(old.nodes, a),
                    _opening(next.certificates[c], masks[i][1]),
                    next.nodes[0],
                    Trees.proofOf(next.nodes, c)
                )
            );
            why = abi.encodeWithSelector(ICredentialEvents.SupersedeClaimClosed.selector, masks[i][0], masks[i][1]);
            _refused(operator[SHANGHAI], address(credentials), call, why);
        }
    }

    /// "proven under a root of the same institution"
    function test_supersede_revertsWith_anotherInstitutionOrAnUnprovenLeaf() public {
        (Sealed memory old, uint256 a) = _issue(1, 7);
        Certificate[] memory made = new Certificate[](1);
        made[0] = _certificate(JOU, 1);
        made[0].values[Facts.CLAIM] = old.certificates[a].values[Facts.CLAIM];
        Sealed memory foreign = _seal(JOU, made);
        _anchor(JIANGSU, _toBatch(foreign));
        bytes memory why =
            abi.encodeWithSelector(ICredentialEvents.SupersedeMismatch.selector, old.leaves[a], foreign.leaves[0]);
        _supersedeRefused(old, a, foreign, 0, why);

        (Sealed memory next, uint256 b) = _issue(2, 7);
        Sealed memory forged = _fourth(3, 7);
        forged.nodes[0] = next.nodes[0];
        why = abi.encodeWithSelector(Tree.TreeProofInvalid.selector, next.nodes[0]);
        _supersedeRefused(old, a, forged, b, why);
        forged = _fourth(4, 7);
        forged.nodes[0] = old.nodes[0];
        why = abi.encodeWithSelector(Tree.TreeProofInvalid.selector, old.nodes[0]);
        _supersedeRefused(forged, a, next, b, why);
    }

    /// Acting as for any revocation.
    function test_supersede_revertsWith_aStrangerOrAnAccountWithoutTheRole() public {
        (Sealed memory old, uint256 a) = _issue(1, 7);
        (Sealed memory next, uint256 b) = _issue(2, 7);
        bytes memory call = _supersedeCall(old, a, next, b);
        bytes memory why =
            abi.encodeWithSelector(ICredentialEvents.StatusByStranger.selector, SOU, old.nodes[0], JIANGSU);
        _refused(operator[JIANGSU], address(credentials), call, why);
        _refused(lawyer[SHANGHAI], address(credentials), call, _unauthorised(lawyer[SHANGHAI], Roles.STATUS));
        _byMotion(address(institutions), abi.encodeCall(institutions.move, (SOU, JIANGSU)));
        _as(operator[JIANGSU], address(credentials), call);
        assertEq(credentials.leafState(SOU, old.leaves[a]).setBy, JIANGSU);
    }

    function _supersedeRefused(Sealed memory old, uint256 index, Sealed memory next, uint256 at, bytes memory why)
        private
    {
        _refused(operator[SHANGHAI], address(credentials), _supersedeCall(old, index, next, at), why);
    }
}
