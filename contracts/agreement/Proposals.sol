// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAgreementRegistry} from "../interfaces/IAgreementRegistry.sol";
import {IConsortium} from "../interfaces/IConsortium.sol";
import {IEvaluationRegistry} from "../interfaces/IEvaluationRegistry.sol";
import {Names} from "../libraries/Names.sol";
import {RecognitionKinds} from "../libraries/RecognitionKinds.sol";
import {Roles} from "../libraries/Roles.sol";
import {RuleLaw} from "./RuleLaw.sol";
import {Timelines} from "./Timelines.sol";

/// @title Terms as they are proposed: whatever can be examined at that moment is.
abstract contract Proposals is Timelines {
    uint64 private constant LEAST_PUBLIC_NOTICE = 7 days;
    uint64 private constant LEAST_WITHDRAWAL_NOTICE = 30 days;
    uint64 private constant MOST_WITHDRAWAL_NOTICE = 3650 days; // beyond that a party could as well never leave
    uint256 private constant LATEST = type(uint40).max; // no sum with a notice or the grace leaves the 48 bits of a stand
    uint256 private constant MOST_PARTIES = 16; // as many as there are bits for approvals
    uint256 private constant MOST_RULES = 64;
    bytes32 private constant TYPE_TAG = keccak256("huren.agreement.v1");

    /// @inheritdoc IAgreementRegistry
    function propose(Terms calldata terms) external override inForce {
        IConsortium consortium_ = _consortium();
        uint32 province = consortium_.authorise(msg.sender, Roles.LAW);
        bytes32 agreement = agreementId(terms);
        if (outlineOf(agreement).until != 0) revert AgreementKnown(agreement);
        _requireParties(consortium_, terms.parties);
        (bool party,) = _placeOf(terms.parties, province);
        if (!party) revert AgreementNotParty(agreement, province);
        _requireTerms(terms);
        _requireRules(terms);
        if (terms.supersedes != 0) _requireSupersedable(terms.supersedes, terms.parties);
        _write(agreement, terms);
        _setRound(agreement, Round(1, 0, 0));
        // "a decision counts until deadline + grace"
        uint48 deadline = uint48(terms.approveBy + _grace());
        _push(agreement, Stand(Step.Proposed, false, 0, 0, deadline, uint48(terms.until)));
        (uint64 sequence, bytes32 head) =
            _record(province, RecognitionKinds.AGREEMENT_PROPOSED, keccak256(abi.encode(province, agreement, terms)));
        emit AgreementProposed(province, agreement, terms, msg.sender, sequence, head);
    }

    /// @inheritdoc IAgreementRegistry
    function leastNotices() external pure override returns (uint64, uint64) {
        return (LEAST_PUBLIC_NOTICE, LEAST_WITHDRAWAL_NOTICE);
    }

    /// @dev The EvaluationRegistry in force.
    function _evaluations() internal view returns (IEvaluationRegistry) {
        return IEvaluationRegistry(_resolve(Names.EVALUATION_REGISTRY));
    }

    /// @dev How long after a deadline a decision still counts.
    function _grace() internal view returns (uint64) {
        return _consortium().parameters().grace;
    }

    function _requireParties(IConsortium consortium_, uint32[] calldata parties) private view {
        _require(parties.length >= 2 && parties.length <= MOST_PARTIES, "parties", parties.length);
        uint32 last;
        for (uint256 i; i < parties.length; ++i) {
            _require(parties[i] > last && consortium_.isMember(parties[i]), "parties", parties[i]);
            last = parties[i];
        }
    }

    function _requireTerms(Terms calldata terms) private view {
        _require(terms.typeTag == TYPE_TAG, "typeTag", uint256(terms.typeTag));
        _require(terms.chainId == block.chainid, "chainId", terms.chainId);
        _require(terms.registry == address(this), "registry", uint160(terms.registry));
        _require(terms.until > terms.from && terms.until <= LATEST, "until", terms.until);
        _require(terms.publicNotice >= LEAST_PUBLIC_NOTICE, "publicNotice", terms.publicNotice);
        _require(
            terms.withdrawalNotice >= LEAST_WITHDRAWAL_NOTICE && terms.withdrawalNotice <= MOST_WITHDRAWAL_NOTICE,
            "withdrawalNotice",
            terms.withdrawalNotice
        );
        // Approved on the last day, it must still come into force.
        bool ahead = terms.approveBy > block.timestamp;
        bool early = uint256(terms.approveBy) + terms.publicNotice < terms.until;
        _require(ahead && early, "approveBy", terms.approveBy);
        _require(terms.text != 0, "text", 0);
    }

    function _requireRules(Terms calldata terms) private view {
        _require(terms.rules.length != 0 && terms.rules.length <= MOST_RULES, "rules", terms.rules.length);
        for (uint256 i; i < terms.rules.length; ++i) {
            Rule calldata rule = terms.rules[i];
            RuleLaw.requireSense(i, rule, terms);
            if (rule.evaluation == 0) RuleLaw.requireNoneNeeded(i, rule);
            else RuleLaw.requireWithin(i, rule, _evaluations().findingOf(rule.evaluation));
        }
    }

    /// @dev "A successor's parties include all of the superseded one's": nobody is left out of what replaces its agreement.
    function _requireSupersedable(bytes32 superseded, uint32[] calldata parties) private view {
        uint32[] memory all = _known(superseded).parties;
        State state = _state(superseded);
        if (_isFinal(state)) revert AgreementState(superseded, state);
        for (uint256 i; i < all.length; ++i) {
            (bool found,) = _placeOf(parties, all[i]);
            if (!found) revert SuccessorWithoutParty(superseded, all[i]);
        }
    }

    function _require(bool holds, bytes32 field, uint256 value) private pure {
        if (!holds) revert TermsInvalid(field, value);
    }
}
