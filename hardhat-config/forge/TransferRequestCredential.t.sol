// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

import {IAgreementEvents} from "../../contracts/interfaces/IAgreementEvents.sol";
import {ICredentialEvents} from "../../contracts/interfaces/ICredentialEvents.sol";
import {ICredentialRegistry} from "../../contracts/interfaces/ICredentialRegistry.sol";
import {ITransferEvents} from "../../contracts/interfaces/ITransferEvents.sol";
import {Facts} from "../../contracts/libraries/Facts.sol";
import {Tree} from "../../contracts/libraries/Tree.sol";
import {Recognition} from "./base/Recognition.sol";
import {Trees} from "./base/Trees.sol";

/// @title "request: an operator of the source province; opening, proof, rule, target institution, digest of the learner's consent. …
/// Checked: leaf of that institution, batch attested by another province, status good, rule active and matching, claim neither live nor
/// retired. It locks the claim and stores the quote."
contract TransferRequestCredentialTest is Recognition {
    ICredentialEvents.Status private constant VALID = ICredentialEvents.Status.Valid;
    ICredentialEvents.Status private constant SUSPENDED = ICredentialEvents.Status.Suspended;
    ICredentialEvents.Status private constant REVOKED = ICredentialEvents.Status.Revoked;

    // ---- the credential

    function test_request_onALeafRevokedOrSuspendedIsRefused() public {
        Held memory held = _issue(1);
        _setLeaf(held, SUSPENDED);
        _askRefused(held, _application(CLERKS), _badStatus(held, SUSPENDED, VALID));
        _setLeaf(held, REVOKED);
        _askRefused(held, _application(CLERKS), _badStatus(held, REVOKED, VALID));
    }

    function test_request_onALeafOfABatchRevokedOrSuspendedIsRefused() public {
        Held memory held = _issue(1);
        _setBatch(JIANGSU, JOU, held.batch.nodes[0], SUSPENDED);
        _askRefused(held, _application(CLERKS), _badStatus(held, VALID, SUSPENDED));
        _setBatch(JIANGSU, JOU, held.batch.nodes[0], REVOKED);
        _askRefused(held, _application(CLERKS), _badStatus(held, VALID, REVOKED));
    }

    /// "anchoring again is how good leaves leave a revoked batch"
    function test_request_onAGoodLeafAnchoredAgainSucceeds() public {
        Certificate memory made = _clerk(1, 0);
        Held memory held = _issue(made);
        _setBatch(JIANGSU, JOU, held.batch.nodes[0], REVOKED);
        Certificate[] memory alone = new Certificate[](1);
        alone[0] = made;
        Held memory again;
        again.batch = _seal(JOU, alone);
        _anchor(JIANGSU, _toBatch(again.batch));
        _attest(ANHUI, again.batch);
        _accept(_ask(again, CLERKS), ENROLMENT, QUOTED);
    }

    /// A leaf of another institution's batch.
    function test_request_onAForeignLeafIsRefused() public {
        Held memory held = _issue(1);
        Held memory foreign = _issue(_certificate(SOU, 3));
        held.batch.nodes[0] = foreign.batch.nodes[0];
        bytes memory why = abi.encodeWithSelector(ICredentialEvents.BatchUnknown.selector, JOU, held.batch.nodes[0]);
        _askRefused(held, _application(CLERKS), why);
    }

    function test_request_onALeafNeverAnchoredIsRefused() public {
        Held memory held = _sealTwo(_clerk(1, 0));
        bytes memory why = abi.encodeWithSelector(ICredentialEvents.BatchUnknown.selector, JOU, held.batch.nodes[0]);
        _askRefused(held, _application(CLERKS), why);
        Held memory other = _issue(2);
        held.batch.nodes[0] = other.batch.nodes[0]; // under a root that is anchored
        why = abi.encodeWithSelector(Tree.TreeProofInvalid.selector, other.batch.nodes[0]);
        _askRefused(held, _application(CLERKS), why);
    }

    /// "requests need another province's attestation of the manifest"
    /// "batch attested by another province": than the one that anchored it and the one that asks.
    function test_request_onALeafUnattestedIsRefused() public {
        Held memory held = _anchorOnly(_clerk(1, 0));
        bytes memory why = abi.encodeWithSelector(ITransferEvents.TransferUnattested.selector, JOU, held.batch.nodes[0]);
        _askRefused(held, _application(CLERKS), why);
        _attest(ZHEJIANG, held.batch);
        _ask(held, CLERKS);
    }

    /// "requests need another province's attestation of the manifest"
    /// After a move, the asking province's own attestation of the former one's batch says nothing.
    function test_request_onALeafAttestedByTheAskingProvinceAloneIsRefused() public {
        Certificate memory made = _certificate(SOU, 4);
        made.values = _facts();
        (made.values[Facts.OUTCOME], made.values[Facts.CATEGORY]) = (uint256(keccak256("DEGREE")), 1);
        Held memory held = _anchorOnly(made);
        _byMotion(address(institutions), abi.encodeCall(institutions.move, (SOU, JIANGSU)));
        _attest(JIANGSU, held.batch);
        bytes memory why = abi.encodeWithSelector(ITransferEvents.TransferUnattested.selector, SOU, held.batch.nodes[0]);
        _askRefused(held, _application(DEGREES), why);
        _attest(ANHUI, held.batch);
        _ask(held, DEGREES);
    }

    function test_request_withAFactAlteredByOneIsRefused() public {
        for (uint256 k; k < 7; ++k) {
            Held memory held = _issue(k);
            Certificate memory made = held.batch.certificates[held.index];
            made.values[k] -= 1;
            bytes memory why = abi.encodeWithSelector(Tree.TreeProofInvalid.selector, held.batch.nodes[0]);
            _askRefused(held, _application(CLERKS), why);
            made.values[k] += 1;
            _ask(held, CLERKS);
        }
    }

    function test_request_needsOutcomeAndClaimOpened() public {
        Held memory held = _issue(1);
        uint8[3] memory masks = [uint8(0x7e), 0x7d, 0x7c];
        for (uint256 i; i < masks.length; ++i) {
            bytes memory why = abi.encodeWithSelector(ITransferEvents.TransferOpening.selector, masks[i]);
            _refused(operator[JIANGSU], address(ledger), _requestCall(held, _application(CLERKS), masks[i]), why);
        }
    }

    /// "opens only the facts that the rule reads, on chain (outcome and claim always)": SHANGHAIS names no grade, DEGREES no month.
    function test_request_opensOnlyWhatTheRuleReads() public {
        Certificate memory made = _clerk(1, 0);
        (made.values[Facts.OUTCOME], made.values[Facts.CATEGORY]) = (uint256(keccak256("DEGREE")), 1);
        Held memory held = _issue(made);
        bytes memory call = _requestCall(held, _application(DEGREES), 0x0f);
        bytes memory why = _refusal(DEGREES, IAgreementEvents.Refusal.FactClosed);
        _refused(operator[JIANGSU], address(ledger), call, why);
        _as(operator[JIANGSU], address(ledger), _requestCall(held, _application(DEGREES), 0x1f));
    }

    /// An inner node with its own true proof, which any check that takes a hash for a leaf would pass: a leaf's hash is made here of what is
    /// opened, twice hashed, so that the node can stand for a commitment or for facts, and never for a leaf.
    function test_request_withAnInnerNodeAsALeafIsRefused() public {
        (Sealed memory batch, uint256 index) = _sealFour(1);
        _anchor(JIANGSU, _toBatch(batch));
        _attest(ANHUI, batch);
        bytes32 root = batch.nodes[0];
        bytes32[] memory proof = new bytes32[](1);
        (bytes32 inner, bytes32 sibling) = (batch.nodes[1], batch.nodes[2]);
        proof[0] = sibling;
        assertTrue(MerkleProof.verify(proof, root, inner));
        bytes memory why = abi.encodeWithSelector(Tree.TreeProofInvalid.selector, root);
        for (uint256 which; which < 3; ++which) {
            ICredentialRegistry.Opening memory opening = _opening(batch.certificates[index], OPEN_ALL);
            if (which == 0) opening.commitment = inner;
            if (which == 1) opening.salts[0] = inner; // of the outcome's digest
            bytes memory call = abi.encodeCall(ledger.request, (_application(CLERKS), opening, root, proof));
            _refused(operator[JIANGSU], address(ledger), call, why);
        }
        _ask(Held(batch, index), CLERKS);
    }

    /// A batch that says two leaves over a tree of four: the proof is true, and longer than a tree of two is deep.
    function test_request_withAProofLongerThanTheTreeIsRefused() public {
        (Sealed memory batch, uint256 index) = _sealFour(1);
        ICredentialRegistry.Batch memory said = _toBatch(batch);
        bytes32[] memory proof = Trees.proofOf(batch.nodes, index);
        assertEq(proof.length, 2);
        assertTrue(MerkleProof.verify(proof, batch.nodes[0], batch.leaves[index]));
        bytes memory call = abi.encodeCall(
            ledger.request, (_application(CLERKS), _opening(batch.certificates[index], OPEN_ALL), batch.nodes[0], proof)
        );
        uint256 before = vm.snapshotState();
        said.leafCount = 2;
        _anchor(JIANGSU, said);
        _attest(ANHUI, batch);
        bytes memory why = abi.encodeWithSelector(Tree.TreeProofTooLong.selector, 2, 2);
        _refused(operator[JIANGSU], address(ledger), call, why);
        vm.revertToState(before);
        said.leafCount = 4; // as many as there are: the same call is made
        _anchor(JIANGSU, said);
        _attest(ANHUI, batch);
        _as(operator[JIANGSU], address(ledger), call);
    }

    /// The multiproof is setStatus's: of nothing, with the root itself for a proof, it is true and proves nothing, so that no transfer is
    /// flagged by it.
    function test_emptyMultiproof_flagsNoTransfer() public {
        Held memory held = _issue(1);
        Asked memory asked = _accepted(held);
        bytes32 root = held.batch.nodes[0];
        bytes32[] memory proof = new bytes32[](1);
        proof[0] = root;
        assertTrue(MerkleProof.multiProofVerify(proof, new bool[](0), root, new bytes32[](0)));
        bytes memory why = abi.encodeWithSelector(Tree.TreeNothingProven.selector);
        _refused(operator[JIANGSU], address(credentials), _statusOfNone(root, proof), why);
        _refused(operator[JIANGSU], address(credentials), _statusOfNone(root, new bytes32[](0)), why);
        _standsAs(asked, ITransferEvents.Standing.Accepted);
        _setLeaf(held, REVOKED); // what a multiproof of the leaf itself does
        _standsAs(asked, ITransferEvents.Standing.Flagged);
    }

    // ---- helpers

    function _badStatus(Held memory held, ICredentialEvents.Status own, ICredentialEvents.Status batch)
        private
        pure
        returns (bytes memory)
    {
        return
            abi.encodeWithSelector(ITransferEvents.TransferStatus.selector, held.batch.leaves[held.index], own, batch);
    }

    /// @dev Four certificates of JOU in one batch, neither anchored nor attested; the clerk's of `person` at `index`.
    function _sealFour(uint256 person) private view returns (Sealed memory batch, uint256 index) {
        Certificate[] memory four = new Certificate[](4);
        four[0] = _clerk(person, 0);
        for (uint256 i = 1; i < 4; ++i) {
            four[i] = _certificate(JOU, 100 + i);
        }
        bytes32 leaf = _leafOf(four[0]);
        batch = _seal(JOU, four);
        while (batch.leaves[index] != leaf) ++index;
    }

    function _statusOfNone(bytes32 root, bytes32[] memory proof) private view returns (bytes memory) {
        return abi.encodeCall(
            credentials.setStatus,
            (
                JOU,
                root,
                new ICredentialRegistry.Content[](0),
                proof,
                new bool[](0),
                REVOKED,
                ICredentialEvents.Reason.Error
            )
        );
    }
}
