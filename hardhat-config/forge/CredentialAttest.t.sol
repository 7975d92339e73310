// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICredentialEvents} from "../../contracts/interfaces/ICredentialEvents.sol";
import {ICredentialRegistry} from "../../contracts/interfaces/ICredentialRegistry.sol";
import {Roles} from "../../contracts/libraries/Roles.sol";
import {Certificates} from "./base/Certificates.sol";

/// @title "attest(institution, root)[]: another province's gateway states that it fetched and checked the manifest (gateways do it by
/// themselves, in bulk)."
contract CredentialAttestTest is Certificates {
    bytes32 private constant ROOT = keccak256("a root");

    function setUp() public override {
        super.setUp();
        _anchor(SHANGHAI, _batch(SOU, ROOT, 3));
    }

    function test_attest_countsEachOtherProvinceOnce() public {
        bytes32 head = keccak256(abi.encode(block.chainid, address(credentials), uint64(ZHEJIANG)));
        bytes32 fields = keccak256(abi.encode(ZHEJIANG, SOU, ROOT));
        head = keccak256(abi.encode(head, uint64(1), uint16(401), block.timestamp, operator[ZHEJIANG], fields));
        vm.expectEmit(address(credentials));
        emit ICredentialEvents.Attested(ZHEJIANG, SOU, ROOT, operator[ZHEJIANG], 1, head);
        _attest(operator[ZHEJIANG], _refs(1));
        _attest(operator[ZHEJIANG], _refs(1)); // skipped: once per province
        _attest(admin[ZHEJIANG], _refs(1));
        assertEq(credentials.anchorOf(SOU, ROOT).attestations, 1);
        (, uint64 sequence) = credentials.headOf(ZHEJIANG);
        assertEq(sequence, 1);
        _attest(operator[ANHUI], _refs(1));
        assertEq(credentials.anchorOf(SOU, ROOT).attestations, 2);
        assertTrue(credentials.attestedBy(SOU, ROOT, ZHEJIANG));
        assertTrue(credentials.attestedBy(SOU, ROOT, ANHUI));
        assertFalse(credentials.attestedBy(SOU, ROOT, JIANGSU));
        assertFalse(credentials.attestedBy(JOU, ROOT, ZHEJIANG));
    }

    function test_attest_takesManyAtOnce() public {
        for (uint256 i; i < 5; ++i) {
            _anchor(SHANGHAI, _batch(SOU, keccak256(abi.encode(i)), 1));
        }
        _attest(operator[JIANGSU], _refs(6));
        for (uint256 i; i < 5; ++i) {
            assertEq(credentials.anchorOf(SOU, keccak256(abi.encode(i))).attestations, 1);
        }
    }

    function test_attest_revertsWith_ownUnknownOrUnauthorised() public {
        bytes memory call = abi.encodeCall(credentials.attest, (_refs(1)));
        bytes memory why = abi.encodeWithSelector(ICredentialEvents.AttestOwnBatch.selector, SOU, ROOT, SHANGHAI);
        _refused(operator[SHANGHAI], address(credentials), call, why);
        _refused(lawyer[JIANGSU], address(credentials), call, _unauthorised(lawyer[JIANGSU], Roles.ATTEST));
        ICredentialRegistry.BatchRef[] memory unknown = new ICredentialRegistry.BatchRef[](2);
        (unknown[0], unknown[1]) = (ICredentialRegistry.BatchRef(SOU, ROOT), ICredentialRegistry.BatchRef(JOU, ROOT));
        why = abi.encodeWithSelector(ICredentialEvents.BatchUnknown.selector, JOU, ROOT);
        _refused(operator[JIANGSU], address(credentials), abi.encodeCall(credentials.attest, (unknown)), why);
        assertEq(credentials.anchorOf(SOU, ROOT).attestations, 0);
    }

    /// The province that anchored does not attest, wherever the institution has moved since; the one it moved to does.
    function test_attest_looksAtWhoAnchored() public {
        _byMotion(address(institutions), abi.encodeCall(institutions.move, (SOU, JIANGSU)));
        bytes memory why = abi.encodeWithSelector(ICredentialEvents.AttestOwnBatch.selector, SOU, ROOT, SHANGHAI);
        _refused(operator[SHANGHAI], address(credentials), abi.encodeCall(credentials.attest, (_refs(1))), why);
        _attest(operator[JIANGSU], _refs(1));
        assertTrue(credentials.attestedBy(SOU, ROOT, JIANGSU));
    }

    function _refs(uint256 count) private pure returns (ICredentialRegistry.BatchRef[] memory refs) {
        refs = new ICredentialRegistry.BatchRef[](count);
        refs[0] = ICredentialRegistry.BatchRef(SOU, ROOT);
        for (uint256 i = 1; i < count; ++i) {
            refs[i] = ICredentialRegistry.BatchRef(SOU, keccak256(abi.encode(i - 1)));
        }
    }

    function _attest(address account, ICredentialRegistry.BatchRef[] memory refs) private {
        vm.prank(account);
        credentials.attest(refs);
    }
}
