// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAgreementRegistry} from "../interfaces/IAgreementRegistry.sol";
import {IEvaluationEvents} from "../interfaces/IEvaluationEvents.sol";
import {IInstitutionRegistry} from "../interfaces/IInstitutionRegistry.sol";
import {Calendar} from "../libraries/Calendar.sol";
import {Facts} from "../libraries/Facts.sol";
import {Names} from "../libraries/Names.sol";
import {Endings} from "./Endings.sol";

/// @title What an outcome gives under a rule: examined in the order of the refusals, the first that holds is the answer.
abstract contract Quotes is Endings {
    uint256 private constant ALWAYS_READ = 1 << Facts.CATEGORY | 1 << Facts.LEVEL | 1 << Facts.CREDITS;

    /// @inheritdoc IAgreementRegistry
    function quote(
        bytes32 agreement,
        uint32 rule,
        bytes32 institution,
        uint32 version,
        uint8 mask,
        uint256[7] calldata values,
        uint64 time
    ) external view override returns (uint32 credits, Refusal refusal) {
        Rule memory read = ruleOf(agreement, rule);
        refusal = _refusalOfForce(agreement, read, institution, time);
        if (refusal == Refusal.None) refusal = _refusalOfFacts(read, mask, values, time);
        if (refusal != Refusal.None) return (0, refusal);
        refusal = read.evaluation == 0
            ? _refusalOfScope(institution, version, values)
            : _refusalOfFinding(_evaluations().findingOf(read.evaluation), values);
        if (refusal != Refusal.None) return (0, refusal);
        // Scope or finding bound the credits: nothing overflows.
        uint256 given = values[Facts.CREDITS] * read.numerator / read.denominator;
        if (given == 0) return (0, Refusal.RoundsToNothing);
        return (given < read.mostCredits ? uint32(given) : read.mostCredits, Refusal.None);
    }

    function _refusalOfForce(bytes32 agreement, Rule memory rule, bytes32 institution, uint64 time)
        private
        view
        returns (Refusal)
    {
        if (rule.denominator == 0) return Refusal.UnknownRule;
        if (stateAt(agreement, time) != State.Active) return Refusal.AgreementNotActive;
        if (time < rule.from || time >= rule.until) return Refusal.RuleNotInForce;
        bool any = rule.sourceInstitution == 0;
        if (!any && rule.sourceInstitution != institution) return Refusal.OtherInstitution;
        uint32 province = _institutions().accreditationAt(institution, time).province;
        return province == rule.sourceProvince ? Refusal.None : Refusal.OtherProvince;
    }

    function _refusalOfScope(bytes32 institution, uint32 version, uint256[7] calldata values)
        private
        view
        returns (Refusal)
    {
        IInstitutionRegistry.Accreditation memory accreditation = _institutions().accreditation(institution, version);
        bool within = accreditation.scope.categories >> values[Facts.CATEGORY] & 1 == 1
            && values[Facts.LEVEL] <= accreditation.scope.highestLevel
            && values[Facts.CREDITS] <= accreditation.scope.mostCredits;
        return within ? Refusal.None : Refusal.AboveScope;
    }

    function _institutions() private view returns (IInstitutionRegistry) {
        return IInstitutionRegistry(_resolve(Names.INSTITUTION_REGISTRY));
    }

    function _refusalOfFacts(Rule memory rule, uint8 mask, uint256[7] calldata values, uint64 time)
        private
        pure
        returns (Refusal)
    {
        uint256 reads = ALWAYS_READ;
        if (rule.outcome != 0) reads |= 1 << Facts.OUTCOME;
        if (rule.minimumGrade != 0) reads |= 1 << Facts.GRADE;
        if (rule.greatestAge != 0 || rule.evaluation != 0) reads |= 1 << Facts.MONTH;
        if (mask & reads != reads) return Refusal.FactClosed;
        if (rule.outcome != 0 && values[Facts.OUTCOME] != uint256(rule.outcome)) return Refusal.OtherOutcome;
        if (values[Facts.CATEGORY] != rule.category) return Refusal.OtherCategory;
        if (values[Facts.LEVEL] < rule.lowestLevel || values[Facts.LEVEL] > rule.highestLevel) {
            return Refusal.LevelOutside;
        }
        return _refusalOfGradeAndAge(rule, values[Facts.GRADE], values[Facts.MONTH], time);
    }

    function _refusalOfGradeAndAge(Rule memory rule, uint256 grade, uint256 month, uint64 time)
        private
        pure
        returns (Refusal)
    {
        if (rule.minimumGrade != 0) {
            bool ungraded = grade == Facts.UNGRADED;
            if (ungraded && !rule.acceptsUngraded) return Refusal.Ungraded;
            if (!ungraded && grade < rule.minimumGrade) return Refusal.GradeTooLow;
        }
        uint256 present = Calendar.monthOf(time);
        bool tooOld = rule.greatestAge != 0 && month < present && present - month > rule.greatestAge;
        return tooOld ? Refusal.TooOld : Refusal.None;
    }

    function _refusalOfFinding(IEvaluationEvents.Finding memory finding, uint256[7] calldata values)
        private
        pure
        returns (Refusal)
    {
        uint256 month = values[Facts.MONTH];
        if (month < finding.awardedFrom || month >= finding.awardedUntil) return Refusal.OutsideEvaluation;
        bool above = values[Facts.LEVEL] > finding.level || values[Facts.CREDITS] > finding.credits;
        return above ? Refusal.AboveEvaluation : Refusal.None;
    }
}
