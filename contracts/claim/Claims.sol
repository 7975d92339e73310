// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IClaimBook} from "../interfaces/IClaimBook.sol";
import {ITransferEvents} from "../interfaces/ITransferEvents.sol";
import {Names} from "../libraries/Names.sol";
import {Programmes} from "./Programmes.sol";

/// @title Free → Requested → Used → Free or Spent; Requested → Free; Free → Retired. Spent and Retired are final.
/// @dev The book checks every step by itself: it outlives the ledgers that write it, and trusts none of them to be without fault. A claim's
/// `since` is its written-flag.
abstract contract Claims is Programmes {
    mapping(bytes32 institution => mapping(bytes32 claim => Claim)) private _claims; // slot 3

    /// @dev "ClaimBook … the only writer": the TransferLedger in force, whichever it is by then.
    modifier byLedger() {
        _requireLedger();
        _;
    }

    /// @inheritdoc IClaimBook
    function lock(bytes32 canonical, bytes32 institution, bytes32 claim, ITransferEvents.Ref calldata holder)
        external
        override
        inForce
        byLedger
    {
        _requireFree(canonical, claim);
        if (institution != canonical) _requireFree(institution, claim);
        _claims[canonical][claim] =
            Claim(Use.Requested, holder.source, holder.target, holder.number, uint64(block.timestamp));
    }

    /// @inheritdoc IClaimBook
    function release(bytes32 canonical, bytes32 claim, ITransferEvents.Ref calldata holder)
        external
        override
        inForce
        byLedger
    {
        _move(canonical, claim, holder, Use.Requested, Use.Free);
    }

    /// @inheritdoc IClaimBook
    function use(
        bytes32 canonical,
        bytes32 claim,
        ITransferEvents.Ref calldata holder,
        Account calldata account,
        uint32 credits,
        uint32 cap
    ) external override inForce byLedger {
        _move(canonical, claim, holder, Use.Requested, Use.Used);
        _fill(account, credits, cap);
    }

    /// @inheritdoc IClaimBook
    function undo(
        bytes32 canonical,
        bytes32 claim,
        ITransferEvents.Ref calldata holder,
        Account calldata account,
        uint32 credits,
        uint64 usedAt,
        bool spent
    ) external override inForce byLedger {
        _move(canonical, claim, holder, Use.Used, spent ? Use.Spent : Use.Free);
        _empty(account, credits, usedAt);
    }

    /// @inheritdoc IClaimBook
    function retire(bytes32 institution, bytes32 claim) external override inForce byLedger {
        _requireFree(institution, claim);
        _claims[institution][claim] = Claim(Use.Retired, 0, 0, 0, uint64(block.timestamp));
    }

    /// @inheritdoc IClaimBook
    function claimOf(bytes32 institution, bytes32 claim) public view override returns (Claim memory) {
        Claim storage known = _claims[institution][claim];
        if (known.since == 0 && predecessor != address(0)) return IClaimBook(predecessor).claimOf(institution, claim);
        return known;
    }

    /// @dev Copies the claim where the predecessor has it: the transfer that held it stays on record.
    function _move(bytes32 institution, bytes32 claim, ITransferEvents.Ref calldata holder, Use from, Use to) private {
        Claim memory known = claimOf(institution, claim);
        bool holds = known.source == holder.source && known.target == holder.target && known.number == holder.number;
        if (known.use != from || !holds) {
            revert ClaimNot(institution, claim, from, known.use, known.source, known.target, known.number);
        }
        known.use = to;
        known.since = uint64(block.timestamp);
        _claims[institution][claim] = known;
    }

    function _requireFree(bytes32 institution, bytes32 claim) private view {
        Claim memory known = claimOf(institution, claim);
        if (known.use == Use.Free) return;
        revert ClaimTaken(institution, claim, known.use, known.source, known.target, known.number);
    }

    function _requireLedger() private view {
        if (msg.sender != _resolve(Names.TRANSFER_LEDGER)) revert ClaimBookUnauthorised(msg.sender);
    }
}
