// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICredentialEvents} from "../../contracts/interfaces/ICredentialEvents.sol";
import {ICredentialRegistry} from "../../contracts/interfaces/ICredentialRegistry.sol";
import {Facts} from "../../contracts/libraries/Facts.sol";
import {Leaf} from "../../contracts/libraries/Leaf.sol";
import {Tree} from "../../contracts/libraries/Tree.sol";
import {Certificates} from "./base/Certificates.sol";
import {Trees} from "./base/Trees.sol";

/// @title "prove(opening, root, proof) → leaf, facts, batch, status: a view, the one place of the leaf law."
contract CredentialProveTest is Certificates {
    /// "the one place that proves a leaf"
    function testFuzz_prove_saysWhatWasOpenedAndNothingElse(uint256 count, uint256 index, uint8 mask, uint256 seed)
        public
    {
        count = bound(count, 1, 20);
        index = bound(index, 0, count - 1);
        mask = uint8(bound(mask, 0, 0x7f));
        Sealed memory batch = _anchorSealed(SHANGHAI, SOU, count, seed);
        ICredentialRegistry.Proven memory proven = _proven(batch, index, mask);
        assertEq(proven.leaf, batch.leaves[index]);
        assertEq(proven.mask, mask);
        for (uint256 k; k < 7; ++k) {
            assertEq(proven.values[k], mask >> k & 1 == 1 ? batch.certificates[index].values[k] : 0);
        }
        assertEq(keccak256(abi.encode(proven.batch)), keccak256(abi.encode(credentials.anchorOf(SOU, batch.nodes[0]))));
        assertTrue(proven.state.status == ICredentialEvents.Status.Valid);
    }

    /// "what has since been suspended or revoked, when and why"
    function test_prove_saysTheStatusOfLeafAndBatch() public {
        Sealed memory batch = _anchorSealed(SHANGHAI, SOU, 3, 1);
        _suspend(SHANGHAI, batch, 1);
        _setBatch(SHANGHAI, SOU, batch.nodes[0], ICredentialEvents.Status.Revoked);
        ICredentialRegistry.Proven memory proven = _proven(batch, 1, 0x7f);
        assertTrue(proven.state.status == ICredentialEvents.Status.Suspended);
        assertTrue(proven.batch.status == ICredentialEvents.Status.Revoked);
        assertEq(proven.state.setBy, SHANGHAI);
    }

    /// "another province locks a victim's claim | the institution is inside the leaf, and must be the batch's own"
    function test_anotherProvince_cannotProveAVictimsLeafAsItsOwn() public {
        Sealed memory batch = _anchorSealed(SHANGHAI, SOU, 3, 1);
        // Jiangsu anchors the very same root for its own institution; the leaves in it still name SOU.
        ICredentialRegistry.Batch memory copied = _toBatch(batch);
        copied.institution = JOU;
        _anchor(JIANGSU, copied);
        ICredentialRegistry.Opening memory opening = _opening(batch.certificates[0], OUTCOME_AND_CLAIM);
        opening.institution = JOU;
        bytes memory why = abi.encodeWithSelector(Tree.TreeProofInvalid.selector, batch.nodes[0]);
        _proveRefused(opening, batch.nodes[0], Trees.proofOf(batch.nodes, 0), why);
    }

    /// "An unknown root or institution is an error, never 'valid'."
    function test_prove_revertsWith_anUnknownRootOrInstitution() public {
        Sealed memory batch = _anchorSealed(SHANGHAI, SOU, 3, 1);
        ICredentialRegistry.Opening memory opening = _opening(batch.certificates[0], 0);
        bytes32[] memory proof = Trees.proofOf(batch.nodes, 0);
        bytes memory why = abi.encodeWithSelector(ICredentialEvents.BatchUnknown.selector, SOU, batch.nodes[1]);
        _proveRefused(opening, batch.nodes[1], proof, why);
        opening.institution = AOU;
        why = abi.encodeWithSelector(ICredentialEvents.BatchUnknown.selector, AOU, batch.nodes[0]);
        _proveRefused(opening, batch.nodes[0], proof, why);
        assertEq(credentials.anchorOf(AOU, batch.nodes[0]).anchoredAt, 0);
    }

    function test_prove_revertsWith_aMisshapenOpening() public {
        Sealed memory batch = _anchorSealed(SHANGHAI, SOU, 3, 1);
        bytes32[] memory proof = Trees.proofOf(batch.nodes, 0);
        ICredentialRegistry.Opening memory opening = _opening(batch.certificates[0], 0x7f);
        opening.mask = 0xff;
        bytes memory why = abi.encodeWithSelector(Leaf.LeafMaskOutOfRange.selector, 0xff);
        _proveRefused(opening, batch.nodes[0], proof, why);
        opening = _opening(batch.certificates[0], 0x03);
        opening.mask = 0x02;
        why = abi.encodeWithSelector(Leaf.LeafOpeningMisshapen.selector, 2, 2, 2, 5);
        _proveRefused(opening, batch.nodes[0], proof, why);
    }

    /// An altered value, salt, digest or commitment hashes to a leaf that no batch holds.
    function testFuzz_prove_revertsWith_anAlteredOpening(uint8 mask, uint8 part, uint256 at, uint256 change) public {
        mask = uint8(bound(mask, 0, 3)); // outcome and claim have no range that would refuse them earlier
        change = bound(change, 1, type(uint256).max);
        Sealed memory batch = _anchorSealed(SHANGHAI, SOU, 3, 1);
        ICredentialRegistry.Opening memory opening = _opening(batch.certificates[2], mask);
        part = uint8(bound(part, 0, 3));
        if (part == 1 && opening.values.length > 0) opening.values[at % opening.values.length] ^= change;
        else if (part == 2 && opening.salts.length > 0) _flip(opening.salts, at, change);
        else if (part == 3) _flip(opening.digests, at, change);
        else opening.commitment = bytes32(uint256(opening.commitment) ^ change);
        bytes memory why = abi.encodeWithSelector(Tree.TreeProofInvalid.selector, batch.nodes[0]);
        _proveRefused(opening, batch.nodes[0], Trees.proofOf(batch.nodes, 2), why);
    }

    function test_prove_revertsWith_theProofOfAnotherLeaf() public {
        Sealed memory batch = _anchorSealed(SHANGHAI, SOU, 5, 1);
        ICredentialRegistry.Opening memory opening = _opening(batch.certificates[2], 0);
        bytes memory why = abi.encodeWithSelector(Tree.TreeProofInvalid.selector, batch.nodes[0]);
        _proveRefused(opening, batch.nodes[0], Trees.proofOf(batch.nodes, 3), why);
        _proveRefused(opening, batch.nodes[0], new bytes32[](0), why);
    }

    /// "Out-of-range values revert where they are opened", though the leaf itself is anchored; closed, they say nothing.
    function test_prove_revertsWith_factsThatDoNotExist() public {
        uint256[2][6] memory bad = [
            [uint256(2), 4],
            [uint256(3), 0],
            [uint256(4), 100_000],
            [uint256(5), 100],
            [uint256(6), 681],
            [uint256(2), 0]
        ];
        uint256[5] memory most = [uint256(3), 10, 99_999, 20, 680];
        for (uint256 i; i < bad.length; ++i) {
            Certificate[] memory made = new Certificate[](1);
            made[0] = _certificate(SOU, i);
            made[0].values[bad[i][0]] = bad[i][1];
            Sealed memory batch = _seal(SOU, made);
            _anchor(SHANGHAI, _toBatch(batch));
            bytes memory why =
                abi.encodeWithSelector(Facts.FactOutOfRange.selector, bad[i][0], bad[i][1], most[bad[i][0] - 2]);
            _proveRefused(_opening(made[0], 0x7f), batch.nodes[0], new bytes32[](0), why);
            _proveRefused(_opening(made[0], uint8(1 << bad[i][0])), batch.nodes[0], new bytes32[](0), why);
            ICredentialRegistry.Proven memory proven = _proven(batch, 0, uint8(0x7f ^ (1 << bad[i][0])));
            assertEq(proven.leaf, batch.leaves[0]);
        }
    }

    /// "spare leaves anchored today, shown in years with an old date | 'existed by', never 'issued on'; … requests need another province's
    /// attestation of the manifest": an award after its anchor is refused, by the month of UTC+8; who attested is there to be asked.
    function test_spareLeavesAnchoredToday_cannotAwardAfterTheirAnchor() public {
        // 2026-09-30T15:59:59Z is the last second of September in UTC+8.
        vm.warp(1_790_783_999);
        Certificate[] memory made = new Certificate[](1);
        made[0] = _certificate(SOU, 1);
        made[0].values[Facts.MONTH] = 681; // October 2026
        Sealed memory batch = _seal(SOU, made);
        _anchor(SHANGHAI, _toBatch(batch));
        bytes memory why = abi.encodeWithSelector(Facts.FactOutOfRange.selector, Facts.MONTH, 681, 680);
        _proveRefused(_opening(made[0], 0x7f), batch.nodes[0], new bytes32[](0), why);
        assertEq(credentials.anchorOf(SOU, batch.nodes[0]).attestations, 0);

        vm.warp(1_790_784_000);
        made[0] = _certificate(SOU, 2);
        made[0].values[Facts.MONTH] = 681;
        batch = _seal(SOU, made);
        _anchor(SHANGHAI, _toBatch(batch));
        ICredentialRegistry.Proven memory proven = _proven(batch, 0, 0x7f);
        assertEq(proven.values[Facts.MONTH], 681);
        assertEq(proven.batch.anchoredAt, 1_790_784_000); // "existed by"
    }

    /// The known answers of leaf.json, anchored and opened on chain.
    function test_knownAnswers_areProvenOnChain() public {
        string memory json = vm.readFile("tests/vectors/leaf.json");
        vm.warp(1_800_000_000);
        for (uint256 c; c < 7; ++c) {
            string memory at = string.concat(".credentials[", vm.toString(c), "].");
            bytes32 institution = vm.parseJsonBytes32(json, string.concat(at, "institution"));
            bytes32 leaf = vm.parseJsonBytes32(json, string.concat(at, "leaf"));
            ICredentialRegistry.Opening memory opening = _known(json, at, institution);
            // A batch of this one leaf: its root is the leaf. Written as anchored by the institution's own province.
            uint32 province = institution == SOU ? SHANGHAI : institution == JOU ? JIANGSU : ANHUI;
            if (province == ANHUI && institutions.provinceOf(AOU) == 0) _accredit(ANHUI, AOU, "officer of AOU");
            _anchor(province, _batch(institution, leaf, 1));
            ICredentialRegistry.Proven memory proven = credentials.prove(opening, leaf, new bytes32[](0));
            assertEq(proven.leaf, leaf);
            assertEq(proven.values[Facts.CREDITS], vm.parseJsonUint(json, string.concat(at, "credits")));
        }
    }

    // ---- helpers

    function _known(string memory json, string memory at, bytes32 institution)
        private
        pure
        returns (ICredentialRegistry.Opening memory opening)
    {
        opening.commitment = vm.parseJsonBytes32(json, string.concat(at, "commitment"));
        opening.institution = institution;
        opening.mask = 0x7f;
        opening.values = new uint256[](7);
        opening.values[0] = uint256(vm.parseJsonBytes32(json, string.concat(at, "outcome")));
        opening.values[1] = uint256(vm.parseJsonBytes32(json, string.concat(at, "claim")));
        opening.values[2] = vm.parseJsonUint(json, string.concat(at, "category"));
        opening.values[3] = vm.parseJsonUint(json, string.concat(at, "level"));
        opening.values[4] = vm.parseJsonUint(json, string.concat(at, "credits"));
        opening.values[5] = vm.parseJsonUint(json, string.concat(at, "gradeStep"));
        opening.values[6] = vm.parseJsonUint(json, string.concat(at, "awardedMonth"));
        opening.salts = vm.parseJsonBytes32Array(json, string.concat(at, "factSalts"));
    }

    function _flip(bytes32[] memory words, uint256 at, uint256 change) private pure {
        at %= words.length;
        words[at] = bytes32(uint256(words[at]) ^ change);
    }

    function _proveRefused(
        ICredentialRegistry.Opening memory opening,
        bytes32 root,
        bytes32[] memory proof,
        bytes memory why
    ) private {
        _refused(address(this), address(credentials), abi.encodeCall(credentials.prove, (opening, root, proof)), why);
    }
}
