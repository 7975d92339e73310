// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAgreementEvents} from "../../contracts/interfaces/IAgreementEvents.sol";
import {IAgreementRegistry} from "../../contracts/interfaces/IAgreementRegistry.sol";
import {Agreements} from "./base/Agreements.sol";

/// @title "A successor's parties include all of the superseded one's, and there is at most one."
contract AgreementSupersessionTest is Agreements {
    bytes32 private _old;

    function setUp() public override {
        super.setUp();
        _old = _active();
    }

    // ---- what can be superseded

    function test_termsSupersedeWhatIsKnownAndNotOver() public {
        IAgreementEvents.Terms memory terms = _termsSuperseding("nothing");
        _no(
            JIANGSU,
            _proposeCall(terms),
            abi.encodeWithSelector(IAgreementRegistry.AgreementUnknown.selector, bytes32("nothing"))
        );
        bytes32 over = _proposed();
        _withdraw(JIANGSU, over);
        terms = _termsSuperseding(over);
        _no(JIANGSU, _proposeCall(terms), _badState(over, IAgreementEvents.State.Withdrawn));
        _propose(_termsSuperseding(_proposed())); // what was never in force, too
    }

    function test_aSuccessorsPartiesIncludeAllOfTheSupersededOnes() public {
        IAgreementEvents.Terms memory terms = _termsSuperseding(_old);
        terms.parties[0] = JIANGSU;
        terms.parties[1] = ZHEJIANG;
        terms.parties[2] = ANHUI; // instead of Shanghai
        terms.rules[1].sourceProvince = ANHUI;
        _no(
            JIANGSU,
            _proposeCall(terms),
            abi.encodeWithSelector(IAgreementRegistry.SuccessorWithoutParty.selector, _old, SHANGHAI)
        );
        terms.parties = new uint32[](4);
        (terms.parties[0], terms.parties[1], terms.parties[2], terms.parties[3]) = (SHANGHAI, JIANGSU, ZHEJIANG, ANHUI);
        _propose(terms);
    }

    // ---- when

    function test_anAgreementIsSupersededWhenItsSuccessorComesIntoForce() public {
        bytes32 next = _propose(_termsSuperseding(_old));
        _is(_old, IAgreementEvents.State.Active);
        assertEq(agreements.successorOf(_old), bytes32(0));
        _approveByAll(next);
        assertEq(agreements.successorOf(_old), next);
        uint64 from = _time() + PUBLIC_NOTICE;
        _is(_old, IAgreementEvents.State.Active);
        _was(_old, from - 1, IAgreementEvents.State.Active);
        _was(_old, from, IAgreementEvents.State.Superseded);
        _was(next, from - 1, IAgreementEvents.State.Notice);
        _was(next, from, IAgreementEvents.State.Active);
        vm.warp(from);
        bytes memory why = _badState(_old, IAgreementEvents.State.Superseded);
        _no(JIANGSU, _objectCall(_old), why);
        _no(JIANGSU, _withdrawCall(_old), why);
        IAgreementEvents.Terms memory terms = _termsSuperseding(_old);
        _no(JIANGSU, _proposeCall(terms), why);
        _propose(_termsSuperseding(next));
    }

    /// "Withdrawn, lapsed and superseded are final"
    /// Superseded is final, whatever becomes of the successor.
    function test_supersededItStaysSo() public {
        bytes32 next = _propose(_termsSuperseding(_old));
        _approveByAll(next);
        skip(PUBLIC_NOTICE);
        uint64 from = _time();
        _object(SHANGHAI, next); // in the very second in which it comes into force
        _is(_old, IAgreementEvents.State.Superseded);
        _withdraw(JIANGSU, next);
        skip(91 days);
        _is(next, IAgreementEvents.State.Withdrawn);
        _is(_old, IAgreementEvents.State.Superseded);
        _was(_old, from - 1, IAgreementEvents.State.Active);
    }

    /// The place is its own: objected to in its notice, or once in force, and approved by all again, it goes on as the successor that it is.
    function test_aSuccessorThatIsApprovedAgainKeepsItsPlace() public {
        bytes32 next = _propose(_termsSuperseding(_old));
        _approveByAll(next);
        _object(ANHUI, next);
        _is(_old, IAgreementEvents.State.Active);
        _approveByAll(next);
        _is(next, IAgreementEvents.State.Notice);
        assertEq(agreements.successorOf(_old), next);
        skip(PUBLIC_NOTICE);
        _is(next, IAgreementEvents.State.Active);
        _object(SHANGHAI, next);
        _approveByAll(next);
        _is(next, IAgreementEvents.State.Active);
        _is(_old, IAgreementEvents.State.Superseded);
    }

    /// "Withdrawn, lapsed and superseded are final: terms come back only as new terms."
    function test_identicalTermsAreRefusedAfterSupersession() public {
        IAgreementEvents.Terms memory terms = _terms();
        bytes32 first = _propose(terms);
        _approveByAll(first);
        skip(PUBLIC_NOTICE);
        _approveByAll(_propose(_termsSuperseding(first)));
        skip(PUBLIC_NOTICE);
        _is(first, IAgreementEvents.State.Superseded);
        _no(JIANGSU, _proposeCall(terms), abi.encodeWithSelector(IAgreementRegistry.AgreementKnown.selector, first));
        terms.nonce += 100;
        _is(_propose(terms), IAgreementEvents.State.Proposed);
    }

    /// In the grace after the notice a stranger cannot take from the parties what is in force, when what it superseded is gone.
    function test_whatSupersedesAnotherIsNotStoppedByAStrangerOnceInForce() public {
        bytes32 next = _propose(_termsSuperseding(_old));
        _approveByAll(next);
        skip(PUBLIC_NOTICE - 1);
        uint256 snapshot = vm.snapshotState();
        _object(ANHUI, next);
        skip(2);
        _is(_old, IAgreementEvents.State.Active); // stopped in its notice, it leaves the old one going
        vm.revertToState(snapshot);
        skip(1);
        bytes memory why = abi.encodeWithSelector(IAgreementRegistry.AgreementNotParty.selector, next, ANHUI);
        _no(ANHUI, _objectCall(next), why);
        _is(next, IAgreementEvents.State.Active);
        _is(_old, IAgreementEvents.State.Superseded);
    }

    /// What ended by itself before its successor came is not superseded.
    function test_whatWasOverBeforeIsNotSuperseded() public {
        bytes32 next = _propose(_termsSuperseding(_old));
        _withdraw(JIANGSU, _old);
        uint64 ends = _time() + WITHDRAWAL_NOTICE;
        vm.warp(ends - PUBLIC_NOTICE);
        _approveByAll(next); // comes in the second in which the other ends
        _was(_old, ends - 1, IAgreementEvents.State.Active);
        _was(_old, ends, IAgreementEvents.State.Withdrawn);
        _was(_old, type(uint64).max, IAgreementEvents.State.Withdrawn);
    }

    /// One second earlier, and it is.
    function test_whatItsSuccessorCameBeforeIsSuperseded() public {
        bytes32 next = _propose(_termsSuperseding(_old));
        _withdraw(JIANGSU, _old);
        uint64 ends = _time() + WITHDRAWAL_NOTICE;
        vm.warp(ends - PUBLIC_NOTICE - 1);
        _approveByAll(next);
        _was(_old, ends - 2, IAgreementEvents.State.Active);
        _was(_old, ends - 1, IAgreementEvents.State.Superseded);
        _was(_old, ends, IAgreementEvents.State.Superseded);
    }

    // ---- at most one

    function test_thereIsAtMostOneSuccessor() public {
        bytes32 next = _propose(_termsSuperseding(_old));
        bytes32 other = _propose(_termsSuperseding(_old));
        _approveByAll(next);
        _allButZhejiang(other);
        bytes memory why = abi.encodeWithSelector(IAgreementRegistry.AgreementSucceeded.selector, _old, next);
        _no(ZHEJIANG, _approveCall(other), why); // in its notice
        skip(1 days);
        _object(ANHUI, next);
        _no(ZHEJIANG, _approveCall(other), why); // suspended in its notice: it may go on
        _settle(next, true);
        skip(PUBLIC_NOTICE);
        _is(next, IAgreementEvents.State.Active);
        _no(ZHEJIANG, _approveCall(other), why); // in force
        _withdraw(JIANGSU, next);
        skip(WITHDRAWAL_NOTICE);
        _is(next, IAgreementEvents.State.Withdrawn);
        _no(ZHEJIANG, _approveCall(other), why); // and over, having been in force
        assertEq(agreements.successorOf(_old), next);
    }

    function test_aSuccessorThatEndedWithoutHavingBeenInForceGivesItsPlaceFree() public {
        bytes32 next = _propose(_termsSuperseding(_old));
        bytes32 other = _propose(_termsSuperseding(_old));
        _approveByAll(next);
        _allButZhejiang(other);
        _withdraw(SHANGHAI, next);
        _is(_old, IAgreementEvents.State.Active);
        _was(_old, _time() + PUBLIC_NOTICE, IAgreementEvents.State.Active);
        _approve(ZHEJIANG, other);
        assertEq(agreements.successorOf(_old), other);
        _was(_old, _time() + PUBLIC_NOTICE, IAgreementEvents.State.Superseded);
    }

    /// A successor that lost an approval in its notice holds nobody up, and asks again when it has them all.
    function test_aSuccessorThatLostAnApprovalGivesItsPlaceFree() public {
        bytes32 next = _propose(_termsSuperseding(_old));
        bytes32 other = _propose(_termsSuperseding(_old));
        _approveByAll(next);
        _allButZhejiang(other);
        _revoke(JIANGSU, next);
        _was(_old, _time() + PUBLIC_NOTICE, IAgreementEvents.State.Active);
        uint256 snapshot = vm.snapshotState();
        _approve(JIANGSU, next); // nobody came between
        _was(_old, _time() + PUBLIC_NOTICE, IAgreementEvents.State.Superseded);
        vm.revertToState(snapshot);
        _approve(ZHEJIANG, other);
        _no(
            JIANGSU,
            _approveCall(next),
            abi.encodeWithSelector(IAgreementRegistry.AgreementSucceeded.selector, _old, other)
        );
    }

    function test_aSuccessorSuspendedInItsNoticeThatLapsesGivesItsPlaceFree() public {
        bytes32 next = _propose(_termsSuperseding(_old));
        _approveByAll(next);
        _object(ANHUI, next);
        skip(OBJECTION_LIFE);
        _is(next, IAgreementEvents.State.Lapsed);
        bytes32 other = _propose(_termsSuperseding(_old));
        _approveByAll(other);
        assertEq(agreements.successorOf(_old), other);
    }

    /// An agreement and its successors stand one after the other.
    function test_aChainOfSuccessorsIsReadAtAnyTime() public {
        uint64[3] memory from;
        bytes32[3] memory chain;
        chain[0] = _old;
        from[0] = _time();
        for (uint256 i = 1; i < 3; ++i) {
            skip(10 days);
            chain[i] = _propose(_termsSuperseding(chain[i - 1]));
            _approveByAll(chain[i]);
            from[i] = _time() + PUBLIC_NOTICE;
            skip(PUBLIC_NOTICE);
        }
        for (uint256 i; i < 3; ++i) {
            _was(chain[i], from[i], IAgreementEvents.State.Active);
            if (i < 2) _was(chain[i], from[i + 1] - 1, IAgreementEvents.State.Active);
            if (i < 2) _was(chain[i], from[i + 1], IAgreementEvents.State.Superseded);
        }
    }

    function _allButZhejiang(bytes32 agreement) private {
        _approve(SHANGHAI, agreement);
        _approve(JIANGSU, agreement);
    }
}
