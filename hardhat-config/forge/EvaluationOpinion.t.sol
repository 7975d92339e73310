// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortiumEvents} from "../../contracts/interfaces/IConsortiumEvents.sol";
import {IEvaluationEvents} from "../../contracts/interfaces/IEvaluationEvents.sol";
import {Median} from "../../contracts/libraries/Median.sol";
import {Roles} from "../../contracts/libraries/Roles.sol";
import {Panels} from "./base/Panels.sol";

/// @title "one opinion each (favourable or not, level, credits, report digest); passes with two thirds of the SEATS favourable, level and
/// credits the lower median of the favourable"
contract EvaluationOpinionTest is Panels {
    bytes32 private _evaluation;
    address[] private _experts;

    function setUp() public override {
        super.setUp();
        _evaluation = _open();
        _experts = _seatFive(_evaluation);
    }

    function test_opine_isKeptAtTheSeatOfTheExpert() public {
        skip(60);
        _favour(_experts[2], _evaluation, 4, 600);
        _disfavour(_experts[0], _evaluation);
        IEvaluationEvents.Seat[] memory panel = evaluations.panelOf(_evaluation);
        assertTrue(panel[2].favourable);
        assertEq(panel[2].level, 4);
        assertEq(panel[2].credits, 600);
        assertEq(panel[2].opinedAt, vm.getBlockTimestamp());
        assertEq(panel[2].report, REPORT);
        assertFalse(panel[0].favourable);
        assertEq(panel[0].opinedAt, vm.getBlockTimestamp());
        assertEq(panel[0].report, REPORT);
        assertEq(panel[1].opinedAt, 0);
    }

    // ---- who and when

    /// "one opinion each": a second opinion
    function test_opine_aSecondTime_isRefused() public {
        _disfavour(_experts[0], _evaluation);
        bytes memory why = abi.encodeWithSelector(
            IEvaluationEvents.OpinionAlreadyGiven.selector, _evaluation, _experts[0], vm.getBlockTimestamp()
        );
        skip(60);
        _refused(_experts[0], address(evaluations), _opineCall(_evaluation, true, 5, 500), why);
        _refused(_experts[0], address(evaluations), _opineCall(_evaluation, false, 0, 0), why);
    }

    function test_opine_byAnyoneButTheExperts_isRefused() public {
        address[4] memory strangers = [admin[SHANGHAI], lawyer[JIANGSU], address(this), _expert("elsewhere")];
        for (uint256 i; i < strangers.length; ++i) {
            bytes memory why =
                abi.encodeWithSelector(IEvaluationEvents.OpinionByStranger.selector, _evaluation, strangers[i]);
            _refused(strangers[i], address(evaluations), _opineCall(_evaluation, true, 5, 500), why);
        }
    }

    /// An expelled province's expert, and a paused one's, has no say; an opinion given before stays.
    function test_opine_byAnExpelledProvincesExpert_isRefused() public {
        _favour(_experts[2], _evaluation, 4, 600);
        _expel(ZHEJIANG);
        bytes memory why =
            abi.encodeWithSelector(IEvaluationEvents.ExpertOfIdleProvince.selector, _experts[3], ZHEJIANG);
        _refused(_experts[3], address(evaluations), _opineCall(_evaluation, true, 4, 600), why);
        assertTrue(evaluations.panelOf(_evaluation)[2].favourable);
    }

    function test_opine_byAPausedProvincesExpert_isRefusedUntilThePauseEnds() public {
        _byMotion(address(consortium), abi.encodeCall(consortium.pause, (ANHUI)));
        bytes memory why = abi.encodeWithSelector(IEvaluationEvents.ExpertOfIdleProvince.selector, _experts[4], ANHUI);
        _refused(_experts[4], address(evaluations), _opineCall(_evaluation, true, 4, 600), why);
        _byMotion(address(consortium), abi.encodeCall(consortium.unpause, (ANHUI)));
        _favour(_experts[4], _evaluation, 4, 600);
    }

    /// Asked at the nomination only: no other province takes an expert's seat away by binding the account to an office.
    function test_opine_byAnExpertThatAnotherProvinceBoundSince_isAccepted() public {
        IConsortiumEvents.OperatorGrant memory grant = IConsortiumEvents.OperatorGrant(_experts[4], Roles.ANCHOR, 1);
        _twice(JIANGSU, address(consortium), abi.encodeCall(consortium.setOperator, (grant)));
        _favour(_experts[4], _evaluation, 4, 600);
    }

    /// The dossier is encrypted to the whole panel, so nobody opines before it is complete.
    function test_opine_beforeThePanelIsComplete_isRefused() public {
        IEvaluationEvents.Subject memory subject = _subject();
        subject.outcome = keccak256("other");
        bytes32 other = _open(subject);
        _nominate(SHANGHAI, other, _experts[0]);
        bytes memory why = _phaseWhy(other, IEvaluationEvents.Phase.Nominating);
        _refused(_experts[0], address(evaluations), _opineCall(other, true, 5, 500), why);
    }

    function test_opine_countsUntilTheTimeAndItsGrace() public {
        (, IEvaluationEvents.Subject memory subject) = evaluations.subjectOf(_evaluation);
        vm.warp(subject.opinionsUntil + _parameters().grace - 1);
        _favour(_experts[0], _evaluation, 4, 600);
        assertTrue(evaluations.phaseOf(_evaluation) == IEvaluationEvents.Phase.Opining);
        skip(1);
        assertTrue(evaluations.phaseOf(_evaluation) == IEvaluationEvents.Phase.Due);
        bytes memory why = _phaseWhy(_evaluation, IEvaluationEvents.Phase.Due);
        _refused(_experts[1], address(evaluations), _opineCall(_evaluation, true, 4, 600), why);
    }

    // ---- what

    function test_opine_favourably_withoutLevelOrCreditsInRange_isRefused() public {
        uint8[4] memory levels = [0, 11, 5, 5];
        uint32[4] memory credits = [uint32(500), 500, 0, 100_000];
        for (uint256 i; i < levels.length; ++i) {
            _opinionRefused(true, levels[i], credits[i]);
        }
        _favour(_experts[0], _evaluation, 1, 1);
        _favour(_experts[1], _evaluation, 10, 99_999);
    }

    /// An unfavourable opinion carries neither level nor credits.
    function test_opine_unfavourably_withLevelOrCredits_isRefused() public {
        _opinionRefused(false, 1, 0);
        _opinionRefused(false, 0, 1);
    }

    function test_opine_withoutAReport_isRefused() public {
        bytes memory call = abi.encodeCall(evaluations.opine, (_evaluation, false, 0, 0, bytes32(0)));
        bytes memory why = abi.encodeWithSelector(IEvaluationEvents.OpinionWithoutReport.selector, _evaluation);
        _refused(_experts[0], address(evaluations), call, why);
    }

    // ---- closing

    /// "passes with two thirds of the SEATS favourable": four of five
    function test_close_withFourOfFiveInFavour_passesWithTheLowerMedians() public {
        uint8[4] memory levels = [6, 3, 5, 4];
        uint32[4] memory credits = [uint32(300), 900, 700, 800];
        for (uint256 i; i < 4; ++i) {
            _favour(_experts[i], _evaluation, levels[i], credits[i]);
        }
        _disfavour(_experts[4], _evaluation);
        _close(_evaluation);
        // 3 4 5 6 → 4 and 300 700 800 900 → 700: each by itself, of two in the middle the lower.
        _assertFound(_evaluation, 4, 700);
        assertTrue(evaluations.phaseOf(_evaluation) == IEvaluationEvents.Phase.Passed);
    }

    function test_close_withThreeOfFiveInFavour_fails() public {
        for (uint256 i; i < 5; ++i) {
            if (i < 3) _favour(_experts[i], _evaluation, 4, 600);
            else _disfavour(_experts[i], _evaluation);
        }
        _close(_evaluation);
        _assertFailed(_evaluation);
    }

    /// Two thirds of the SEATS, not of the opinions: three in favour of three who spoke are not enough.
    function test_close_countsSeatsNotOpinions() public {
        for (uint256 i; i < 3; ++i) {
            _favour(_experts[i], _evaluation, 4, 600);
        }
        skip(200 days);
        _close(_evaluation);
        _assertFailed(_evaluation);
    }

    /// Two seats that stay silent do not stop the others, where these are two thirds: four of six.
    function test_close_withExactlyTwoThirdsOfTheSeats_passes() public {
        IEvaluationEvents.Subject memory subject = _subject();
        (subject.outcome, subject.seats) = (keccak256("six"), 6);
        bytes32 six = _open(subject);
        _seatFive(six);
        _nominate(JIANGSU, six, _expert("6"));
        for (uint256 i; i < 3; ++i) {
            _favour(_experts[i], six, 4, 600);
        }
        _favour(_expert("6"), six, 5, 601);
        bytes memory why = _phaseWhy(six, IEvaluationEvents.Phase.Opining);
        _refused(lawyer[ANHUI], address(evaluations), abi.encodeCall(evaluations.close, (six)), why);
        skip(200 days);
        _close(six);
        _assertFound(six, 4, 600);
    }

    function test_close_ofAPanelThatWasNeverComplete_fails() public {
        IEvaluationEvents.Subject memory subject = _subject();
        subject.outcome = keccak256("other");
        bytes32 other = _open(subject);
        _nominate(SHANGHAI, other, _expert("a"));
        skip(32 days - 1);
        bytes memory why = _phaseWhy(other, IEvaluationEvents.Phase.Nominating);
        _refused(lawyer[ANHUI], address(evaluations), abi.encodeCall(evaluations.close, (other)), why);
        skip(1);
        _close(other);
        IEvaluationEvents.Finding memory finding = evaluations.findingOf(other);
        assertFalse(finding.passed);
        assertEq(finding.closedAt, vm.getBlockTimestamp());
    }

    /// Of any member, by one account that holds LAW; what is closed stays closed.
    function test_close_isForLawyersOfAnyMemberAndOnce() public {
        for (uint256 i; i < 5; ++i) {
            _favour(_experts[i], _evaluation, 4, 600);
        }
        bytes memory call = abi.encodeCall(evaluations.close, (_evaluation));
        _refused(operator[ANHUI], address(evaluations), call, _unauthorised(operator[ANHUI], Roles.LAW));
        _refused(_experts[0], address(evaluations), call, _unauthorised(_experts[0], Roles.LAW));
        _as(admin[ZHEJIANG], address(evaluations), call);
        bytes memory why = _phaseWhy(_evaluation, IEvaluationEvents.Phase.Passed);
        _refused(lawyer[ANHUI], address(evaluations), call, why);
        _refused(_experts[0], address(evaluations), _opineCall(_evaluation, false, 0, 0), why);
        _nominateRefused(JIANGSU, _evaluation, _expert("6"), why);
    }

    // ---- against a model

    /// "what panels of experts found an outcome to be worth"
    /// Any opinions of any panel: the finding is what a model of the sentence says.
    function testFuzz_close_findsWhatTheSentenceSays(uint256 seed, uint8 mask) public {
        uint32[] memory levels = new uint32[](5);
        uint32[] memory credits = new uint32[](5);
        uint256 count;
        for (uint256 i; i < 5; ++i) {
            if (mask >> i & 1 == 0) {
                _disfavour(_experts[i], _evaluation);
                continue;
            }
            levels[count] = uint32(1 + uint256(keccak256(abi.encode(seed, i))) % 10);
            credits[count] = uint32(1 + uint256(keccak256(abi.encode(seed, i, "credits"))) % 99_999);
            _favour(_experts[i], _evaluation, uint8(levels[count]), credits[count]);
            ++count;
        }
        _close(_evaluation);
        if (count < 4) _assertFailed(_evaluation);
        else _assertFound(_evaluation, uint8(_middle(levels, count)), _middle(credits, count));
    }

    /// The lower median has, of n values, at least ceil(n/2) at or below it and more than n/2 at or above it, itself included.
    function testFuzz_median_liesInTheMiddle(uint256 seed, uint256 length) public pure {
        uint32[] memory values = new uint32[](bound(length, 1, 15));
        uint32[] memory copy = new uint32[](values.length);
        for (uint256 i; i < values.length; ++i) {
            // Of few values, so that equal ones meet.
            values[i] = uint32(uint256(keccak256(abi.encode(seed, i))) % (seed % 2 == 0 ? 5 : type(uint32).max));
            copy[i] = values[i];
        }
        assertEq(Median.lower(values), _middle(copy, copy.length));
        for (uint256 i = 1; i < values.length; ++i) {
            assertLe(values[i - 1], values[i]);
        }
    }

    // ---- inside

    /// @dev By counting, not by sorting: the value with fewer than half before it and at least half up to it.
    function _middle(uint32[] memory values, uint256 count) private pure returns (uint32) {
        for (uint256 i; i < count; ++i) {
            uint256 below;
            uint256 upTo;
            for (uint256 j; j < count; ++j) {
                if (values[j] < values[i]) ++below;
                if (values[j] <= values[i]) ++upTo;
            }
            if (2 * below < count && 2 * upTo >= count) return values[i];
        }
        revert("no median");
    }

    function _assertFound(bytes32 evaluation, uint8 level, uint32 credits) private view {
        IEvaluationEvents.Finding memory finding = evaluations.findingOf(evaluation);
        assertTrue(finding.passed);
        assertEq(finding.institution, JOU);
        assertEq(finding.category, VOCATIONAL);
        assertEq(finding.level, level);
        assertEq(finding.credits, credits);
        assertEq(finding.awardedFrom, 600);
        assertEq(finding.awardedUntil, 720);
        assertEq(finding.closedAt, vm.getBlockTimestamp());
    }

    function _assertFailed(bytes32 evaluation) private view {
        IEvaluationEvents.Finding memory finding = evaluations.findingOf(evaluation);
        assertFalse(finding.passed);
        assertEq(uint256(finding.level) + finding.credits + finding.category, 0);
        assertEq(uint256(finding.awardedFrom) + finding.awardedUntil, 0);
        assertEq(finding.closedAt, vm.getBlockTimestamp());
        assertTrue(evaluations.phaseOf(evaluation) == IEvaluationEvents.Phase.Failed);
    }

    function _opinionRefused(bool favourable, uint8 level, uint32 credits) private {
        bytes memory why =
            abi.encodeWithSelector(IEvaluationEvents.OpinionOutOfRange.selector, favourable, level, credits);
        _refused(_experts[0], address(evaluations), _opineCall(_evaluation, favourable, level, credits), why);
    }

    function _phaseWhy(bytes32 evaluation, IEvaluationEvents.Phase phase) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IEvaluationEvents.EvaluationInPhase.selector, evaluation, phase);
    }
}
