// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAgreementEvents} from "../../contracts/interfaces/IAgreementEvents.sol";
import {IAgreementRegistry} from "../../contracts/interfaces/IAgreementRegistry.sol";
import {IEvaluationEvents} from "../../contracts/interfaces/IEvaluationEvents.sol";
import {Agreements} from "./base/Agreements.sol";

/// @title "Rule: source (province, institution or any, outcome or any, category, level range, minimum grade, greatest age), evaluation where it
/// names an outcome (its category, level and credits bound the rule; otherwise the institution's scope does), target (province, institution
/// or any, programme, course, kind), ratio, most credits per transfer, cap, validity."
contract AgreementRulesTest is Agreements {
    IAgreementEvents.Rule private _clerk; // rule 0
    IAgreementEvents.Rule private _degree; // rule 1

    function setUp() public override {
        super.setUp();
        IAgreementEvents.Terms memory terms = _terms();
        _clerk = terms.rules[0];
        _degree = terms.rules[1];
    }

    // ---- where from, where to

    function test_bothProvincesArePartiesAndDiffer() public {
        _degree.sourceProvince = ANHUI;
        _bad(1, "sourceProvince", ANHUI);
        _degree.sourceProvince = SHANGHAI;
        _degree.targetProvince = ANHUI;
        _bad(1, "targetProvince", ANHUI);
        _degree.targetProvince = SHANGHAI;
        _bad(1, "targetProvince", SHANGHAI);
        _degree.targetProvince = ZHEJIANG;
        _good();
    }

    function test_whatIsNamedWithinSomethingNeedsThatToBeNamed() public {
        _degree.outcome = CLERK;
        _bad(1, "outcome", uint256(CLERK));
        _degree.sourceInstitution = SOU;
        _good();
        _degree.programme = "P";
        _bad(1, "programme", uint256(bytes32("P")));
        _degree.targetInstitution = JOU;
        _good();
        _degree.programme = 0;
        _degree.course = "C";
        _bad(1, "course", uint256(bytes32("C")));
        _degree.programme = "P";
        _good();
    }

    // ---- what

    function test_everyNumberHasItsRange() public {
        _range("category", 0, 4);
        _range("kind", 0, 4);
        _range("lowestLevel", 0, 11);
        _range("highestLevel", 0, 11);
        _range("minimumGrade", 21, 255);
        _range("numerator", 0, 1_000_001);
        _range("denominator", 0, 1_000_001);
        _range("mostCredits", 0, 100_000);
        _range("cap", 0, 0);
        _degree.minimumGrade = 20;
        _degree.numerator = 1_000_000;
        _degree.denominator = 1_000_000;
        _degree.cap = 1;
        _degree.mostCredits = 1;
        _good();
    }

    function test_levelsAreARange() public {
        _degree.lowestLevel = 6;
        _degree.highestLevel = 5;
        _bad(1, "highestLevel", 5);
        _degree.highestLevel = 6;
        _good();
    }

    function test_ungradedIsAcceptedBesideAMinimumOnly() public {
        _degree.acceptsUngraded = true;
        _bad(1, "acceptsUngraded", 1);
        _degree.minimumGrade = 1;
        _good();
    }

    /// "Community and culture outcomes never become academic credit, in the contract."
    function test_cultureToAcademicIsRefused() public {
        _degree.category = 3;
        _refusedBecause(abi.encodeWithSelector(IAgreementRegistry.RuleCultureToAcademic.selector, 1));
        _degree.kind = 2;
        _good();
        _degree.kind = 3;
        _good();
    }

    function test_aRulesWindowIsNotEmptyAndWithinTheAgreements() public {
        (uint64 from, uint64 until) = (_degree.from, _degree.until);
        _degree.from = from - 1;
        _bad(1, "from", from - 1);
        _degree.from = from + 10;
        _degree.until = from + 10;
        _bad(1, "until", from + 10);
        _degree.until = from + 11;
        _good();
        _degree.until = until + 1;
        _bad(1, "until", until + 1);
    }

    // ---- what a panel found

    function test_aVocationalOrCultureOutcomeThatIsNamedNeedsAnEvaluation() public {
        for (uint8 category = 2; category <= 3; ++category) {
            _clerk.evaluation = 0;
            _clerk.category = category;
            _refusedBecause(abi.encodeWithSelector(IAgreementRegistry.RuleNeedsEvaluation.selector, 0, CLERK));
        }
        _clerk.category = 1;
        _good(); // an academic one may go without
        _clerk.category = 2;
        _clerk.outcome = 0;
        _good(); // and so may any that is not named
    }

    function test_anEvaluationIsOnlyOfANamedOutcome() public {
        IEvaluationEvents.Finding memory finding = _finding();
        finding.outcome = 0;
        findings.set(PANEL, finding);
        _clerk.outcome = 0;
        _bad(0, "evaluation", uint256(PANEL));
    }

    function test_theEvaluationPassedAndIsOfThisOutcomeAndCategory() public {
        for (uint256 i; i < 5; ++i) {
            IEvaluationEvents.Finding memory finding = _finding();
            if (i == 0) finding.passed = false;
            if (i == 1) finding.institution = SOU;
            if (i == 2) finding.outcome = keccak256("CLERK-4");
            if (i == 3) finding.category = 1;
            findings.set(PANEL, finding);
            if (i == 4) _clerk.evaluation = "no such panel";
            _refusedBecause(abi.encodeWithSelector(IAgreementRegistry.RuleEvaluation.selector, 0, _clerk.evaluation));
        }
    }

    /// "its category, level and credits bound the rule"
    function test_factsAboveTheEvaluationsAreRefusedInARule() public {
        _clerk.highestLevel = 6;
        _above("highestLevel", 6, 5);
        _clerk.highestLevel = 5;
        _clerk.mostCredits = 401; // 6.00 credits at two for three
        _above("mostCredits", 401, 400);
        _clerk.numerator = 1;
        _clerk.denominator = 7;
        _clerk.mostCredits = 86;
        _above("mostCredits", 86, 85); // 600/7 rounded down
        _clerk.mostCredits = 85;
        _good();
        _clerk.denominator = 601;
        _clerk.mostCredits = 1;
        _above("mostCredits", 1, 0); // and a rule that could give nothing is none
    }

    // ---- helpers

    /// @dev Both values are out of the range of a field of rule 1, which is academic and reads no evaluation.
    function _range(bytes32 field, uint32 one, uint32 other) private {
        IAgreementEvents.Rule memory kept = _degree;
        uint32[2] memory values = [one, other];
        for (uint256 i; i < 2; ++i) {
            uint32 value = values[i];
            if (field == "category") _degree.category = uint8(value);
            if (field == "kind") _degree.kind = uint8(value);
            if (field == "lowestLevel") _degree.lowestLevel = uint8(value);
            if (field == "highestLevel") _degree.highestLevel = uint8(value);
            if (field == "minimumGrade") _degree.minimumGrade = uint8(value);
            if (field == "numerator") _degree.numerator = value;
            if (field == "denominator") _degree.denominator = value;
            if (field == "mostCredits") _degree.mostCredits = value;
            if (field == "cap") _degree.cap = value;
            _bad(1, field, value);
        }
        _degree = kept;
    }

    function _good() private {
        _is(_propose(_present()), IAgreementEvents.State.Proposed);
    }

    function _bad(uint256 rule, bytes32 field, uint256 value) private {
        _refusedBecause(abi.encodeWithSelector(IAgreementRegistry.RuleInvalid.selector, rule, field, value));
    }

    function _above(bytes32 field, uint256 value, uint256 most) private {
        _refusedBecause(abi.encodeWithSelector(IAgreementRegistry.RuleAboveEvaluation.selector, 0, field, value, most));
    }

    function _refusedBecause(bytes memory why) private {
        _no(JIANGSU, _proposeCall(_present()), why);
    }

    function _present() private returns (IAgreementEvents.Terms memory terms) {
        terms = _terms();
        terms.rules[0] = _clerk;
        terms.rules[1] = _degree;
    }
}
