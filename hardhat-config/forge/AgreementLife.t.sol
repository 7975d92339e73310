// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAgreementEvents} from "../../contracts/interfaces/IAgreementEvents.sol";
import {IAgreementRegistry} from "../../contracts/interfaces/IAgreementRegistry.sol";
import {IConsortium} from "../../contracts/interfaces/IConsortium.sol";
import {IConsortiumEvents} from "../../contracts/interfaces/IConsortiumEvents.sol";
import {Roles} from "../../contracts/libraries/Roles.sol";
import {Agreements} from "./base/Agreements.sol";

/// @title "Approval is revocable until activation. Active once every party approved and the public notice (default 7 days) passed."
contract AgreementLifeTest is Agreements {
    // ---- into force

    function test_activeOnceEveryPartyApprovedAndThePublicNoticePassed() public {
        bytes32 agreement = _proposed();
        _approve(SHANGHAI, agreement);
        _approve(ZHEJIANG, agreement);
        skip(5 days);
        _is(agreement, IAgreementEvents.State.Proposed);
        _approve(JIANGSU, agreement);
        uint64 from = _time() + PUBLIC_NOTICE;
        _is(agreement, IAgreementEvents.State.Notice);
        assertEq(agreements.roundOf(agreement).begun, from);
        _was(agreement, from - 1, IAgreementEvents.State.Notice); // half-open, as things are now
        _was(agreement, from, IAgreementEvents.State.Active);
        skip(PUBLIC_NOTICE - 1);
        _is(agreement, IAgreementEvents.State.Notice);
        skip(1);
        _is(agreement, IAgreementEvents.State.Active);
    }

    function test_beforeItsValidityBeginsItIsInNotice() public {
        IAgreementEvents.Terms memory terms = _terms();
        terms.from += 100 days;
        terms.rules[0].from = terms.rules[1].from = terms.from;
        bytes32 agreement = _propose(terms);
        _approveByAll(agreement);
        _was(agreement, terms.from - 1, IAgreementEvents.State.Notice);
        _was(agreement, terms.from, IAgreementEvents.State.Active);
    }

    function test_itExpiresWithItsValidity() public {
        IAgreementEvents.Terms memory terms = _terms();
        bytes32 agreement = _propose(terms);
        _approveByAll(agreement);
        _was(agreement, terms.until - 1, IAgreementEvents.State.Active);
        _was(agreement, terms.until, IAgreementEvents.State.Expired);
        _was(agreement, type(uint64).max, IAgreementEvents.State.Expired);
        vm.warp(terms.until);
        bytes memory why = _badState(agreement, IAgreementEvents.State.Expired);
        _no(JIANGSU, _approveCall(agreement), why);
        _no(JIANGSU, _revokeCall(agreement), why);
        _no(JIANGSU, _objectCall(agreement), why);
        _no(JIANGSU, _withdrawCall(agreement), why);
        _refused(address(consortium), address(agreements), _settleCall(agreement, true), why);
    }

    // ---- approvals

    /// "approval, objection and withdrawal of agreements"
    /// "binding acts: … approval, objection and withdrawal of agreements"
    function test_oneAccountAloneNeitherApprovesNorRevokesNorObjectsNorWithdraws() public {
        bytes32 agreement = _active();
        bytes[2] memory calls = [_objectCall(agreement), _withdrawCall(agreement)];
        for (uint256 i; i < 2; ++i) {
            _as(lawyer[JIANGSU], address(agreements), calls[i]);
            _refusedAgain(calls[i]);
        }
        _is(agreement, IAgreementEvents.State.Active);
        assertEq(agreements.standAt(agreement, type(uint64).max).ends, agreements.outlineOf(agreement).until);

        agreement = _proposed();
        _as(lawyer[JIANGSU], address(agreements), _approveCall(agreement));
        _refusedAgain(_approveCall(agreement));
        assertFalse(agreements.approvedBy(agreement, JIANGSU));
        _as(admin[JIANGSU], address(agreements), _approveCall(agreement));
        assertTrue(agreements.approvedBy(agreement, JIANGSU));
        _as(lawyer[JIANGSU], address(agreements), _revokeCall(agreement));
        _refusedAgain(_revokeCall(agreement));
        assertTrue(agreements.approvedBy(agreement, JIANGSU));
    }

    function test_onlyLawActsForAParty() public {
        bytes32 agreement = _proposed();
        address[2] memory strangers = [operator[JIANGSU], address(this)];
        for (uint256 i; i < 2; ++i) {
            bytes memory why = _unauthorised(strangers[i], Roles.LAW);
            _refused(strangers[i], address(agreements), _approveCall(agreement), why);
            _refused(strangers[i], address(agreements), _revokeCall(agreement), why);
            _refused(strangers[i], address(agreements), _objectCall(agreement), why);
            _refused(strangers[i], address(agreements), _withdrawCall(agreement), why);
        }
    }

    function test_aMemberThatIsNoPartyNeitherApprovesNorRevokesNorWithdraws() public {
        bytes32 agreement = _proposed();
        bytes memory why = abi.encodeWithSelector(IAgreementRegistry.AgreementNotParty.selector, agreement, ANHUI);
        _no(ANHUI, _approveCall(agreement), why);
        _no(ANHUI, _revokeCall(agreement), why);
        _no(ANHUI, _withdrawCall(agreement), why);
        assertFalse(agreements.approvedBy(agreement, ANHUI));
    }

    function test_aPartyApprovesOnceARound() public {
        bytes32 agreement = _proposed();
        _approve(JIANGSU, agreement);
        _no(
            JIANGSU,
            _approveCall(agreement),
            abi.encodeWithSelector(IAgreementRegistry.AgreementApprovedBefore.selector, agreement, JIANGSU)
        );
        assertTrue(agreements.approvedBy(agreement, JIANGSU));
        assertFalse(agreements.approvedBy(agreement, SHANGHAI));
        _approve(SHANGHAI, agreement);
        _approve(ZHEJIANG, agreement);
        _no(ZHEJIANG, _approveCall(agreement), _badState(agreement, IAgreementEvents.State.Notice));
    }

    /// "approval withdrawn before activation"
    function test_anApprovalWithdrawnBeforeActivationStopsIt() public {
        bytes32 agreement = _noticed();
        skip(PUBLIC_NOTICE - 1);
        _revoke(SHANGHAI, agreement);
        _is(agreement, IAgreementEvents.State.Proposed);
        assertEq(agreements.roundOf(agreement).begun, 0);
        skip(10 days);
        _is(agreement, IAgreementEvents.State.Proposed);
        assertFalse(agreements.approvedBy(agreement, SHANGHAI));
        assertTrue(agreements.approvedBy(agreement, JIANGSU));
        _approve(SHANGHAI, agreement);
        _was(agreement, _time() + PUBLIC_NOTICE - 1, IAgreementEvents.State.Notice); // the notice begins anew
        _was(agreement, _time() + PUBLIC_NOTICE, IAgreementEvents.State.Active);
    }

    function test_anApprovalIsTakenBackWhileOthersAreMissing() public {
        bytes32 agreement = _proposed();
        bytes memory why = abi.encodeWithSelector(IAgreementRegistry.AgreementNotApproved.selector, agreement, SHANGHAI);
        _no(SHANGHAI, _revokeCall(agreement), why);
        _approve(SHANGHAI, agreement);
        _revoke(SHANGHAI, agreement);
        assertFalse(agreements.approvedBy(agreement, SHANGHAI));
        _no(SHANGHAI, _revokeCall(agreement), why);
        _is(agreement, IAgreementEvents.State.Proposed);
    }

    /// Where others are missing all the same, it is no step: what is kept as the last one is the proposal, or the objection.
    function test_anApprovalTakenBackWhileOthersAreMissingIsNoStep() public {
        bytes32 agreement = _proposed();
        uint48 since = uint48(_time());
        for (uint256 round; round < 2; ++round) {
            skip(1 hours);
            _approve(SHANGHAI, agreement);
            _revoke(SHANGHAI, agreement);
            assertEq(agreements.standAt(agreement, _time()).since, since);
            if (round == 1) break;
            _approveByAll(agreement);
            _object(ZHEJIANG, agreement);
            since = uint48(_time());
        }
        _is(agreement, IAgreementEvents.State.Objected);
        assertEq(agreements.successorOf(bytes32(0)), bytes32(0)); // of nothing: these terms supersede none
    }

    function test_anApprovalIsNotTakenBackFromActivationOn() public {
        bytes32 agreement = _active();
        _no(SHANGHAI, _revokeCall(agreement), _badState(agreement, IAgreementEvents.State.Active));
    }

    // ---- deadlines

    /// "a decision counts until deadline + grace, expiry from then on"
    function test_approvalsCountUntilTheDateAndTheGrace() public {
        IAgreementEvents.Terms memory terms = _terms();
        bytes32 agreement = _propose(terms);
        uint64 deadline = terms.approveBy + GRACE;
        _approve(SHANGHAI, agreement);
        _approve(ZHEJIANG, agreement);
        vm.warp(deadline - 1);
        _is(agreement, IAgreementEvents.State.Proposed);
        uint256 snapshot = vm.snapshotState();
        _approve(JIANGSU, agreement);
        _is(agreement, IAgreementEvents.State.Notice);
        vm.revertToState(snapshot);
        skip(1);
        _is(agreement, IAgreementEvents.State.Lapsed);
        _no(JIANGSU, _approveCall(agreement), _badState(agreement, IAgreementEvents.State.Lapsed));
        _was(agreement, terms.until, IAgreementEvents.State.Lapsed); // and not expired: the first end counts
    }

    /// Revoked after the date, there is no time left to approve again.
    function test_anApprovalRevokedAfterTheDateLetsTheAgreementLapse() public {
        IAgreementEvents.Terms memory terms = _terms();
        bytes32 agreement = _propose(terms);
        _approve(SHANGHAI, agreement);
        _approve(ZHEJIANG, agreement);
        vm.warp(terms.approveBy + GRACE - 1);
        _approve(JIANGSU, agreement);
        skip(3 days);
        _revoke(JIANGSU, agreement);
        _is(agreement, IAgreementEvents.State.Lapsed);
        _was(agreement, _time() - 1, IAgreementEvents.State.Notice); // and it stood in notice until now
    }

    /// Within the grace the last approval may come too late for the validity.
    function test_anApprovalThatBringsNothingIntoForceIsRefused() public {
        IAgreementEvents.Terms memory terms = _terms();
        terms.approveBy = terms.until - PUBLIC_NOTICE - 1;
        bytes32 agreement = _propose(terms);
        _approve(SHANGHAI, agreement);
        _approve(ZHEJIANG, agreement);
        vm.warp(terms.approveBy + 1);
        bytes memory why =
            abi.encodeWithSelector(IAgreementRegistry.AgreementTooLate.selector, agreement, terms.until, terms.until);
        _no(JIANGSU, _approveCall(agreement), why);
        vm.warp(terms.approveBy);
        _approve(JIANGSU, agreement);
        _was(agreement, terms.until - 1, IAgreementEvents.State.Active);
    }

    /// Of two ends the earlier counts: lapsed, it does not expire later.
    function test_termsNeverApprovedLapseAndDoNotExpire() public {
        IAgreementEvents.Terms memory terms = _terms();
        terms.until = terms.approveBy + PUBLIC_NOTICE + 1;
        terms.rules[0].until = terms.rules[1].until = terms.until;
        bytes32 agreement = _propose(terms);
        _was(agreement, terms.approveBy + GRACE, IAgreementEvents.State.Lapsed);
        _was(agreement, terms.until, IAgreementEvents.State.Lapsed);
    }

    // ---- members that cannot act

    /// "8 … no function succeeds for a paused or expelled member's keys"
    function test_byAPausedOrExpelledProvince() public {
        bytes32 proposed = _proposed();
        _approve(SHANGHAI, proposed);
        bytes32 active = _active();
        bytes memory propose = _proposeCall(_terms());
        _admit(CHONGQING, "Chongqing");
        _byMotion(address(consortium), abi.encodeCall(IConsortium.pause, (SHANGHAI)));
        uint64 until = consortium.memberOf(SHANGHAI).pausedUntil;
        _deaf(
            proposed,
            active,
            propose,
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumPaused.selector, SHANGHAI, until)
        );
        _byMotion(address(consortium), abi.encodeCall(IConsortium.expel, (SHANGHAI)));
        _deaf(
            proposed, active, propose, abi.encodeWithSelector(IConsortiumEvents.ConsortiumNotMember.selector, SHANGHAI)
        );
        // What was agreed on stays, for the others; and an approval given as a member was given.
        _is(active, IAgreementEvents.State.Active);
        assertTrue(agreements.approvedBy(proposed, SHANGHAI));
    }

    function _deaf(bytes32 proposed, bytes32 active, bytes memory propose, bytes memory why) private {
        _no(SHANGHAI, propose, why);
        _no(SHANGHAI, _approveCall(proposed), why);
        _no(SHANGHAI, _revokeCall(proposed), why);
        _no(SHANGHAI, _objectCall(active), why);
        _no(SHANGHAI, _withdrawCall(active), why);
    }

    /// @dev The account that proposed the act does not confirm it.
    function _refusedAgain(bytes memory call) private {
        (bytes32 act,) = consortium.pendingAct(JIANGSU, address(agreements), call);
        _no(
            JIANGSU,
            call,
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumActAlreadyProposed.selector, act, lawyer[JIANGSU])
        );
    }
}
