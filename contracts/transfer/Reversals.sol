// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

// Decoded once to memory: read from calldata again and again, they cost the ledger 600 bytes of code.
// solhint-disable gas-calldata-parameters

import {ICredentialEvents} from "../interfaces/ICredentialEvents.sol";
import {ITransferLedger} from "../interfaces/ITransferLedger.sol";
import {RecognitionKinds} from "../libraries/RecognitionKinds.sol";
import {Roles} from "../libraries/Roles.sol";
import {Decisions} from "./Decisions.sol";

/// @title What may follow a decision: a reversal by both sides, an appeal; and the claims that are never to be used at all.
abstract contract Reversals is Decisions {
    /// @inheritdoc ITransferLedger
    uint64 public constant override APPEAL_TIME = 30 days;

    /// @inheritdoc ITransferLedger
    function reverse(Ref memory ref, Details memory details) external override inForce {
        uint32 acting = _consortium().authorise(msg.sender, Roles.TRANSFER);
        // A province that keeps the records of the other, which has gone, acts for both.
        bool forSource = _keeps(acting, ref.source);
        bool forTarget = _keeps(acting, ref.target);
        if (!forSource && !forTarget) revert TransferByStranger(ref.source, ref.target, acting);
        Transfer storage transfer = _at(ref, details, Stage.Accepted);
        (ICredentialEvents.Status own, ICredentialEvents.Status batch) = _fateOf(details);
        bool both = (forSource || transfer.sourceReverses) && (forTarget || transfer.targetReverses);
        bool alone = forTarget && (own == ICredentialEvents.Status.Revoked || batch == ICredentialEvents.Status.Revoked);
        if (!both && !alone) {
            if (forSource ? transfer.sourceReverses : transfer.targetReverses) revert TransferReversalAgreed(acting);
            if (!_bindingAct(acting, Roles.TRANSFER)) return;
            _agree(ref, transfer, forSource, acting);
            return;
        }
        if (!_bindingAct(acting, Roles.TRANSFER)) return;
        // A revoked batch may hold good leaves, which are anchored again; a revoked credential is gone for good.
        _undo(ref, details, transfer, !both && own == ICredentialEvents.Status.Revoked);
    }

    /// @inheritdoc ITransferLedger
    function appeal(Ref memory ref, bytes32 statement) external override inForce {
        uint32 acting = _consortium().authorise(msg.sender, Roles.TRANSFER);
        if (!_keeps(acting, ref.source)) revert TransferByStranger(ref.source, ref.target, acting);
        Transfer storage transfer = _at(ref, Stage.Returned);
        if (transfer.reason > Return.Otherwise) revert TransferReason(uint8(transfer.reason)); // not a decision
        if (transfer.appeal != Appeal.None) _wrongAppeal(ref, transfer.appeal);
        uint64 until = transfer.decidedAt + APPEAL_TIME + _consortium().parameters().grace;
        if (block.timestamp >= until) revert TransferTooLate(until);
        transfer.appeal = Appeal.Filed;
        (uint64 sequence, bytes32 head) = _recordOf(ref, RecognitionKinds.APPEAL_FILED, abi.encode(statement));
        emit AppealFiled(ref.source, ref.target, ref.number, statement, msg.sender, sequence, head);
    }

    /// @inheritdoc ITransferLedger
    function decideAppeal(Ref memory ref, bool upheld, bytes32 statement) external override inForce {
        uint32 acting = _consortium().authorise(msg.sender, Roles.TRANSFER);
        if (!_keeps(acting, ref.target)) revert TransferByStranger(ref.source, ref.target, acting);
        Transfer storage transfer = _at(ref, Stage.Returned);
        if (transfer.appeal != Appeal.Filed) _wrongAppeal(ref, transfer.appeal);
        if (!_bindingAct(acting, Roles.TRANSFER)) return;
        transfer.appeal = upheld ? Appeal.Upheld : Appeal.Dismissed;
        (uint64 sequence, bytes32 head) = _recordOf(ref, RecognitionKinds.APPEAL_DECIDED, abi.encode(upheld, statement));
        emit AppealDecided(ref.source, ref.target, ref.number, upheld, statement, msg.sender, sequence, head);
    }

    /// @inheritdoc ITransferLedger
    function retire(bytes32 institution, bytes32 claim, Retirement reason) external override inForce {
        uint32 acting = _consortium().authorise(msg.sender, Roles.TRANSFER);
        if (reason == Retirement.None) revert TransferReason(uint8(reason));
        if (!_keeps(acting, _institutions().provinceOf(institution))) revert RetireByStranger(institution, acting);
        if (!_bindingAct(acting, Roles.TRANSFER)) return;
        (uint64 sequence, bytes32 head) =
            _record(acting, RecognitionKinds.CLAIM_RETIRED, keccak256(abi.encode(acting, institution, claim, reason)));
        emit ClaimRetired(acting, institution, claim, reason, msg.sender, sequence, head);
        _claimBook().retire(institution, claim);
    }

    // ---- inside

    function _agree(Ref memory ref, Transfer storage transfer, bool forSource, uint32 province) private {
        if (forSource) transfer.sourceReverses = true;
        else transfer.targetReverses = true;
        (uint64 sequence, bytes32 head) = _recordOf(ref, RecognitionKinds.REVERSAL_AGREED, abi.encode(province));
        emit ReversalAgreed(ref.source, ref.target, ref.number, province, msg.sender, sequence, head);
    }

    function _undo(Ref memory ref, Details memory details, Transfer storage transfer, bool spent) private {
        uint32 withdrawn = transfer.awarded;
        transfer.stage = Stage.Reversed;
        Totals storage totals = _totalsToWrite(ref.source, ref.target);
        totals.reversed += 1;
        totals.withdrawn += withdrawn;
        (uint64 sequence, bytes32 head) =
            _recordOf(ref, RecognitionKinds.TRANSFER_REVERSED, abi.encode(withdrawn, spent));
        emit TransferReversed(ref.source, ref.target, ref.number, withdrawn, spent, msg.sender, sequence, head);
        _claimBook()
            .undo(
                details.canonical,
                details.claim,
                ref,
                _accountOf(details, transfer.enrolment),
                withdrawn,
                transfer.decidedAt,
                spent
            );
    }

    function _wrongAppeal(Ref memory ref, Appeal found) private pure {
        revert TransferAppeal(ref.source, ref.target, ref.number, found);
    }
}
