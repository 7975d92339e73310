// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAgreementEvents} from "./IAgreementEvents.sol";
import {IGoverned} from "./IGoverned.sol";

/// @title Which terms of mutual recognition every named province has approved.
/// @notice Withdrawn, lapsed, expired and superseded are final: terms come back only as new terms, with another nonce.
/// An approval, its revocation and a settlement name the round they are meant for: what was signed before an objection is void after it.
interface IAgreementRegistry is IGoverned, IAgreementEvents {
    // ---- errors: of terms

    /// @notice `field` of the terms has a value that they cannot have.
    error TermsInvalid(bytes32 field, uint256 value);
    /// @notice `field` of a rule (counted from 0) has a value that it cannot have, or cannot have beside the rule's other fields.
    error RuleInvalid(uint256 rule, bytes32 field, uint256 value);
    /// @notice Community and culture outcomes never become academic credit.
    error RuleCultureToAcademic(uint256 rule);
    /// @notice A vocational or culture outcome that is named needs the finding of a panel.
    error RuleNeedsEvaluation(uint256 rule, bytes32 outcome);
    /// @notice The evaluation did not pass, or is about another outcome or category.
    error RuleEvaluation(uint256 rule, bytes32 evaluation);
    /// @notice `field` of a rule gives more than the panel found: at most `most`.
    error RuleAboveEvaluation(uint256 rule, bytes32 field, uint256 value, uint256 most);

    // ---- errors: of agreements

    error AgreementUnknown(bytes32 agreement);
    /// @notice These very terms were proposed before, whatever became of them.
    error AgreementKnown(bytes32 agreement);
    /// @notice Nothing of the kind can be done with an agreement in this state.
    error AgreementState(bytes32 agreement, State state);
    /// @notice The round of approvals is another one: there was an objection meanwhile.
    error AgreementRound(bytes32 agreement, uint32 present, uint32 given);
    error AgreementNotParty(bytes32 agreement, uint32 province);
    error AgreementApprovedBefore(bytes32 agreement, uint32 province);
    error AgreementNotApproved(bytes32 agreement, uint32 province);
    error AgreementObjectedBefore(bytes32 agreement, uint32 province);
    /// @notice It ends at `ends` already: a withdrawal would change nothing.
    error AgreementEnding(bytes32 agreement, uint64 ends);
    /// @notice With this approval it would come into force at `from`, when it is over.
    error AgreementTooLate(bytes32 agreement, uint64 from, uint64 ends);
    /// @notice Terms to supersede an agreement name all of its parties; `province` is missing.
    error SuccessorWithoutParty(bytes32 superseded, uint32 province);
    /// @notice The agreement that these terms are to supersede has another successor.
    error AgreementSucceeded(bytes32 superseded, bytes32 successor);

    // ---- writing

    /// @notice Proposes terms, by one of their parties (role LAW). It binds nobody.
    function propose(Terms calldata terms) external;

    /// @notice Approves, or approves again after an objection, by a party. Binding act (role LAW). When every party has, the agreement comes
    /// into force after the public notice (after an objection: at once, if that time had come before).
    function approve(bytes32 agreement, uint32 round) external;

    /// @notice Takes an approval back, by a party, before the agreement comes into force. Binding act (role LAW).
    function revokeApproval(bytes32 agreement, uint32 round) external;

    /// @notice Suspends an agreement: by any member during the public notice and, unless it supersedes another, the grace after it; by a party
    /// also while it is in force; each once. Binding act (role LAW).
    /// @param reason sha256 of the reasons, which stay off the chain.
    function object(bytes32 agreement, bytes32 reason) external;

    /// @notice By motion: ends the suspension that began this round. Where it does not go on, the agreement has lapsed.
    function settle(bytes32 agreement, uint32 round, bool goesOn) external;

    /// @notice Gives notice of withdrawal, by a party: the agreement ends for all when the withdrawal notice has run out, suspended or not;
    /// at once where it was never in force. Binding act (role LAW).
    function withdraw(bytes32 agreement) external;

    // ---- views

    /// @return Where it stands at `time`: for a past time, where it stood; for a future one, as things are now.
    function stateAt(bytes32 agreement, uint64 time) external view returns (State);

    /// @return The last step taken with it at `time`, before its successor is asked; step None before the proposal.
    function standAt(bytes32 agreement, uint64 time) external view returns (Stand memory);

    /// @return The present round of approvals; number zero: unknown.
    function roundOf(bytes32 agreement) external view returns (Round memory);

    /// @return What is kept of its terms; all zero: unknown.
    function outlineOf(bytes32 agreement) external view returns (Outline memory);

    /// @return A rule, counted from 0; its denominator is zero where there is none.
    function ruleOf(bytes32 agreement, uint32 rule) external view returns (Rule memory);

    /// @return Whether a party's approval stands in the present round.
    function approvedBy(bytes32 agreement, uint32 province) external view returns (bool);

    /// @return Whether a province ever objected.
    function objectedBy(bytes32 agreement, uint32 province) external view returns (bool);

    /// @return The agreement that supersedes or is to supersede it; zero: none.
    function successorOf(bytes32 agreement) external view returns (bytes32);

    /// @notice What an outcome gives under a rule, before anyone applies.
    /// @param version Of the institution's accreditation, as the batch keeps it: its scope bounds what the institution could award.
    /// @param mask Which facts are known, as in an opening.
    /// @param values The facts, zero where not known.
    /// @param time The moment of the request.
    /// @return credits Hundredths, rounded down; zero where refused.
    /// @return refusal Why it gives nothing.
    function quote(
        bytes32 agreement,
        uint32 rule,
        bytes32 institution,
        uint32 version,
        uint8 mask,
        uint256[7] calldata values,
        uint64 time
    ) external view returns (uint32 credits, Refusal refusal);

    /// @return The least public notice and withdrawal notice that terms may have, in seconds.
    function leastNotices() external pure returns (uint64, uint64);

    /// @return The agreement these terms make.
    function agreementId(Terms calldata terms) external pure returns (bytes32);
}
