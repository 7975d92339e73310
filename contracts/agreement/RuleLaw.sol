// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAgreementEvents} from "../interfaces/IAgreementEvents.sol";
import {IAgreementRegistry} from "../interfaces/IAgreementRegistry.sol";
import {IEvaluationEvents} from "../interfaces/IEvaluationEvents.sol";
import {Facts} from "../libraries/Facts.sol";

/// @title What a rule may say: ranges, fields that need one another, and what a panel's finding leaves room for.
library RuleLaw {
    uint8 internal constant ACADEMIC = 1;
    uint8 internal constant CULTURE = 3;
    uint32 internal constant MOST_RATIO_TERM = 1_000_000;

    /// @notice Reverts unless the rule makes sense within the terms; its evaluation apart.
    /// @param index The rule's place in the terms.
    function requireSense(uint256 index, IAgreementEvents.Rule calldata rule, IAgreementEvents.Terms calldata terms)
        internal
        pure
    {
        _require(_isOf(terms.parties, rule.sourceProvince), index, "sourceProvince", rule.sourceProvince);
        bool other = rule.targetProvince != rule.sourceProvince;
        _require(other && _isOf(terms.parties, rule.targetProvince), index, "targetProvince", rule.targetProvince);
        _requireNamed(index, rule.outcome, "outcome", rule.sourceInstitution);
        _requireNamed(index, rule.programme, "programme", rule.targetInstitution);
        _requireNamed(index, rule.course, "course", rule.programme);
        _requireOutcome(index, rule);
        _requireAmount(index, rule);
        _require(rule.from >= terms.from, index, "from", rule.from);
        _require(rule.until > rule.from && rule.until <= terms.until, index, "until", rule.until);
    }

    /// @notice Reverts unless a rule without an evaluation may be without one.
    function requireNoneNeeded(uint256 index, IAgreementEvents.Rule calldata rule) internal pure {
        bool needed = rule.outcome != 0 && rule.category != ACADEMIC;
        if (needed) revert IAgreementRegistry.RuleNeedsEvaluation(index, rule.outcome);
    }

    /// @notice Reverts unless the rule keeps to what the panel found: "its category, level and credits bound the rule".
    function requireWithin(uint256 index, IAgreementEvents.Rule calldata rule, IEvaluationEvents.Finding memory finding)
        internal
        pure
    {
        _require(rule.outcome != 0, index, "evaluation", uint256(rule.evaluation));
        bool about = finding.passed && finding.institution == rule.sourceInstitution && finding.outcome == rule.outcome
            && finding.category == rule.category;
        if (!about) revert IAgreementRegistry.RuleEvaluation(index, rule.evaluation);
        _requireAtMost(index, "highestLevel", rule.highestLevel, finding.level);
        uint256 most = uint256(finding.credits) * rule.numerator / rule.denominator;
        _requireAtMost(index, "mostCredits", rule.mostCredits, most);
    }

    function _requireOutcome(uint256 index, IAgreementEvents.Rule calldata rule) private pure {
        _requireBetween(index, "category", rule.category, 1, Facts.LAST_CATEGORY);
        _requireBetween(index, "kind", rule.kind, 1, Facts.LAST_CATEGORY);
        if (rule.category == CULTURE && rule.kind == ACADEMIC) revert IAgreementRegistry.RuleCultureToAcademic(index);
        _requireBetween(index, "lowestLevel", rule.lowestLevel, 1, Facts.LAST_LEVEL);
        _requireBetween(index, "highestLevel", rule.highestLevel, rule.lowestLevel, Facts.LAST_LEVEL);
        _requireBetween(index, "minimumGrade", rule.minimumGrade, 0, Facts.LAST_GRADE);
        _require(!rule.acceptsUngraded || rule.minimumGrade != 0, index, "acceptsUngraded", 1);
    }

    function _requireAmount(uint256 index, IAgreementEvents.Rule calldata rule) private pure {
        _requireBetween(index, "numerator", rule.numerator, 1, MOST_RATIO_TERM);
        _requireBetween(index, "denominator", rule.denominator, 1, MOST_RATIO_TERM);
        _requireBetween(index, "mostCredits", rule.mostCredits, 1, Facts.MOST_CREDITS);
        _require(rule.cap != 0, index, "cap", 0);
    }

    /// @dev What is named within something needs that to be named too.
    function _requireNamed(uint256 index, bytes32 inner, bytes32 field, bytes32 outer) private pure {
        _require(inner == 0 || outer != 0, index, field, uint256(inner));
    }

    function _requireBetween(uint256 index, bytes32 field, uint256 value, uint256 least, uint256 most) private pure {
        _require(value >= least && value <= most, index, field, value);
    }

    function _requireAtMost(uint256 index, bytes32 field, uint256 value, uint256 most) private pure {
        if (value > most) revert IAgreementRegistry.RuleAboveEvaluation(index, field, value, most);
    }

    function _require(bool holds, uint256 index, bytes32 field, uint256 value) private pure {
        if (!holds) revert IAgreementRegistry.RuleInvalid(index, field, value);
    }

    function _isOf(uint32[] calldata parties, uint32 province) private pure returns (bool) {
        for (uint256 i; i < parties.length; ++i) {
            if (parties[i] == province) return true;
        }
        return false;
    }
}
