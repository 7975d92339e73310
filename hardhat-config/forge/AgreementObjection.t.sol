// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAgreementEvents} from "../../contracts/interfaces/IAgreementEvents.sol";
import {IAgreementRegistry} from "../../contracts/interfaces/IAgreementRegistry.sol";
import {IGoverned} from "../../contracts/interfaces/IGoverned.sol";
import {Names} from "../../contracts/libraries/Names.sol";
import {Agreements} from "./base/Agreements.sol";

/// @title "An objection with a reason suspends, until all parties approve again or a motion settles it; after 90 days unsettled it lapses."
contract AgreementObjectionTest is Agreements {
    // ---- who objects, when

    function test_anObjectionSuspends() public {
        bytes32 agreement = _active();
        skip(10 days);
        _object(SHANGHAI, agreement);
        _is(agreement, IAgreementEvents.State.Objected);
        _was(agreement, _time() - 1, IAgreementEvents.State.Active);
        assertTrue(agreements.objectedBy(agreement, SHANGHAI));
        assertFalse(agreements.objectedBy(agreement, JIANGSU));
        assertEq(agreements.roundOf(agreement).number, 2);
        assertFalse(agreements.approvedBy(agreement, JIANGSU)); // a new round
        _no(JIANGSU, _objectCall(agreement), _badState(agreement, IAgreementEvents.State.Objected));
    }

    /// By any member during the public notice, by a party also while it is in force; "a decision counts until deadline + grace".
    function test_aMemberThatIsNoPartyObjectsDuringTheNoticeAndItsGraceOnly() public {
        bytes32 agreement = _proposed();
        _no(ANHUI, _objectCall(agreement), _badState(agreement, IAgreementEvents.State.Proposed));
        _no(JIANGSU, _objectCall(agreement), _badState(agreement, IAgreementEvents.State.Proposed));
        _approveByAll(agreement);
        uint64 last = _time() + PUBLIC_NOTICE + GRACE - 1;
        uint64[3] memory times = [_time(), _time() + PUBLIC_NOTICE, last]; // also after a halt of the whole notice
        for (uint256 i; i < 3; ++i) {
            uint256 snapshot = vm.snapshotState();
            vm.warp(times[i]);
            _object(ANHUI, agreement);
            _is(agreement, IAgreementEvents.State.Objected);
            vm.revertToState(snapshot);
        }
        vm.warp(last + 1);
        bytes memory why = abi.encodeWithSelector(IAgreementRegistry.AgreementNotParty.selector, agreement, ANHUI);
        _no(ANHUI, _objectCall(agreement), why);
        _object(SHANGHAI, agreement);
        _is(agreement, IAgreementEvents.State.Objected);
    }

    /// The grace is that of the first coming into force: put back into force later, it opens to others no more.
    function test_afterALaterObjectionOnlyPartiesObject() public {
        bytes32 agreement = _active();
        skip(GRACE);
        _object(SHANGHAI, agreement);
        _approveByAll(agreement);
        bytes memory why = abi.encodeWithSelector(IAgreementRegistry.AgreementNotParty.selector, agreement, ANHUI);
        _no(ANHUI, _objectCall(agreement), why);
    }

    /// Proposed in the notice and confirmed after its grace, an objection of a member that is no party comes too late.
    function test_anObjectionConfirmedAfterTheNoticeIsTooLateForOneWhoIsNoParty() public {
        bytes32 agreement = _noticed();
        skip(PUBLIC_NOTICE - 3 days);
        _as(lawyer[ANHUI], address(agreements), _objectCall(agreement));
        skip(3 days + GRACE);
        bytes memory why = abi.encodeWithSelector(IAgreementRegistry.AgreementNotParty.selector, agreement, ANHUI);
        _refused(admin[ANHUI], address(agreements), _objectCall(agreement), why);
        _is(agreement, IAgreementEvents.State.Active);
    }

    function test_eachProvinceObjectsOnce() public {
        bytes32 agreement = _active();
        _object(SHANGHAI, agreement);
        _approveByAll(agreement);
        bytes memory why =
            abi.encodeWithSelector(IAgreementRegistry.AgreementObjectedBefore.selector, agreement, SHANGHAI);
        _no(SHANGHAI, _objectCall(agreement), why);
        _object(JIANGSU, agreement);
        assertEq(agreements.roundOf(agreement).number, 3);
    }

    // ---- how it ends

    function test_allPartiesApprovingAgainPutItBackInForceAtOnce() public {
        bytes32 agreement = _active();
        uint64 begun = _time();
        skip(10 days);
        uint64 objected = _time();
        _object(SHANGHAI, agreement);
        skip(20 days);
        _approve(SHANGHAI, agreement);
        _approve(JIANGSU, agreement);
        _is(agreement, IAgreementEvents.State.Objected);
        _approve(ZHEJIANG, agreement);
        _is(agreement, IAgreementEvents.State.Active);
        assertEq(agreements.roundOf(agreement).begun, begun);
        // As-of times: each span is where it was.
        _was(agreement, begun - 1, IAgreementEvents.State.Notice);
        _was(agreement, begun, IAgreementEvents.State.Active);
        _was(agreement, objected - 1, IAgreementEvents.State.Active);
        _was(agreement, objected, IAgreementEvents.State.Objected);
        _was(agreement, _time() - 1, IAgreementEvents.State.Objected);
        _was(agreement, _time(), IAgreementEvents.State.Active);
    }

    function test_settledDuringTheNoticeItComesIntoForceWhenItWouldHave() public {
        bytes32 agreement = _noticed();
        uint64 from = _time() + PUBLIC_NOTICE;
        skip(1 days);
        _object(ANHUI, agreement);
        assertEq(agreements.roundOf(agreement).begun, 0);
        _was(agreement, from, IAgreementEvents.State.Objected);
        skip(1 days);
        _approveByAll(agreement);
        _was(agreement, from - 1, IAgreementEvents.State.Notice);
        _was(agreement, from, IAgreementEvents.State.Active);
    }

    /// After an objection, too, an approval is revocable until activation.
    function test_anApprovalGivenAgainIsRevocableUntilActivation() public {
        bytes32 agreement = _noticed();
        uint64 from = _time() + PUBLIC_NOTICE;
        _object(ANHUI, agreement);
        uint64 lapses = _time() + OBJECTION_LIFE;
        _approve(SHANGHAI, agreement);
        _revoke(SHANGHAI, agreement);
        _approveByAll(agreement);
        skip(1 days);
        _revoke(ZHEJIANG, agreement);
        _is(agreement, IAgreementEvents.State.Objected); // back to where the round began
        _was(agreement, lapses - 1, IAgreementEvents.State.Objected);
        _was(agreement, lapses, IAgreementEvents.State.Lapsed);
        skip(1 days);
        _approve(ZHEJIANG, agreement);
        _was(agreement, from, IAgreementEvents.State.Active);
    }

    function test_aMotionSettlesIt() public {
        bytes32 agreement = _active();
        _object(SHANGHAI, agreement);
        skip(1 days);
        _approve(JIANGSU, agreement);
        _settle(agreement, true);
        _is(agreement, IAgreementEvents.State.Active);
        assertFalse(agreements.approvedBy(agreement, JIANGSU)); // nothing is left to revoke
        _refused(
            address(consortium),
            address(agreements),
            _settleCall(agreement, true),
            _badState(agreement, IAgreementEvents.State.Active)
        );
    }

    function test_aMotionSettlesItDuringTheNotice() public {
        bytes32 agreement = _noticed();
        uint64 from = _time() + PUBLIC_NOTICE;
        _object(ANHUI, agreement);
        _settle(agreement, true);
        _was(agreement, from - 1, IAgreementEvents.State.Notice);
        _was(agreement, from, IAgreementEvents.State.Active);
        assertEq(agreements.roundOf(agreement).begun, from);
        uint32[] memory parties = agreements.outlineOf(agreement).parties;
        for (uint256 i; i < parties.length; ++i) {
            assertFalse(agreements.approvedBy(agreement, parties[i]));
            bytes memory why =
                abi.encodeWithSelector(IAgreementRegistry.AgreementNotApproved.selector, agreement, parties[i]);
            _no(parties[i], _revokeCall(agreement), why);
        }
    }

    function test_aMotionSettlesItAgainstTheAgreement() public {
        bytes32 agreement = _active();
        _object(SHANGHAI, agreement);
        skip(1 days);
        _settle(agreement, false);
        _is(agreement, IAgreementEvents.State.Lapsed);
        _was(agreement, _time() - 1, IAgreementEvents.State.Objected);
        _no(SHANGHAI, _approveCall(agreement), _badState(agreement, IAgreementEvents.State.Lapsed));
    }

    function test_onlyAMotionSettles() public {
        bytes32 agreement = _active();
        _object(SHANGHAI, agreement);
        bytes memory why =
            abi.encodeWithSelector(IGoverned.NotByMotion.selector, Names.AGREEMENT_REGISTRY, admin[SHANGHAI]);
        _refused(admin[SHANGHAI], address(agreements), _settleCall(agreement, false), why);
    }

    function test_after90DaysUnsettledItLapses() public {
        bytes32 agreement = _active();
        _object(SHANGHAI, agreement);
        uint64 lapses = _time() + 90 days;
        skip(90 days - 1);
        _is(agreement, IAgreementEvents.State.Objected);
        uint256 snapshot = vm.snapshotState();
        _settle(agreement, true);
        _is(agreement, IAgreementEvents.State.Active);
        vm.revertToState(snapshot);
        skip(1);
        _is(agreement, IAgreementEvents.State.Lapsed);
        assertEq(_time(), lapses);
        bytes memory why = _badState(agreement, IAgreementEvents.State.Lapsed);
        _refused(address(consortium), address(agreements), _settleCall(agreement, true), why);
        _no(JIANGSU, _withdrawCall(agreement), why);
    }

    /// Of two ends in one second it is the objection's: nobody settled it in time.
    function test_suspendedToTheVeryEndOfItsValidityItLapses() public {
        IAgreementEvents.Terms memory terms = _terms();
        bytes32 agreement = _propose(terms);
        _approveByAll(agreement);
        vm.warp(terms.until - OBJECTION_LIFE);
        _object(SHANGHAI, agreement);
        _was(agreement, terms.until - 1, IAgreementEvents.State.Objected);
        _was(agreement, terms.until, IAgreementEvents.State.Lapsed);
    }

    /// While it is suspended its validity may end, and then it is over for that reason.
    function test_suspendedAtTheEndOfItsValidityItExpires() public {
        IAgreementEvents.Terms memory terms = _terms();
        bytes32 agreement = _propose(terms);
        _approveByAll(agreement);
        vm.warp(terms.until - 1 days);
        _object(SHANGHAI, agreement);
        _was(agreement, terms.until - 1, IAgreementEvents.State.Objected);
        _was(agreement, terms.until, IAgreementEvents.State.Expired);
        _was(agreement, terms.until + 90 days, IAgreementEvents.State.Expired);
    }

    // ---- what was meant for another round

    /// An approval, a revocation and a settlement name the round they are meant for, so that none of before an objection counts after it.
    function test_whatWasSignedBeforeAnObjectionIsVoidAfterIt() public {
        bytes32 agreement = _noticed();
        _revoke(ZHEJIANG, agreement);
        bytes memory approval = _approveCall(agreement);
        bytes memory revocation = _revokeCall(agreement);
        _as(lawyer[ZHEJIANG], address(agreements), approval);
        _as(admin[ZHEJIANG], address(agreements), approval);
        _as(lawyer[ZHEJIANG], address(agreements), revocation); // half of one
        _object(ANHUI, agreement);
        bytes memory settlement = _settleCall(agreement, true);
        _approve(ZHEJIANG, agreement);
        bytes memory why = abi.encodeWithSelector(IAgreementRegistry.AgreementRound.selector, agreement, 2, 1);
        _refused(admin[ZHEJIANG], address(agreements), revocation, why);
        _refused(admin[JIANGSU], address(agreements), approval, why);
        _approve(JIANGSU, agreement);
        _approve(SHANGHAI, agreement);
        _object(SHANGHAI, agreement);
        why = abi.encodeWithSelector(IAgreementRegistry.AgreementRound.selector, agreement, 3, 2);
        _refused(address(consortium), address(agreements), settlement, why);
    }
}
