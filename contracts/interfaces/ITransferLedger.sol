// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICredentialRegistry} from "./ICredentialRegistry.sol";
import {IGoverned} from "./IGoverned.sol";
import {ITransferEvents} from "./ITransferEvents.sol";

/// @title Which credential was used for credits where, under which rule; the only writer of ClaimBook.
interface ITransferLedger is IGoverned, ITransferEvents {
    /// @notice Asks for credits, for the rule's source province, which accredits the institution (role TRANSFER). Locks the claim, stores
    /// the quote. The opening opens outcome, claim and what the rule reads.
    function request(
        Application calldata application,
        ICredentialRegistry.Opening calldata opening,
        bytes32 root,
        bytes32[] calldata proof
    ) external;

    /// @notice Awards `credits`, by an officer of the target institution. Status and standing of both sides are read again; the rule is
    /// the request's, whatever became of its agreement.
    function accept(Ref memory ref, Details memory details, bytes32 enrolment, uint32 credits) external;

    /// @notice Rejects, by an officer of the target institution. `explanation` is the digest of the private one.
    function reject(Ref memory ref, Details memory details, Return reason, bytes32 explanation) external;

    /// @notice Takes a request back, by the source province or its custodian (role TRANSFER).
    function cancel(Ref memory ref, Details memory details) external;

    /// @notice Returns a request whose deadline and grace are over. By anybody.
    function expire(Ref memory ref, Details memory details) external;

    /// @notice Agrees to withdraw an award. Binding act (role TRANSFER) of each side (or its custodian), after which the claim is free again;
    /// of the target's alone once the credential (that which it was superseded by) or its batch is revoked, and then the claim of a revoked
    /// credential stays used. It lowers the very windows that the award raised.
    function reverse(Ref memory ref, Details memory details) external;

    /// @notice Appeals against a rejection, by the source province or its custodian (role TRANSFER), once, within APPEAL_TIME and the grace.
    function appeal(Ref memory ref, bytes32 statement) external;

    /// @notice Decides an appeal. Binding act (role TRANSFER) of the target province or its custodian.
    function decideAppeal(Ref memory ref, bool upheld, bytes32 statement) external;

    /// @notice Retires a free claim for ever, by the province that accredits the canonical institution. Binding act (role TRANSFER).
    function retire(bytes32 institution, bytes32 claim, Retirement reason) external;

    // ---- views

    /// @return The longest time between a request and its deadline, in seconds.
    function LONGEST_DEADLINE() external view returns (uint64);

    /// @return How long after a rejection an appeal may be filed, in seconds.
    function APPEAL_TIME() external view returns (uint64);

    /// @return A transfer; stage None, and all zero, for an unknown one.
    function transferOf(Ref memory ref) external view returns (Transfer memory);

    /// @return How it stands now. `details` are those of the request; a credential that was superseded is followed to its successor.
    function standingOf(Ref memory ref, Details memory details) external view returns (Standing);

    /// @return What the events of a pair add up to.
    function totalsOf(uint32 source, uint32 target) external view returns (Totals memory);

    /// @return Whether a consent served a request of this source province.
    function consentUsed(uint32 source, bytes32 consent) external view returns (bool);
}
