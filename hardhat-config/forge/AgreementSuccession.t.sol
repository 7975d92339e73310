// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {AgreementRegistry} from "../../contracts/AgreementRegistry.sol";
import {IAgreementEvents} from "../../contracts/interfaces/IAgreementEvents.sol";
import {IAgreementRegistry} from "../../contracts/interfaces/IAgreementRegistry.sol";
import {IGoverned} from "../../contracts/interfaces/IGoverned.sol";
import {Names} from "../../contracts/libraries/Names.sol";
import {Agreements} from "./base/Agreements.sol";

/// @title "Once a successor is named, EVERY write of the old contract reverts; the successor accepts writes for old records": the rules are read
/// through the predecessor, approvals, objections and the times in force go on.
contract AgreementSuccessionTest is Agreements {
    AgreementRegistry private _old;
    bytes32 private _halfApproved;
    bytes32 private _inForce;
    bytes32 private _suspended;
    bytes32 private _replaced;
    bytes32 private _replacing;
    uint64 private _begun;
    uint64 private _successionAt;

    function setUp() public override {
        super.setUp();
        _suspended = _noticed();
        _replaced = _noticed();
        _inForce = _noticed();
        skip(PUBLIC_NOTICE);
        _begun = _time();
        _object(SHANGHAI, _suspended);
        _approve(SHANGHAI, _suspended);
        _replacing = _propose(_termsSuperseding(_replaced));
        _approveByAll(_replacing);
        _halfApproved = _proposed();
        _approve(SHANGHAI, _halfApproved);
        _approve(JIANGSU, _halfApproved);
        skip(1 days);
        _old = agreements;
        agreements = new AgreementRegistry(consortium, directory, address(_old));
        _succeed(Names.AGREEMENT_REGISTRY, address(agreements));
        _successionAt = _time();
    }

    function test_successor_answersAsItsPredecessorDid() public view {
        bytes32[6] memory ids = [_halfApproved, _inForce, _suspended, _replaced, _replacing, bytes32("nothing")];
        uint64[6] memory times = [uint64(0), _begun - 1, _begun, _begun + 1, _successionAt, _successionAt + 100 days];
        for (uint256 i; i < ids.length; ++i) {
            for (uint256 t; t < times.length; ++t) {
                assertEq(uint8(agreements.stateAt(ids[i], times[t])), uint8(_old.stateAt(ids[i], times[t])));
                assertEq(abi.encode(agreements.standAt(ids[i], times[t])), abi.encode(_old.standAt(ids[i], times[t])));
            }
            assertEq(abi.encode(agreements.outlineOf(ids[i])), abi.encode(_old.outlineOf(ids[i])));
            assertEq(abi.encode(agreements.roundOf(ids[i])), abi.encode(_old.roundOf(ids[i])));
            assertEq(abi.encode(agreements.ruleOf(ids[i], 0)), abi.encode(_old.ruleOf(ids[i], 0)));
            assertEq(agreements.successorOf(ids[i]), _old.successorOf(ids[i]));
            assertEq(agreements.approvedBy(ids[i], SHANGHAI), _old.approvedBy(ids[i], SHANGHAI));
            assertEq(agreements.objectedBy(ids[i], SHANGHAI), _old.objectedBy(ids[i], SHANGHAI));
        }
        assertTrue(agreements.objectedBy(_suspended, SHANGHAI));
        assertEq(agreements.successorOf(_replaced), _replacing);
    }

    function test_successor_quotesByRulesOfItsPredecessor() public view {
        (uint32 credits,) = agreements.quote(_inForce, 0, JOU, 1, 0x7f, _facts(), _time());
        assertEq(credits, 333);
    }

    function test_successor_goesOnWithApprovals() public {
        _approve(ZHEJIANG, _halfApproved);
        _was(_halfApproved, _time() + PUBLIC_NOTICE, IAgreementEvents.State.Active);
        _was(_halfApproved, _time() - 1, IAgreementEvents.State.Proposed); // asked of the predecessor
        _was(_halfApproved, _begun - 1, IAgreementEvents.State.Unknown);
        assertTrue(agreements.approvedBy(_halfApproved, SHANGHAI));
        assertEq(uint8(_old.stateAt(_halfApproved, type(uint64).max)), uint8(IAgreementEvents.State.Lapsed));
    }

    function test_successor_goesOnWithTheTimesInForce() public {
        _withdraw(JIANGSU, _inForce);
        uint64 ends = _time() + WITHDRAWAL_NOTICE;
        _was(_inForce, _begun - 1, IAgreementEvents.State.Notice);
        _was(_inForce, _begun, IAgreementEvents.State.Active);
        _was(_inForce, ends - 1, IAgreementEvents.State.Active);
        _was(_inForce, ends, IAgreementEvents.State.Withdrawn);
        _object(JIANGSU, _inForce);
        assertEq(agreements.roundOf(_inForce).number, 2);
        assertEq(agreements.roundOf(_inForce).begun, _begun);
    }

    function test_successor_goesOnWithASuspension() public {
        bytes memory why =
            abi.encodeWithSelector(IAgreementRegistry.AgreementObjectedBefore.selector, _suspended, SHANGHAI);
        _approve(JIANGSU, _suspended);
        _approve(ZHEJIANG, _suspended); // Shanghai's approval was given in the old contract
        _is(_suspended, IAgreementEvents.State.Active);
        _no(SHANGHAI, _objectCall(_suspended), why);
    }

    /// A place that was taken stays taken, and one that was lost is taken anew.
    function test_successor_knowsWhatSupersedesWhat() public {
        bytes32 other = _propose(_termsSuperseding(_replaced));
        _approve(SHANGHAI, other);
        _approve(JIANGSU, other);
        bytes memory why = abi.encodeWithSelector(IAgreementRegistry.AgreementSucceeded.selector, _replaced, _replacing);
        _no(ZHEJIANG, _approveCall(other), why);
        _withdraw(SHANGHAI, _replacing);
        _approve(ZHEJIANG, other);
        assertEq(agreements.successorOf(_replaced), other);
        _was(_replaced, _time() + PUBLIC_NOTICE - 1, IAgreementEvents.State.Active);
        _was(_replaced, _time() + PUBLIC_NOTICE, IAgreementEvents.State.Superseded);
    }

    function test_successor_refusesIdenticalTermsAndTakesItsOwn() public {
        IAgreementEvents.Terms memory terms = _terms(); // of the new registry
        bytes32 agreement = _propose(terms);
        _is(agreement, IAgreementEvents.State.Proposed);
        terms.registry = address(_old);
        bytes memory why = abi.encodeWithSelector(
            IAgreementRegistry.TermsInvalid.selector, bytes32("registry"), uint160(address(_old))
        );
        _no(JIANGSU, _proposeCall(terms), why);
    }

    /// "heads continue"
    function test_successor_continuesTheHeads() public {
        (bytes32 head, uint64 sequence) = _old.headOf(JIANGSU);
        (bytes32 same, uint64 count) = agreements.headOf(JIANGSU);
        assertEq(same, head);
        assertEq(count, sequence);
        _withdraw(JIANGSU, _halfApproved);
        bytes32 fields = keccak256(abi.encode(JIANGSU, _halfApproved, _time()));
        head = keccak256(abi.encode(head, sequence + 1, uint16(605), _time(), admin[JIANGSU], fields));
        (same, count) = agreements.headOf(JIANGSU);
        assertEq(same, head);
        assertEq(count, sequence + 1);
    }

    /// "every write of the old one reverts"; and a contract that is not in force yet writes nothing either.
    function test_everyWriteOfAContractNotInForceReverts() public {
        AgreementRegistry next = new AgreementRegistry(consortium, directory, address(agreements));
        bytes memory why =
            abi.encodeWithSelector(IGoverned.Superseded.selector, Names.AGREEMENT_REGISTRY, address(agreements));
        bytes[] memory calls = new bytes[](6);
        calls[0] = _proposeCall(_terms());
        calls[1] = _approveCall(_halfApproved);
        calls[2] = _revokeCall(_halfApproved);
        calls[3] = _objectCall(_inForce);
        calls[4] = _settleCall(_suspended, true);
        calls[5] = _withdrawCall(_inForce);
        for (uint256 i; i < calls.length; ++i) {
            _refused(lawyer[JIANGSU], address(_old), calls[i], why);
            _refused(address(consortium), address(_old), calls[i], why);
            _refused(lawyer[JIANGSU], address(next), calls[i], why);
        }
    }
}
