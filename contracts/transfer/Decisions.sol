// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

// Decoded once to memory: read from calldata again and again, they cost the ledger 600 bytes of code.
// solhint-disable gas-calldata-parameters

import {IClaimBook} from "../interfaces/IClaimBook.sol";
import {ICredentialRegistry} from "../interfaces/ICredentialRegistry.sol";
import {IInstitutionRegistry} from "../interfaces/IInstitutionRegistry.sol";
import {ITransferLedger} from "../interfaces/ITransferLedger.sol";
import {RecognitionKinds} from "../libraries/RecognitionKinds.sol";
import {Roles} from "../libraries/Roles.sol";
import {Requests} from "./Requests.sol";

/// @title How a request ends: "the body that grants the certificate decides", or nobody does in time.
/// @dev The claim book is called last: what it might call back finds the request decided.
abstract contract Decisions is Requests {
    /// @inheritdoc ITransferLedger
    function accept(Ref memory ref, Details memory details, bytes32 enrolment, uint32 credits)
        external
        override
        inForce
    {
        Transfer storage transfer = _toDecide(ref, details);
        if (enrolment == 0 || credits == 0 || credits > transfer.quoted) {
            revert TransferAward(enrolment, credits, transfer.quoted);
        }
        _requireStanding(details);
        transfer.stage = Stage.Accepted;
        transfer.awarded = credits;
        transfer.decidedAt = uint48(block.timestamp);
        transfer.enrolment = enrolment;
        Totals storage totals = _totalsToWrite(ref.source, ref.target);
        totals.accepted += 1;
        totals.awarded += credits;
        _emitAccepted(ref, enrolment, credits);
        uint32 cap = _agreements().ruleOf(details.agreement, details.rule).cap;
        _claimBook().use(details.canonical, details.claim, ref, _accountOf(details, enrolment), credits, cap);
    }

    /// @inheritdoc ITransferLedger
    function reject(Ref memory ref, Details memory details, Return reason, bytes32 explanation)
        external
        override
        inForce
    {
        Transfer storage transfer = _toDecide(ref, details);
        if (reason == Return.None || reason > Return.Otherwise) revert TransferReason(uint8(reason));
        _return(ref, details, transfer, reason, explanation);
    }

    /// @inheritdoc ITransferLedger
    function cancel(Ref memory ref, Details memory details) external override inForce {
        uint32 acting = _consortium().authorise(msg.sender, Roles.TRANSFER);
        if (!_keeps(acting, ref.source)) revert TransferByStranger(ref.source, ref.target, acting);
        _return(ref, details, _at(ref, details, Stage.Requested), Return.Cancelled, 0);
    }

    /// @inheritdoc ITransferLedger
    function expire(Ref memory ref, Details memory details) external override inForce {
        Transfer storage transfer = _at(ref, details, Stage.Requested);
        uint64 until = _closesAt(transfer);
        if (block.timestamp < until) revert TransferNotExpired(until);
        _return(ref, details, transfer, Return.Expired, 0);
    }

    /// @dev Whose windows the award of a transfer counts in.
    function _accountOf(Details memory details, bytes32 enrolment) internal pure returns (IClaimBook.Account memory) {
        return IClaimBook.Account(details.targetInstitution, details.programme, enrolment);
    }

    // ---- inside

    /// @dev A request that the caller may decide now.
    function _toDecide(Ref memory ref, Details memory details) private returns (Transfer storage transfer) {
        transfer = _at(ref, details, Stage.Requested);
        _requireOfficer(details.targetInstitution, ref.target);
        uint64 until = _closesAt(transfer);
        if (block.timestamp >= until) revert TransferTooLate(until);
    }

    function _return(
        Ref memory ref,
        Details memory details,
        Transfer storage transfer,
        Return reason,
        bytes32 explanation
    ) private {
        transfer.stage = Stage.Returned;
        transfer.reason = reason;
        transfer.decidedAt = uint48(block.timestamp);
        _totalsToWrite(ref.source, ref.target).returned += 1;
        (uint64 sequence, bytes32 head) =
            _recordOf(ref, RecognitionKinds.TRANSFER_RETURNED, abi.encode(reason, explanation));
        emit TransferReturned(ref.source, ref.target, ref.number, reason, explanation, msg.sender, sequence, head);
        _claimBook().release(details.canonical, details.claim, ref);
    }

    function _emitAccepted(Ref memory ref, bytes32 enrolment, uint32 awarded) private {
        (uint64 sequence, bytes32 head) =
            _recordOf(ref, RecognitionKinds.TRANSFER_ACCEPTED, abi.encode(enrolment, awarded));
        emit TransferAccepted(ref.source, ref.target, ref.number, enrolment, awarded, msg.sender, sequence, head);
    }

    /// @dev "accept reads status and standing of both sides again". The claim must still be the outcome's one claim.
    function _requireStanding(Details memory details) private view {
        _requireAccredited(details.institution);
        _requireAccredited(details.targetInstitution);
        ICredentialRegistry credentials = _credentials();
        ICredentialRegistry.Anchor memory batch = credentials.anchorOf(details.institution, details.root);
        _requireGood(details.leaf, credentials.leafState(details.institution, details.leaf), batch);
        _canonicalOf(details.institution, details.outcome, batch.anchoredAt);
    }

    /// @dev "any officer accepts transfers only after 3 days in force": a centre that appoints itself an officer waits, and is seen waiting.
    /// Of the pair's target province: "the pair is fixed at request", and whoever the institution was moved to is no party to it.
    function _requireOfficer(bytes32 institution, uint32 province) private view {
        IInstitutionRegistry institutions = _institutions();
        IInstitutionRegistry.Tenure memory tenure = institutions.officer(institution, msg.sender);
        if (
            !institutions.officerInForceAt(institution, msg.sender, uint64(block.timestamp))
                || block.timestamp < tenure.validFrom + institutions.OFFICER_DELAY() || tenure.province != province
                || !_consortium().canAct(province)
        ) revert TransferOfficer(institution, msg.sender);
    }
}
