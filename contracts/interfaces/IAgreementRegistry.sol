// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAgreementEvents} from "./IAgreementEvents.sol";
import {IGoverned} from "./IGoverned.sol";

/// @title Which terms of mutual recognition every named province has approved.
/// @notice Withdrawn, lapsed, expired and superseded are final: terms come back only as new terms, with another nonce.
interface IAgreementRegistry is IGoverned, IAgreementEvents {
    /// @notice Proposes terms, by one of their parties (role LAW). It binds nobody.
    function propose(Terms calldata terms) external;

    /// @notice Approves, or approves again after an objection, by a party. Binding act (role LAW). When every party has, the agreement comes
    /// into force after the public notice (after an objection: at once, if that time had come before).
    function approve(bytes32 agreement) external;

    /// @notice Takes an approval back, by a party, before the agreement comes into force. Binding act (role LAW).
    function revokeApproval(bytes32 agreement) external;

    /// @notice Suspends an agreement: by any member during the public notice, by a party also while it is in force; each once.
    /// Binding act (role LAW).
    /// @param reason sha256 of the reasons, which stay off the chain.
    function object(bytes32 agreement, bytes32 reason) external;

    /// @notice By motion: ends a suspension. Where it does not go on, the agreement has lapsed.
    function settle(bytes32 agreement, bool goesOn) external;

    /// @notice Gives notice of withdrawal, by a party: the agreement ends for all when the withdrawal notice has run out; at once where
    /// it is not in force yet. Binding act (role LAW).
    function withdraw(bytes32 agreement) external;

    // ---- views

    /// @return The least public notice and withdrawal notice that terms may have, in seconds.
    function leastNotices() external view returns (uint64, uint64);

    /// @return The agreement these terms make.
    function agreementId(Terms calldata terms) external pure returns (bytes32);

    /// @return Where it stands at `time`; for a future time, as things are now.
    function stateAt(bytes32 agreement, uint64 time) external view returns (State);

    /// @return Its parties, ascending; empty: unknown.
    function partiesOf(bytes32 agreement) external view returns (uint32[] memory);

    /// @return Whether a party's approval stands in the present round.
    function approvedBy(bytes32 agreement, uint32 province) external view returns (bool);

    /// @return How many rules it has.
    function rulesOf(bytes32 agreement) external view returns (uint32);

    /// @return A rule, counted from 0; its denominator is zero where there is none.
    function ruleOf(bytes32 agreement, uint32 rule) external view returns (Rule memory);

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
}
