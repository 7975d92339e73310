// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {AgreementRegistry} from "../../contracts/AgreementRegistry.sol";
import {EvaluationRegistry} from "../../contracts/EvaluationRegistry.sol";
import {IAgreementEvents} from "../../contracts/interfaces/IAgreementEvents.sol";
import {IAgreementRegistry} from "../../contracts/interfaces/IAgreementRegistry.sol";
import {Names} from "../../contracts/libraries/Names.sol";
import {Panels} from "./base/Panels.sol";

/// @title What a panel found bounds a rule: the AgreementRegistry asks the EvaluationRegistry in force, and a real panel.
/// @notice "evaluation where it names an outcome (its category, level and credits bound the rule …)"
contract AgreementEvaluationTest is Panels {
    AgreementRegistry private _agreements;

    function setUp() public override {
        super.setUp();
        _agreements = new AgreementRegistry(consortium, directory, address(0));
        _succeed(Names.AGREEMENT_REGISTRY, address(_agreements));
    }

    function test_aRuleKeepsToWhatAPanelFound() public {
        bytes32 evaluation = _passed(_subject(), 4, 600);
        _refusedBecause(_terms(evaluation, 5, 400), _above(0, "highestLevel", 5, 4));
        _refusedBecause(_terms(evaluation, 4, 401), _above(0, "mostCredits", 401, 400));
        bytes32 agreement = _agree(_terms(evaluation, 4, 400));
        _gives(agreement, 4, 600, 674, 400, IAgreementEvents.Refusal.None);
        _gives(agreement, 4, 601, 674, 0, IAgreementEvents.Refusal.AboveEvaluation);
        _gives(agreement, 4, 600, 599, 0, IAgreementEvents.Refusal.OutsideEvaluation);
    }

    /// What a panel found covers awards of a period, so the month must be open even where the rule asks for no age.
    function test_aRuleOnAnEvaluationReadsTheMonth() public {
        bytes32 agreement = _agree(_terms(_passed(_subject(), 4, 600), 4, 400));
        uint256[7] memory values = [uint256(CLERK), 1, VOCATIONAL, 4, 600, 15, 0];
        (, IAgreementEvents.Refusal refusal) =
            _agreements.quote(agreement, 0, JOU, 1, 0x3f, values, uint64(vm.getBlockTimestamp()));
        assertEq(uint8(refusal), uint8(IAgreementEvents.Refusal.FactClosed));
    }

    function test_anEvaluationThatIsOpenOrFailedCarriesNoRule() public {
        bytes32 evaluation = _open();
        bytes memory why = abi.encodeWithSelector(IAgreementRegistry.RuleEvaluation.selector, 0, evaluation);
        _refusedBecause(_terms(evaluation, 4, 400), why);
        skip(200 days); // nobody was nominated
        _as(lawyer[SHANGHAI], address(evaluations), abi.encodeCall(evaluations.close, (evaluation)));
        _refusedBecause(_terms(evaluation, 4, 400), why);
    }

    /// A successor of the EvaluationRegistry is asked as soon as it is in force.
    function test_aRuleGoesOnUnderASuccessorOfTheEvaluationRegistry() public {
        bytes32 agreement = _agree(_terms(_passed(_subject(), 4, 600), 4, 400));
        evaluations = new EvaluationRegistry(consortium, directory, address(evaluations));
        _succeed(Names.EVALUATION_REGISTRY, address(evaluations));
        _gives(agreement, 4, 600, 674, 400, IAgreementEvents.Refusal.None);
    }

    // ---- helpers

    function _terms(bytes32 evaluation, uint8 level, uint32 most)
        private
        view
        returns (IAgreementEvents.Terms memory terms)
    {
        uint64 present = uint64(vm.getBlockTimestamp());
        terms.typeTag = keccak256("huren.agreement.v1");
        terms.chainId = block.chainid;
        terms.registry = address(_agreements);
        terms.parties = _provinces(JIANGSU, ZHEJIANG);
        (terms.from, terms.until, terms.approveBy) = (present, present + 1000 days, present + 30 days);
        (terms.publicNotice, terms.withdrawalNotice) = _agreements.leastNotices();
        terms.text = keccak256("the legal text");
        terms.rules = new IAgreementEvents.Rule[](1);
        IAgreementEvents.Rule memory rule = terms.rules[0];
        (rule.sourceInstitution, rule.outcome, rule.evaluation) = (JOU, CLERK, evaluation);
        (rule.sourceProvince, rule.targetProvince) = (JIANGSU, ZHEJIANG);
        (rule.category, rule.kind) = (VOCATIONAL, VOCATIONAL);
        (rule.lowestLevel, rule.highestLevel) = (1, level);
        (rule.numerator, rule.denominator) = (2, 3);
        (rule.mostCredits, rule.cap) = (most, 10_000);
        (rule.from, rule.until) = (terms.from, terms.until);
    }

    function _agree(IAgreementEvents.Terms memory terms) private returns (bytes32 agreement) {
        agreement = _agreements.agreementId(terms);
        _as(lawyer[JIANGSU], address(_agreements), abi.encodeCall(_agreements.propose, (terms)));
        bytes memory call = abi.encodeCall(_agreements.approve, (agreement, 1));
        _twice(JIANGSU, address(_agreements), call);
        _twice(ZHEJIANG, address(_agreements), call);
        skip(terms.publicNotice);
    }

    function _refusedBecause(IAgreementEvents.Terms memory terms, bytes memory why) private {
        _refused(lawyer[JIANGSU], address(_agreements), abi.encodeCall(_agreements.propose, (terms)), why);
    }

    function _gives(
        bytes32 agreement,
        uint256 level,
        uint256 credits,
        uint256 month,
        uint256 given,
        IAgreementEvents.Refusal why
    ) private view {
        uint256[7] memory values = [uint256(CLERK), 1, VOCATIONAL, level, credits, 15, month];
        (uint32 quoted, IAgreementEvents.Refusal refusal) =
            _agreements.quote(agreement, 0, JOU, 1, 0x7f, values, uint64(vm.getBlockTimestamp()));
        assertEq(uint8(refusal), uint8(why));
        assertEq(quoted, given);
    }

    function _above(uint256 rule, bytes32 field, uint256 value, uint256 most) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IAgreementRegistry.RuleAboveEvaluation.selector, rule, field, value, most);
    }
}
