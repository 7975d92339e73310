// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Stands} from "../../contracts/agreement/Stands.sol";
import {IAgreementEvents} from "../../contracts/interfaces/IAgreementEvents.sol";
import {IAgreementRegistry} from "../../contracts/interfaces/IAgreementRegistry.sol";
import {Agreements} from "./base/Agreements.sol";

/// @title Withdrawal: "Withdrawn, lapsed and superseded are final"; and the state of a stand by itself.
contract AgreementWithdrawalTest is Agreements {
    using Stands for IAgreementEvents.Stand;

    function test_whatIsNotInForceYetEndsAtOnce() public {
        bytes32 proposed = _proposed();
        _withdraw(JIANGSU, proposed);
        _is(proposed, IAgreementEvents.State.Withdrawn);
        bytes32 noticed = _noticed();
        skip(PUBLIC_NOTICE - 1);
        _withdraw(SHANGHAI, noticed);
        _is(noticed, IAgreementEvents.State.Withdrawn);
        _was(noticed, _time() - 1, IAgreementEvents.State.Notice);
        assertEq(agreements.roundOf(noticed).begun, 0); // it never was in force
        bytes32 objected = _noticed();
        _object(ANHUI, objected);
        _withdraw(ZHEJIANG, objected);
        _is(objected, IAgreementEvents.State.Withdrawn);
        bytes memory why = _badState(objected, IAgreementEvents.State.Withdrawn);
        _no(JIANGSU, _approveCall(objected), why);
        _no(JIANGSU, _withdrawCall(objected), why);
        _refused(address(consortium), address(agreements), _settleCall(objected, true), why);
    }

    function test_whatIsInForceEndsWhenTheNoticeHasRunOut() public {
        bytes32 agreement = _active();
        skip(5 days);
        _withdraw(JIANGSU, agreement);
        uint64 ends = _time() + WITHDRAWAL_NOTICE;
        _is(agreement, IAgreementEvents.State.Active);
        _was(agreement, ends - 1, IAgreementEvents.State.Active);
        _was(agreement, ends, IAgreementEvents.State.Withdrawn);
        _was(agreement, type(uint64).max, IAgreementEvents.State.Withdrawn);
        vm.warp(ends);
        _no(JIANGSU, _objectCall(agreement), _badState(agreement, IAgreementEvents.State.Withdrawn));
    }

    function test_aSecondWithdrawalMovesNothing() public {
        bytes32 agreement = _active();
        _withdraw(JIANGSU, agreement);
        uint64 ends = _time() + WITHDRAWAL_NOTICE;
        bytes memory why = abi.encodeWithSelector(IAgreementRegistry.AgreementEnding.selector, agreement, ends);
        _no(SHANGHAI, _withdrawCall(agreement), why); // in the same second as well
        skip(1 days);
        _no(SHANGHAI, _withdrawCall(agreement), why);
        _no(JIANGSU, _withdrawCall(agreement), why);
        _was(agreement, ends, IAgreementEvents.State.Withdrawn);
    }

    function test_aWithdrawalThatWouldEndItLaterThanItsValidityIsRefused() public {
        IAgreementEvents.Terms memory terms = _terms();
        bytes32 agreement = _propose(terms);
        _approveByAll(agreement);
        vm.warp(terms.until - WITHDRAWAL_NOTICE);
        bytes memory why = abi.encodeWithSelector(IAgreementRegistry.AgreementEnding.selector, agreement, terms.until);
        _no(SHANGHAI, _withdrawCall(agreement), why);
        vm.warp(terms.until - WITHDRAWAL_NOTICE - 1);
        _withdraw(SHANGHAI, agreement);
        _was(agreement, terms.until - 1, IAgreementEvents.State.Withdrawn);
        _was(agreement, terms.until - 2, IAgreementEvents.State.Active);
    }

    /// To suspend first and withdraw then is no way around the notice.
    function test_whatWasInForceAndIsSuspendedEndsWhenTheNoticeHasRunOut() public {
        bytes32 agreement = _active();
        _object(SHANGHAI, agreement);
        skip(1 days);
        _withdraw(SHANGHAI, agreement);
        uint64 ends = _time() + WITHDRAWAL_NOTICE;
        _is(agreement, IAgreementEvents.State.Objected);
        uint256 snapshot = vm.snapshotState();
        _settle(agreement, true);
        _was(agreement, ends - 1, IAgreementEvents.State.Active);
        _was(agreement, ends, IAgreementEvents.State.Withdrawn);
        vm.revertToState(snapshot);
        _approveByAll(agreement); // the parties, too, cannot take the withdrawal back
        _was(agreement, ends - 1, IAgreementEvents.State.Active);
        _was(agreement, ends, IAgreementEvents.State.Withdrawn);
        vm.revertToState(snapshot);
        _was(agreement, ends - 1, IAgreementEvents.State.Objected); // left alone
        _was(agreement, ends, IAgreementEvents.State.Withdrawn);
    }

    /// Withdrawn with notice and then suspended for longer, it is withdrawn when the notice ends.
    function test_anObjectionDoesNotStopAWithdrawal() public {
        bytes32 agreement = _active();
        _withdraw(JIANGSU, agreement);
        uint64 ends = _time() + WITHDRAWAL_NOTICE;
        skip(1 days);
        _object(SHANGHAI, agreement);
        _was(agreement, ends - 1, IAgreementEvents.State.Objected);
        _was(agreement, ends, IAgreementEvents.State.Withdrawn);
    }

    // ---- a stand by itself

    /// The state of a stand at any time, against the definition written out; what is final stays.
    function testFuzz_aStandAndTheClockGiveTheState(
        uint8 step,
        bool leaving,
        uint48 from,
        uint48 deadline,
        uint48 ends,
        uint64[2] memory times
    ) public pure {
        IAgreementEvents.Stand memory stand = IAgreementEvents.Stand(
            IAgreementEvents.Step(bound(step, 0, 3)),
            leaving,
            0,
            uint48(bound(from, 0, 20)),
            uint48(bound(deadline, 0, 20)),
            uint48(bound(ends, 0, 20))
        );
        uint64 time = uint64(bound(times[0], 0, 25));
        uint64 later = uint64(bound(times[1], time, 25));
        IAgreementEvents.State state = stand.stateAt(time);
        assertEq(uint8(state), uint8(_expected(stand, time)));
        if (state >= IAgreementEvents.State.Expired) assertEq(uint8(stand.stateAt(later)), uint8(state));
    }

    function _expected(IAgreementEvents.Stand memory stand, uint64 time) private pure returns (IAgreementEvents.State) {
        if (stand.step == IAgreementEvents.Step.None) return IAgreementEvents.State.Unknown;
        bool over = time >= stand.ends;
        bool waits = stand.step != IAgreementEvents.Step.Approved;
        bool late = waits && time >= stand.deadline;
        if (over && !(late && stand.deadline <= stand.ends)) {
            return leavingState(stand.leaving);
        }
        if (late) return IAgreementEvents.State.Lapsed;
        if (!waits) return time >= stand.from ? IAgreementEvents.State.Active : IAgreementEvents.State.Notice;
        if (stand.step == IAgreementEvents.Step.Objected) return IAgreementEvents.State.Objected;
        return IAgreementEvents.State.Proposed;
    }

    function leavingState(bool leaving) private pure returns (IAgreementEvents.State) {
        return leaving ? IAgreementEvents.State.Withdrawn : IAgreementEvents.State.Expired;
    }
}
