// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICredentialEvents} from "../../contracts/interfaces/ICredentialEvents.sol";
import {ICredentialRegistry} from "../../contracts/interfaces/ICredentialRegistry.sol";
import {Certificates} from "./base/Certificates.sol";

/// @title Gas of what is called a thousand times, as snapshot lines to be reviewed as a diff (execution alone: the transaction's 21,000
/// and its calldata come on top). Each call starts from cold storage.
contract CredentialGasTest is Certificates {
    ICredentialEvents.Status private constant REVOKED = ICredentialEvents.Status.Revoked;

    function test_gas_anchor() public {
        _anchorSealed(SHANGHAI, SOU, 1, 1); // the day's and the heads' slots exist
        ICredentialRegistry.Batch memory batch = _batch(SOU, keccak256("root"), 32_000);
        ICredentialRegistry.Approval memory approval = _approval(batch);
        _cool();
        vm.prank(operator[SHANGHAI]);
        credentials.anchor(batch, approval);
        vm.snapshotGasLastCall("CredentialRegistry.anchor");
        assertEq(credentials.anchorOf(SOU, batch.root).leafCount, 32_000);
    }

    function test_gas_anchorMany10() public {
        _anchorSealed(SHANGHAI, SOU, 1, 1);
        ICredentialRegistry.Batch[] memory batches = new ICredentialRegistry.Batch[](10);
        ICredentialRegistry.Approval[] memory approvals = new ICredentialRegistry.Approval[](10);
        for (uint256 i; i < 10; ++i) {
            batches[i] = _batch(SOU, keccak256(abi.encode(i)), 100);
            approvals[i] = _approval(batches[i]);
        }
        _cool();
        vm.prank(operator[SHANGHAI]);
        credentials.anchorMany(batches, approvals);
        vm.snapshotGasLastCall("CredentialRegistry.anchorMany(10)");
        assertEq(credentials.anchoredToday(operator[SHANGHAI]), 1001);
    }

    function test_gas_attest1() public {
        _attest(1, "CredentialRegistry.attest(1)");
    }

    function test_gas_attest100() public {
        _attest(100, "CredentialRegistry.attest(100)");
    }

    function test_gas_setStatus1() public {
        _setStatus(1, "CredentialRegistry.setStatus(1 of 1024)");
    }

    function test_gas_setStatus100() public {
        _setStatus(100, "CredentialRegistry.setStatus(100 of 1024)");
    }

    function test_gas_setStatus1000() public {
        _setStatus(1000, "CredentialRegistry.setStatus(1000 of 1024)");
    }

    function test_gas_prove() public {
        Sealed memory batch = _anchorSealed(SHANGHAI, SOU, 1024, 1);
        _cool();
        ICredentialRegistry.Proven memory proven = _proven(batch, 77, 0x1f);
        vm.snapshotGasLastCall("CredentialRegistry.prove(5 facts, depth 10)");
        assertEq(proven.leaf, batch.leaves[77]);
    }

    function _attest(uint256 count, string memory name) private {
        ICredentialRegistry.BatchRef[] memory refs = new ICredentialRegistry.BatchRef[](count);
        for (uint256 i; i < count; ++i) {
            refs[i] = ICredentialRegistry.BatchRef(SOU, keccak256(abi.encode(i)));
            _anchor(SHANGHAI, _batch(SOU, refs[i].root, 1));
        }
        _cool();
        vm.prank(operator[ANHUI]);
        credentials.attest(refs);
        vm.snapshotGasLastCall(name);
        assertEq(credentials.anchorOf(SOU, refs[count - 1].root).attestations, 1);
    }

    /// @dev Leaves spread over the whole tree: the worst multiproof.
    function _setStatus(uint256 count, string memory name) private {
        Sealed memory batch = _anchorSealed(SHANGHAI, SOU, 1024, 1);
        uint256[] memory indices = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            indices[i] = i * 1024 / count;
        }
        bytes memory call = _statusCall(batch, indices, REVOKED, ICredentialEvents.Reason.Error);
        _cool();
        _as(operator[SHANGHAI], address(credentials), call);
        vm.snapshotGasLastCall(name);
        assertTrue(_statusOf(batch, indices[count - 1]) == REVOKED);
    }

    function _cool() private {
        vm.cool(address(consortium));
        vm.cool(address(directory));
        vm.cool(address(institutions));
        vm.cool(address(credentials));
    }
}
