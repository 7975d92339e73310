// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortiumEvents} from "../../contracts/interfaces/IConsortiumEvents.sol";
import {IEvaluationEvents} from "../../contracts/interfaces/IEvaluationEvents.sol";
import {Roles} from "../../contracts/libraries/Roles.sol";
import {Panels} from "./base/Panels.sol";

/// @title "a panel of at least five experts from at least three provinces, at most two of five seats a province, the target provinces
/// seated"
contract EvaluationPanelTest is Panels {
    function test_nominate_seatsAnExpertOfTheNominatingProvince() public {
        bytes32 evaluation = _open();
        address expert = _expert("of Shanghai");
        _nominate(SHANGHAI, evaluation, expert);
        IEvaluationEvents.Seat[] memory panel = evaluations.panelOf(evaluation);
        assertEq(panel.length, 1);
        assertEq(panel[0].expert, expert);
        assertEq(panel[0].province, SHANGHAI);
        assertEq(panel[0].key, _keyOf(expert));
        assertFalse(panel[0].favourable);
        assertEq(uint256(panel[0].level) + panel[0].credits + panel[0].opinedAt + uint256(panel[0].report), 0);
        assertEq(evaluations.expertOf(expert), SHANGHAI);
    }

    /// "Binding acts: … nominations, approval, objection and withdrawal of agreements"
    /// "nominations … are binding acts": one account alone seats nobody.
    function test_nominate_byOneAccount_isOnlyProposed() public {
        bytes32 evaluation = _open();
        address expert = _expert("1");
        _as(lawyer[SHANGHAI], address(evaluations), _nominateCall(evaluation, expert));
        assertEq(evaluations.panelOf(evaluation).length, 0);
        assertEq(evaluations.expertOf(expert), 0);
        vm.prank(lawyer[SHANGHAI]);
        vm.expectPartialRevert(IConsortiumEvents.ConsortiumActAlreadyProposed.selector);
        evaluations.nominate(evaluation, expert, _keyOf(expert));
        _as(admin[SHANGHAI], address(evaluations), _nominateCall(evaluation, expert));
        assertEq(evaluations.panelOf(evaluation).length, 1);
    }

    function test_nominate_byAnAccountWithoutTheRole_isRefused() public {
        bytes32 evaluation = _open();
        bytes memory call = _nominateCall(evaluation, _expert("1"));
        _refused(operator[SHANGHAI], address(evaluations), call, _unauthorised(operator[SHANGHAI], Roles.LAW));
    }

    function test_nominate_byAnExpelledOrPausedProvince_isRefused() public {
        bytes32 evaluation = _open();
        _byMotion(address(consortium), abi.encodeCall(consortium.pause, (ANHUI)));
        bytes memory why = abi.encodeWithSelector(
            IConsortiumEvents.ConsortiumPaused.selector, ANHUI, vm.getBlockTimestamp() + 90 days
        );
        _nominateRefused(ANHUI, evaluation, _expert("1"), why);
        _expel(ZHEJIANG);
        why = abi.encodeWithSelector(IConsortiumEvents.ConsortiumNotMember.selector, ZHEJIANG);
        _nominateRefused(ZHEJIANG, evaluation, _expert("1"), why);
    }

    // ---- a stacked panel

    /// "at most two of five seats a province": a stacked panel
    function test_nominate_ofAThirdExpertOfOneProvinceInFive_isRefused() public {
        bytes32 evaluation = _open();
        _nominate(SHANGHAI, evaluation, _expert("1"));
        _nominate(SHANGHAI, evaluation, _expert("2"));
        bytes memory why =
            abi.encodeWithSelector(IEvaluationEvents.PanelShare.selector, evaluation, SHANGHAI, uint256(2));
        _nominateRefused(SHANGHAI, evaluation, _expert("3"), why);
    }

    /// Two nominations proposed at once do not slip past the share: it is asked again at the confirmation.
    function test_nominate_thatBecameTooManyBeforeItsConfirmation_isRefused() public {
        bytes32 evaluation = _open();
        _nominate(SHANGHAI, evaluation, _expert("1"));
        _as(lawyer[SHANGHAI], address(evaluations), _nominateCall(evaluation, _expert("2")));
        _as(lawyer[SHANGHAI], address(evaluations), _nominateCall(evaluation, _expert("3")));
        _as(admin[SHANGHAI], address(evaluations), _nominateCall(evaluation, _expert("2")));
        bytes memory why =
            abi.encodeWithSelector(IEvaluationEvents.PanelShare.selector, evaluation, SHANGHAI, uint256(2));
        _refused(admin[SHANGHAI], address(evaluations), _nominateCall(evaluation, _expert("3")), why);
    }

    function test_nominate_allowsTwoOfFiveOfEveryNumberOfSeats() public {
        uint8[11] memory shares = [2, 2, 2, 3, 3, 4, 4, 4, 5, 5, 6]; // of 5 to 15 seats
        for (uint8 seats = 5; seats <= 15; ++seats) {
            IEvaluationEvents.Subject memory subject = _subject();
            subject.outcome = keccak256(abi.encode(seats));
            subject.seats = seats;
            bytes32 evaluation = _open(subject);
            uint256 share = shares[seats - 5];
            for (uint256 i; i < share; ++i) {
                _nominate(ANHUI, evaluation, _expert(vm.toString(i)));
            }
            bytes memory why = abi.encodeWithSelector(IEvaluationEvents.PanelShare.selector, evaluation, ANHUI, share);
            _nominateRefused(ANHUI, evaluation, _expert("more"), why);
        }
    }

    /// "the target provinces seated": a seat that a target still needs is not given to another.
    function test_nominate_toASeatThatATargetStillNeeds_isRefused() public {
        bytes32 evaluation = _open();
        _nominate(ANHUI, evaluation, _expert("1"));
        _nominate(ANHUI, evaluation, _expert("2"));
        _nominate(JIANGSU, evaluation, _expert("3"));
        // Two seats are free, for Shanghai and Zhejiang.
        bytes memory why = abi.encodeWithSelector(IEvaluationEvents.PanelReserved.selector, evaluation, 2, 2);
        _nominateRefused(JIANGSU, evaluation, _expert("4"), why);
        _nominate(ZHEJIANG, evaluation, _expert("4"));
        why = abi.encodeWithSelector(IEvaluationEvents.PanelReserved.selector, evaluation, 1, 1);
        _nominateRefused(ZHEJIANG, evaluation, _expert("5"), why);
        _nominateRefused(JIANGSU, evaluation, _expert("5"), why);
        _nominate(SHANGHAI, evaluation, _expert("5"));
        assertTrue(evaluations.phaseOf(evaluation) == IEvaluationEvents.Phase.Opining);
    }

    /// A target that has left the consortium keeps no seat from the others; one that is paused does.
    function test_nominate_toTheSeatOfATargetThatWasExpelled_isAccepted() public {
        bytes32 evaluation = _open();
        _nominate(ANHUI, evaluation, _expert("1"));
        _nominate(ANHUI, evaluation, _expert("2"));
        _nominate(JIANGSU, evaluation, _expert("3"));
        _nominate(SHANGHAI, evaluation, _expert("4"));
        _byMotion(address(consortium), abi.encodeCall(consortium.pause, (ZHEJIANG)));
        bytes memory why = abi.encodeWithSelector(IEvaluationEvents.PanelReserved.selector, evaluation, 1, 1);
        _nominateRefused(JIANGSU, evaluation, _expert("5"), why);
        _expel(ZHEJIANG);
        _nominate(JIANGSU, evaluation, _expert("5"));
    }

    /// "from at least three provinces": it follows from the share. Whoever nominates in whatever order, a panel that is complete has three
    /// provinces, all targets, and nobody with more than two seats of five.
    function testFuzz_aCompletePanel_isNeverStacked(uint256 seed, uint8 seats, bool bothTargets) public {
        IEvaluationEvents.Subject memory subject = _subject();
        subject.seats = uint8(bound(seats, 5, 15));
        if (!bothTargets) subject.targets = _provinces(ANHUI, 0);
        bytes32 evaluation = _open(subject);
        uint32[4] memory provinces = [SHANGHAI, JIANGSU, ZHEJIANG, ANHUI];
        uint256[4] memory held;
        uint256 taken;
        for (uint256 i; taken < subject.seats; ++i) {
            // After a while everybody tries in turn, so that the panel gets complete.
            uint256 who = i < 24 ? uint256(keccak256(abi.encode(seed, i))) % 4 : i % 4;
            bytes memory call = _nominateCall(evaluation, _expert(vm.toString(i)));
            vm.prank(lawyer[provinces[who]]);
            (bool proposed,) = address(evaluations).call(call);
            if (!proposed) continue;
            _as(admin[provinces[who]], address(evaluations), call);
            ++held[who];
            ++taken;
        }
        uint256 present;
        for (uint256 who; who < 4; ++who) {
            assertLe(held[who] * 5, uint256(subject.seats) * 2);
            if (held[who] != 0) ++present;
        }
        assertGe(present, 3);
        assertGt(held[3] + (bothTargets ? 1 : 0), 0);
        if (bothTargets) assertTrue(held[0] != 0 && held[2] != 0, "a target has no seat");
    }

    // ---- experts

    function test_nominate_ofNobodyOrAContract_isRefused() public {
        bytes32 evaluation = _open();
        address[2] memory strange = [address(0), address(consortium)];
        for (uint256 i; i < strange.length; ++i) {
            bytes memory why = abi.encodeWithSelector(IEvaluationEvents.ExpertNotAnAccount.selector, strange[i]);
            _nominateRefused(SHANGHAI, evaluation, strange[i], why);
        }
    }

    function test_nominate_withoutAKey_isRefused() public {
        bytes32 evaluation = _open();
        address expert = _expert("1");
        bytes memory call = abi.encodeCall(evaluations.nominate, (evaluation, expert, bytes32(0)));
        bytes memory why = abi.encodeWithSelector(IEvaluationEvents.ExpertKeyMissing.selector, expert);
        _refused(lawyer[SHANGHAI], address(evaluations), call, why);
    }

    /// An expert is nothing else in the consortium: no admin, no operator, no officer, of its own province or another.
    function test_nominate_ofSomebodyWithAnOffice_isRefused() public {
        bytes32 evaluation = _open();
        address[3] memory bound_ = [admin[SHANGHAI], operator[ANHUI], officer[JOU]];
        for (uint256 i; i < bound_.length; ++i) {
            IConsortiumEvents.Binding memory binding = consortium.bindingOf(bound_[i]);
            bytes memory why = abi.encodeWithSelector(
                IEvaluationEvents.ExpertBound.selector, bound_[i], binding.province, binding.family
            );
            _nominateRefused(SHANGHAI, evaluation, bound_[i], why);
        }
    }

    /// One expert has one seat, and serves one province for ever, in every evaluation.
    function test_nominate_ofAnExpertOfAnotherProvince_isRefused() public {
        bytes32 evaluation = _open();
        address expert = _expert("1");
        _nominate(SHANGHAI, evaluation, expert);
        bytes memory why = abi.encodeWithSelector(IEvaluationEvents.ExpertSeated.selector, evaluation, expert);
        _nominateRefused(SHANGHAI, evaluation, expert, why);
        why = abi.encodeWithSelector(IEvaluationEvents.ExpertOfAnotherProvince.selector, expert, SHANGHAI, ZHEJIANG);
        _nominateRefused(ZHEJIANG, evaluation, expert, why);
        IEvaluationEvents.Subject memory other = _subject();
        other.outcome = keccak256("other");
        bytes32 second = _open(other);
        _nominateRefused(ZHEJIANG, second, expert, why);
        _nominate(SHANGHAI, second, expert);
        assertEq(evaluations.panelOf(second).length, 1);
    }

    // ---- when

    function test_nominate_countsUntilTheTimeAndItsGrace() public {
        bytes32 evaluation = _open();
        (, IEvaluationEvents.Subject memory subject) = evaluations.subjectOf(evaluation);
        vm.warp(subject.nominationsUntil + _parameters().grace - 1);
        _nominate(SHANGHAI, evaluation, _expert("1"));
        skip(1);
        bytes memory why = abi.encodeWithSelector(
            IEvaluationEvents.EvaluationInPhase.selector, evaluation, IEvaluationEvents.Phase.Due
        );
        _nominateRefused(ZHEJIANG, evaluation, _expert("2"), why);
    }

    function test_nominate_toACompletePanel_isRefused() public {
        bytes32 evaluation = _open();
        _seatFive(evaluation);
        bytes memory why = abi.encodeWithSelector(
            IEvaluationEvents.EvaluationInPhase.selector, evaluation, IEvaluationEvents.Phase.Opining
        );
        _nominateRefused(JIANGSU, evaluation, _expert("6"), why);
    }
}
