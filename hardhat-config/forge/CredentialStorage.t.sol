// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICredentialEvents} from "../../contracts/interfaces/ICredentialEvents.sol";
import {ICredentialRegistry} from "../../contracts/interfaces/ICredentialRegistry.sol";
import {IInstitutionEvents} from "../../contracts/interfaces/IInstitutionEvents.sol";
import {Calendar} from "../../contracts/libraries/Calendar.sol";
import {Facts} from "../../contracts/libraries/Facts.sol";
import {Certificates} from "./base/Certificates.sol";

/// @title docs/storage.md, slot by slot: what eth_getProof is asked for lies where the document says, for ever.
contract CredentialStorageTest is Certificates {
    // ---- CredentialRegistry

    /// "batch status by (institution, root)"
    function test_batch_liesAtItsDocumentedSlots() public {
        Sealed memory batch = _anchorSealed(SHANGHAI, SOU, 5, 1);
        bytes32 root = batch.nodes[0];
        ICredentialRegistry.BatchRef[] memory refs = new ICredentialRegistry.BatchRef[](1);
        refs[0] = ICredentialRegistry.BatchRef(SOU, root);
        vm.prank(operator[ANHUI]);
        credentials.attest(refs);
        skip(60);
        _setBatch(SHANGHAI, SOU, root, ICredentialEvents.Status.Suspended);

        uint256 slot = uint256(_nested(SOU, root, 1));
        assertEq(_load(address(credentials), slot), uint256(_toBatch(batch).manifest));
        uint256 word = _load(address(credentials), slot + 1);
        assertEq(uint32(word), 5);
        assertEq(uint32(word >> 32), SHANGHAI);
        assertEq(uint32(word >> 64), 1); // accreditation
        assertEq(uint64(word >> 96), START);
        assertEq(uint64(word >> 160), 1); // sequence
        assertEq(uint32(word >> 224), 1); // attestations
        word = _load(address(credentials), slot + 2);
        assertEq(uint8(word), uint8(ICredentialEvents.Status.Suspended));
        assertEq(uint8(word >> 8), uint8(ICredentialEvents.Reason.Error));
        assertEq(uint32(word >> 16), SHANGHAI);
        assertEq(uint64(word >> 48), START + 60);
        assertEq(word >> 112, 0);

        bytes32 attested = keccak256(abi.encode(uint256(ANHUI), _nested(SOU, root, 2)));
        assertEq(_load(address(credentials), uint256(attested)), 1);
        word = _load(address(credentials), uint256(keccak256(abi.encode(operator[SHANGHAI], uint256(3)))));
        assertEq(uint64(word), Calendar.dayOf(START));
        assertEq(uint32(word >> 64), 5);
    }

    /// "Leaf status by (institution, leaf)"
    function test_leafStatus_liesAtItsDocumentedSlots() public {
        Certificate[] memory made = new Certificate[](1);
        made[0] = _certificate(SOU, 1);
        Sealed memory old = _seal(SOU, made);
        Certificate[] memory again = new Certificate[](1);
        again[0] = _certificate(SOU, 2);
        again[0].values[Facts.CLAIM] = made[0].values[Facts.CLAIM];
        Sealed memory next = _seal(SOU, again);
        _anchor(SHANGHAI, _toBatch(old));
        _anchor(SHANGHAI, _toBatch(next));
        uint256 slot = uint256(_nested(SOU, old.leaves[0], 4));
        assertEq(_load(address(credentials), slot), 0);
        _as(operator[SHANGHAI], address(credentials), _supersedeCall(old, 0, next, 0));
        uint256 word = _load(address(credentials), slot);
        assertEq(uint8(word), uint8(ICredentialEvents.Status.Revoked));
        assertEq(uint8(word >> 8), uint8(ICredentialEvents.Reason.Superseded));
        assertEq(uint32(word >> 16), SHANGHAI);
        assertEq(uint64(word >> 48), START);
        assertEq(word >> 112, 0);
        assertEq(_load(address(credentials), slot + 1), uint256(next.leaves[0]));
        assertEq(_load(address(credentials), slot + 2), uint256(next.nodes[0]));
    }

    /// "a Head {bytes32 head; uint64 sequence} at a documented mapping slot": slot 0, the same in both.
    function test_heads_lieAtSlotZeroOfBoth() public {
        _anchorSealed(SHANGHAI, SOU, 1, 1);
        address[2] memory registries = [address(credentials), address(institutions)];
        for (uint256 i; i < registries.length; ++i) {
            uint256 slot = uint256(keccak256(abi.encode(uint256(SHANGHAI), uint256(0))));
            (bytes32 head, uint64 sequence) = i == 0 ? credentials.headOf(SHANGHAI) : institutions.headOf(SHANGHAI);
            assertEq(_load(registries[i], slot), uint256(head));
            assertEq(_load(registries[i], slot + 1), sequence);
            assertGt(sequence, 0);
        }
    }

    // ---- InstitutionRegistry

    function test_accreditation_liesAtItsDocumentedSlots() public {
        _as(lawyer[SHANGHAI], address(institutions), abi.encodeCall(institutions.suspend, (SOU)));
        uint256 slot = uint256(keccak256(abi.encode(SOU, uint256(1))));
        assertEq(_load(address(institutions), slot), 2); // the latest version
        assertEq(_load(address(institutions), slot + 1), 1); // checkpoints: two versions of one second share one
        uint256 checkpoint = _load(address(institutions), uint256(keccak256(abi.encode(slot + 1))));
        assertEq(uint48(checkpoint), START);
        assertEq(checkpoint >> 48, 2);
        uint256 word = _load(address(institutions), uint256(keccak256(abi.encode(uint256(2), slot + 2))));
        assertEq(uint32(word), SHANGHAI);
        assertEq(uint8(word >> 32), uint8(IInstitutionEvents.Standing.Suspended));
        assertEq(uint8(word >> 40), 0x0e);
        assertEq(uint8(word >> 48), 10);
        assertEq(uint32(word >> 56), 99_999);
        assertEq(uint64(word >> 88), START);
        assertEq(word >> 152, 0);
    }

    function test_permitsOfficersAndKeys_lieAtTheirDocumentedSlots() public {
        bytes32 publicKey = keccak256("a key");
        _byMotion(address(institutions), abi.encodeCall(institutions.permit, (AOU, ZHEJIANG)));
        bytes32 permit = keccak256(abi.encode(uint256(ZHEJIANG), keccak256(abi.encode(AOU, uint256(2)))));
        assertEq(_load(address(institutions), uint256(permit)), 1);

        _law(SHANGHAI, abi.encodeCall(institutions.retireOfficer, (SOU, officer[SOU], uint64(START + 9))));
        _law(SHANGHAI, abi.encodeCall(institutions.reportOfficer, (SOU, officer[SOU], uint64(START - 9))));
        bytes32 slot = keccak256(abi.encode(officer[SOU], keccak256(abi.encode(SOU, uint256(3)))));
        _checkTenure(uint256(slot), true);

        IInstitutionEvents.KeyKind kind = IInstitutionEvents.KeyKind.Agreement;
        _law(SHANGHAI, abi.encodeCall(institutions.addKey, (SOU, kind, publicKey, 0)));
        _law(SHANGHAI, abi.encodeCall(institutions.retireKey, (SOU, publicKey, uint64(START + 9))));
        _law(SHANGHAI, abi.encodeCall(institutions.reportKey, (SOU, publicKey, uint64(START - 9))));
        slot = _nested(SOU, publicKey, 4);
        _checkTenure(uint256(slot), false);
        assertEq(_load(address(institutions), uint256(slot) + 1), uint8(kind));
    }

    function test_aliases_lieAtTheirDocumentedSlots() public {
        bytes32 from = keccak256("from");
        bytes32 to = keccak256("to");
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256(
                    "Alias(bytes32 institution,bytes32 outcome,bytes32 canonicalInstitution,bytes32 canonicalOutcome,uint64 deadline)"
                ),
                SOU,
                from,
                SOU,
                to,
                type(uint64).max
            )
        );
        bytes32 digest = _typedData(address(institutions), "Huren InstitutionRegistry", structHash);
        bytes memory signed = signature(keyOf[officer[SOU]], digest);
        _law(SHANGHAI, abi.encodeCall(institutions.setAlias, (SOU, from, SOU, to, type(uint64).max, signed, signed)));
        uint256 slot = uint256(_nested(SOU, from, 5));
        assertEq(_load(address(institutions), slot), uint256(SOU));
        assertEq(_load(address(institutions), slot + 1), uint256(to));
        assertEq(_load(address(institutions), slot + 2), START);
        assertEq(_load(address(institutions), uint256(_nested(SOU, to, 6))), 1);
    }

    // ---- helpers

    function _checkTenure(uint256 slot, bool founding) private view {
        uint256 word = _load(address(institutions), slot);
        assertEq(uint64(word), START);
        assertEq(uint64(word >> 64), START + 9);
        assertEq(uint64(word >> 128), START - 9);
        assertEq(uint8(word >> 192), founding ? 1 : 0);
        assertEq(uint32(word >> 200), SHANGHAI);
    }

    /// @dev Of mapping(first => mapping(second => …)) at `slot`.
    function _nested(bytes32 first, bytes32 second, uint256 slot) private pure returns (bytes32) {
        return keccak256(abi.encode(second, keccak256(abi.encode(first, slot))));
    }

    function _load(address target, uint256 slot) private view returns (uint256) {
        return uint256(vm.load(target, bytes32(slot)));
    }
}
