// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAgreementEvents} from "../../contracts/interfaces/IAgreementEvents.sol";
import {IEvaluationEvents} from "../../contracts/interfaces/IEvaluationEvents.sol";
import {IInstitutionEvents} from "../../contracts/interfaces/IInstitutionEvents.sol";
import {Facts} from "../../contracts/libraries/Facts.sol";
import {Agreements} from "./base/Agreements.sol";

/// @title "`quote(agreement, rule, institution, accreditation version, opened facts, time)` is a pure view, shown before anyone applies;
/// rounding is down to a hundredth": each refusal, where it begins and where it ends.
contract AgreementQuoteTest is Agreements {
    uint8 private constant ALL = 0x7f;
    bytes32 private _agreement;

    function setUp() public override {
        super.setUp();
        _agreement = _active();
    }

    // ---- amounts

    function test_aQuoteIsTheRatioRoundedDownToAHundredth() public view {
        uint256[7] memory values = _facts();
        _gives(0, values, 333); // 5.00 at two for three
        values[Facts.CREDITS] = 3;
        _gives(0, values, 2);
        values[Facts.CREDITS] = 2;
        _gives(0, values, 1); // 1.33
        values[Facts.CREDITS] = 1;
        _refuses(0, values, IAgreementEvents.Refusal.RoundsToNothing); // 0.67
    }

    /// "ratio, most credits per transfer"
    function test_aQuoteIsAtMostWhatTheRuleGivesAtOnce() public {
        IAgreementEvents.Terms memory terms = _terms();
        terms.rules[0].mostCredits = 332;
        _agree(terms);
        uint256[7] memory values = _facts();
        _gives(0, values, 332);
        values[Facts.CREDITS] = 498;
        _gives(0, values, 332);
        values[Facts.CREDITS] = 497;
        _gives(0, values, 331);
    }

    function testFuzz_aQuoteIsTheFloorOfTheRatio(uint256 credits, uint256 numerator, uint256 denominator, uint256 most)
        public
    {
        credits = bound(credits, 1, 99_999);
        IAgreementEvents.Terms memory terms = _terms();
        terms.rules[1].numerator = uint32(bound(numerator, 1, 1_000_000));
        terms.rules[1].denominator = uint32(bound(denominator, 1, 1_000_000));
        terms.rules[1].mostCredits = uint32(bound(most, 1, 99_999));
        _agree(terms);
        uint256[7] memory values = _degreeFacts();
        values[Facts.CREDITS] = credits;
        (uint32 given, IAgreementEvents.Refusal refusal) = _quote(1, SOU, 1, ALL, values, _time());
        // floor: given ≤ exact < given + 1, multiplied out
        uint256 exact = credits * terms.rules[1].numerator;
        if (refusal == IAgreementEvents.Refusal.RoundsToNothing) {
            assertLt(exact, terms.rules[1].denominator);
        } else {
            assertEq(uint8(refusal), 0);
            assertLe(given, terms.rules[1].mostCredits);
            assertLe(uint256(given) * terms.rules[1].denominator, exact);
            if (given < terms.rules[1].mostCredits) {
                assertGt((uint256(given) + 1) * terms.rules[1].denominator, exact);
            }
        }
    }

    // ---- in force

    function test_anUnknownAgreementOrRuleGivesNothing() public {
        _refuses(2, _facts(), IAgreementEvents.Refusal.UnknownRule);
        _agreement = "nothing";
        _refuses(0, _facts(), IAgreementEvents.Refusal.UnknownRule);
    }

    /// As-of times: a quote follows the spans in which the agreement was, or is to be, in force.
    function test_aQuoteAtATimeAsksWhetherTheAgreementWasInForceThen() public {
        uint64 begun = _time();
        skip(10 days);
        uint64 objected = _time();
        _object(SHANGHAI, _agreement);
        skip(10 days);
        uint64 again = _time();
        _approveByAll(_agreement);
        skip(10 days);
        _withdraw(JIANGSU, _agreement);
        uint64 ends = _time() + WITHDRAWAL_NOTICE;
        _givesAt(begun, true);
        _givesAt(begun - 1, false);
        _givesAt(objected - 1, true);
        _givesAt(objected, false);
        _givesAt(again - 1, false);
        _givesAt(again, true);
        _givesAt(_time(), true);
        _givesAt(ends - 1, true);
        _givesAt(ends, false);
    }

    function test_aRuleGivesNothingOutsideItsWindow() public {
        IAgreementEvents.Terms memory terms = _terms();
        terms.rules[0].from = terms.from + 100 days;
        terms.rules[0].until = terms.from + 200 days;
        _agree(terms);
        uint64[4] memory times =
            [terms.from + 100 days - 1, terms.from + 100 days, terms.from + 200 days - 1, terms.from + 200 days];
        for (uint256 i; i < 4; ++i) {
            (, IAgreementEvents.Refusal refusal) = _quote(0, JOU, 1, ALL, _facts(), times[i]);
            bool inside = i == 1 || i == 2;
            assertEq(
                uint8(refusal), uint8(inside ? IAgreementEvents.Refusal.None : IAgreementEvents.Refusal.RuleNotInForce)
            );
        }
    }

    // ---- facts

    /// "a fact altered by one"; "outcome or any, category, level range" are what the rule says of them
    function test_anotherOutcomeCategoryOrLevelGivesNothing() public view {
        uint256[7] memory values = _facts();
        values[Facts.OUTCOME] += 1;
        _refuses(0, values, IAgreementEvents.Refusal.OtherOutcome);
        values = _facts();
        values[Facts.CATEGORY] = 1;
        _refuses(0, values, IAgreementEvents.Refusal.OtherCategory);
        values = _facts();
        values[Facts.LEVEL] = 2;
        _refuses(0, values, IAgreementEvents.Refusal.LevelOutside);
        values[Facts.LEVEL] = 6;
        _refuses(0, values, IAgreementEvents.Refusal.LevelOutside);
        values[Facts.LEVEL] = 3;
        _gives(0, values, 333);
    }

    /// "minimum grade"
    /// "255 = ungraded (fails every minimum unless the rule accepts ungraded)"
    function test_ungradedAgainstAMinimum() public {
        uint256[7] memory values = _facts();
        values[Facts.GRADE] = 12;
        _gives(0, values, 333);
        values[Facts.GRADE] = 11;
        _refuses(0, values, IAgreementEvents.Refusal.GradeTooLow);
        values[Facts.GRADE] = Facts.UNGRADED;
        _refuses(0, values, IAgreementEvents.Refusal.Ungraded);
        IAgreementEvents.Terms memory terms = _terms();
        terms.rules[0].acceptsUngraded = true;
        _agree(terms);
        _gives(0, values, 333);
        values[Facts.GRADE] = 11;
        _refuses(0, values, IAgreementEvents.Refusal.GradeTooLow);
        terms = _terms();
        terms.rules[0].minimumGrade = 0;
        _agree(terms);
        _gives(0, values, 333); // no minimum, no grade read
        values[Facts.GRADE] = Facts.UNGRADED;
        _gives(0, values, 333);
    }

    /// "greatest age"
    /// Months are those of UTC+8; the month of the award and the month of the request are counted.
    function test_anAwardThatIsTooOldGivesNothing() public {
        IAgreementEvents.Terms memory terms = _terms();
        terms.rules[0].greatestAge = 7;
        _agree(terms); // September 2026 is month 680
        uint256[7] memory values = _facts();
        values[Facts.MONTH] = 674;
        _gives(0, values, 333);
        // The last second of October in UTC+8, and the first of November.
        vm.warp(1_793_462_399);
        values[Facts.MONTH] = 674;
        _gives(0, values, 333);
        skip(1);
        _refuses(0, values, IAgreementEvents.Refusal.TooOld);
        values[Facts.MONTH] = 675;
        _gives(0, values, 333);
        values[Facts.MONTH] = 719;
        _gives(0, values, 333); // a month to come is not old (no proof opens one)
    }

    // ---- what the institution could award

    /// "otherwise the institution's scope does": of the version that the batch keeps.
    function test_factsAboveTheScopeOfThatVersionGiveNothing() public {
        uint256[7] memory values = _degreeFacts();
        _law(SHANGHAI, abi.encodeCall(institutions.narrow, (SOU, IInstitutionEvents.Scope(0x0a, 6, 500))));
        (values[Facts.LEVEL], values[Facts.CREDITS]) = (6, 500);
        _scoped(values, 2, true);
        values[Facts.LEVEL] = 7;
        _scoped(values, 2, false);
        _scoped(values, 1, true);
        (values[Facts.LEVEL], values[Facts.CREDITS]) = (6, 501);
        _scoped(values, 2, false);
        _scoped(values, 3, false); // no such version
        _law(SHANGHAI, abi.encodeCall(institutions.narrow, (SOU, IInstitutionEvents.Scope(0x08, 6, 500))));
        values[Facts.CREDITS] = 500;
        _scoped(values, 3, false); // another category
    }

    /// "its category, level and credits bound the rule"
    /// An evaluation replaces the scope check: the finding bounds level, credits and the months of the award.
    function test_factsAboveTheEvaluationsGiveNothing() public {
        uint256[7] memory values = _facts();
        (, IAgreementEvents.Refusal refusal) = _quote(0, JOU, 99, ALL, values, _time());
        assertEq(uint8(refusal), uint8(IAgreementEvents.Refusal.None));
        values[Facts.CREDITS] = 600;
        _gives(0, values, 400);
        values[Facts.CREDITS] = 601;
        _refuses(0, values, IAgreementEvents.Refusal.AboveEvaluation);
        IEvaluationEvents.Finding memory finding = _finding();
        finding.level = 4; // (a panel's finding does not change; this one does, to reach the level alone)
        findings.set(PANEL, finding);
        _refuses(0, _facts(), IAgreementEvents.Refusal.AboveEvaluation);
        finding.level = 5;
        (finding.awardedFrom, finding.awardedUntil) = (675, 720);
        findings.set(PANEL, finding);
        _refuses(0, _facts(), IAgreementEvents.Refusal.OutsideEvaluation);
        (finding.awardedFrom, finding.awardedUntil) = (674, 675);
        findings.set(PANEL, finding);
        _gives(0, _facts(), 333);
        (finding.awardedFrom, finding.awardedUntil) = (600, 674);
        findings.set(PANEL, finding);
        _refuses(0, _facts(), IAgreementEvents.Refusal.OutsideEvaluation);
    }

    /// A quote never reverts, whatever it is asked.
    function testFuzz_aQuoteAnswersWhateverItIsAsked(
        uint32 rule,
        bytes32 institution,
        uint32 version,
        uint8 mask,
        uint256[7] memory values,
        uint64 time
    ) public view {
        (uint32 credits, IAgreementEvents.Refusal refusal) =
            _quote(rule % 3, rule % 5 == 0 ? JOU : institution, version, mask, values, time);
        assertEq(credits == 0, refusal != IAgreementEvents.Refusal.None);
        for (uint256 k; k < 2; ++k) {
            values[Facts.CATEGORY] = 2 - k; // reach the later refusals, with facts beyond every range
            values[Facts.LEVEL] = 5;
            values[Facts.OUTCOME] = uint256(CLERK);
            (credits, refusal) = _quote(uint32(k), k == 0 ? JOU : SOU, 1, mask | 0x1d, values, _time());
            assertEq(credits == 0, refusal != IAgreementEvents.Refusal.None);
        }
    }

    // ---- helpers

    function _agree(IAgreementEvents.Terms memory terms) private {
        _agreement = _propose(terms);
        _approveByAll(_agreement);
        skip(PUBLIC_NOTICE);
    }

    /// @dev What rule 1 takes of SOU: academic, level 6, 30.00 credits; it reads nothing else.
    function _degreeFacts() private pure returns (uint256[7] memory values) {
        (values[Facts.CATEGORY], values[Facts.LEVEL], values[Facts.CREDITS]) = (1, 6, 3000);
    }

    function _quote(uint32 rule, bytes32 institution, uint32 version, uint8 mask, uint256[7] memory values, uint64 time)
        private
        view
        returns (uint32, IAgreementEvents.Refusal)
    {
        return agreements.quote(_agreement, rule, institution, version, mask, values, time);
    }

    function _gives(uint32 rule, uint256[7] memory values, uint256 expected) private view {
        (uint32 credits, IAgreementEvents.Refusal refusal) = _quote(rule, JOU, 1, ALL, values, _time());
        assertEq(uint8(refusal), uint8(IAgreementEvents.Refusal.None));
        assertEq(credits, expected);
    }

    function _refuses(uint32 rule, uint256[7] memory values, IAgreementEvents.Refusal why) private view {
        (uint32 credits, IAgreementEvents.Refusal refusal) = _quote(rule, JOU, 1, ALL, values, _time());
        assertEq(uint8(refusal), uint8(why));
        assertEq(credits, 0);
    }

    function _givesAt(uint64 time, bool gives) private view {
        (, IAgreementEvents.Refusal refusal) = _quote(0, JOU, 1, ALL, _facts(), time);
        assertEq(
            uint8(refusal), uint8(gives ? IAgreementEvents.Refusal.None : IAgreementEvents.Refusal.AgreementNotActive)
        );
    }

    function _scoped(uint256[7] memory values, uint32 version, bool within) private view {
        (, IAgreementEvents.Refusal refusal) = _quote(1, SOU, version, ALL, values, _time());
        assertEq(uint8(refusal), uint8(within ? IAgreementEvents.Refusal.None : IAgreementEvents.Refusal.AboveScope));
    }
}
