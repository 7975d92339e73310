// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {CredentialRegistry} from "../../contracts/CredentialRegistry.sol";
import {ICredentialEvents} from "../../contracts/interfaces/ICredentialEvents.sol";
import {ICredentialRegistry} from "../../contracts/interfaces/ICredentialRegistry.sol";
import {RegistryHandler} from "./base/RegistryHandler.sol";
import {Test} from "./base/Test.sol";

/// @title Invariants 4 and 6 of the ledger (and 8 as far as it concerns the registries: the model asks whether a member can act).
contract CredentialInvariantTest is Test {
    bytes32 private constant SOU = "123100004250004560";
    RegistryHandler private _handler;

    function setUp() public {
        _handler = new RegistryHandler();
        _handler.setUp();
        bytes4[] memory selectors = new bytes4[](11);
        selectors[0] = RegistryHandler.anchor.selector;
        selectors[1] = RegistryHandler.attest.selector;
        selectors[2] = RegistryHandler.setLeaf.selector;
        selectors[3] = RegistryHandler.setBatch.selector;
        selectors[4] = RegistryHandler.supersede.selector;
        selectors[5] = RegistryHandler.move.selector;
        selectors[6] = RegistryHandler.suspendOrResume.selector;
        selectors[7] = RegistryHandler.pause.selector;
        selectors[8] = RegistryHandler.expel.selector;
        selectors[9] = RegistryHandler.wait.selector;
        selectors[10] = RegistryHandler.succeed.selector;
        targetSelector(address(_handler), selectors);
        targetContract(address(_handler));
    }

    /// "4 only those named above change a status": each call was accepted exactly where the model of the law accepts it, and the states
    /// are those of the model.
    function invariant_onlyThoseNamedChangeAStatus() public view {
        assertEq(_handler.disagreements(), 0, _handler.firstDisagreement());
        CredentialRegistry registry = _handler.registry();
        for (uint256 i; i < _handler.CERTIFICATES(); ++i) {
            ICredentialRegistry.LeafState memory state = registry.leafState(SOU, _handler.leaf(i));
            assertEq(uint8(state.status), _handler.status(i));
            assertEq(state.setBy, _handler.setBy(i));
            assertEq(state.successor, _handler.successor(i));
        }
        for (uint256 b; b < _handler.batchCount(); ++b) {
            (, bytes32 root, uint32 province, uint8 status, uint32 setBy) = _handler.batches(b);
            ICredentialRegistry.Anchor memory batch = registry.anchorOf(SOU, root);
            assertEq(batch.province, province);
            assertEq(uint8(batch.status), status);
            assertEq(batch.setBy, setBy);
        }
    }

    /// "4 … Revoked never changes, and no anchoring makes a leaf valid that setStatus revoked": by its own state, and as it is proven under
    /// the newest batch.
    function invariant_revokedNeverChanges() public view {
        uint256 count = _handler.batchCount();
        for (uint256 i; i < _handler.CERTIFICATES(); ++i) {
            if (!_handler.everRevoked(i)) continue;
            ICredentialRegistry.LeafState memory state = _handler.registry().leafState(SOU, _handler.leaf(i));
            assertTrue(state.status == ICredentialEvents.Status.Revoked);
            (uint256 members,,,,) = _handler.batches(count - 1);
            if (members >> i & 1 == 0) continue;
            assertTrue(_handler.provenOf(count - 1, i).state.status == ICredentialEvents.Status.Revoked);
        }
    }

    /// "6 heads recomputed from the events equal the heads stored"
    function invariant_headsFollowFromTheEvents() public view {
        address registry = address(_handler.registry());
        for (uint256 i; i < 5; ++i) {
            uint64 subject = _handler.provinces(i);
            (bytes32 head, uint64 sequence) = _handler.oracle().headOf(registry, subject);
            (bytes32 stored, uint64 count) = CredentialRegistry(registry).headOf(subject);
            assertEq(count, sequence);
            if (sequence != 0) assertEq(stored, head);
        }
    }

    /// The handler does what its name says, so that the invariants above speak of something: every action succeeds at least once here.
    function test_handler_reachesEveryAction() public {
        _handler.anchor(0xff);
        _handler.anchor(0x0f);
        _handler.attest(1, 0);
        _handler.setLeaf(0, 0, 0, 1);
        _handler.setLeaf(0, 1, 0, 0);
        _handler.setLeaf(0, 0, 0, 2);
        _handler.setLeaf(0, 0, 0, 0); // refused: final
        _handler.setLeaf(2, 0, 1, 1); // refused: a stranger
        _handler.supersede(0, 0, 2, 1, 3);
        _handler.supersede(0, 0, 2, 1, 3); // skipped
        _handler.supersede(0, 0, 4, 1, 3); // refused: another claim
        _handler.move(2);
        _handler.setLeaf(2, 0, 5, 1);
        _handler.setBatch(0, 1, 1);
        _handler.setBatch(2, 1, 0); // refused: not the setter
        _handler.anchor(0x30);
        _handler.suspendOrResume();
        _handler.anchor(0x70); // refused: suspended
        _handler.suspendOrResume();
        _handler.pause(1);
        _handler.attest(1, 1); // refused: paused
        _handler.wait(100 days);
        _handler.expel(0, 1);
        _handler.setBatch(1, 1, 0); // the custodian lifts
        _handler.succeed();
        _handler.anchor(0x3f);
        _handler.setLeaf(2, 0, 6, 1);
        string[9] memory actions =
            ["anchor", "attest", "setLeaf", "setBatch", "supersede", "move", "pause", "expel", "succeed"];
        for (uint256 i; i < actions.length; ++i) {
            assertGt(_handler.done(actions[i]), 0, actions[i]);
        }
        assertGt(_handler.oracle().events(), 10);
        invariant_onlyThoseNamedChangeAStatus();
        invariant_revokedNeverChanges();
        invariant_headsFollowFromTheEvents();
    }
}
