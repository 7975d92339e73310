// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

// Decoded once to memory: read from calldata again and again, they cost the ledger 600 bytes of code.
// solhint-disable gas-calldata-parameters

import {Governed} from "../base/Governed.sol";
import {IAgreementRegistry} from "../interfaces/IAgreementRegistry.sol";
import {IClaimBook} from "../interfaces/IClaimBook.sol";
import {ICredentialEvents} from "../interfaces/ICredentialEvents.sol";
import {ICredentialRegistry} from "../interfaces/ICredentialRegistry.sol";
import {IInstitutionRegistry} from "../interfaces/IInstitutionRegistry.sol";
import {ITransferLedger} from "../interfaces/ITransferLedger.sol";
import {Names} from "../libraries/Names.sol";

/// @title What is kept of transfers, how it is read, and how each stands at this moment.
/// @dev `requestedAt` is a transfer's written-flag, `requested` that of a pair's totals; a consent is only ever set. A record of the
/// predecessor is copied whole when it is first written to.
abstract contract Transfers is Governed, ITransferLedger {
    uint256 private constant MOST_REISSUES = 32;

    mapping(uint32 source => mapping(uint32 target => mapping(uint64 number => Transfer))) private _transfers; // slot 1
    mapping(uint32 source => mapping(uint32 target => Totals)) private _totals; // slot 2
    mapping(uint32 source => mapping(bytes32 consent => bool)) internal _consents; // slot 3

    // ---- views

    /// @inheritdoc ITransferLedger
    function standingOf(Ref memory ref, Details memory details) external view override returns (Standing) {
        Transfer memory transfer = transferOf(ref);
        if (transfer.stage == Stage.None) return Standing.Unknown;
        _requireDetails(ref, transfer, details);
        if (transfer.stage == Stage.Returned) return Standing.Returned;
        if (transfer.stage == Stage.Reversed) return Standing.Reversed;
        if (transfer.stage == Stage.Requested) {
            return block.timestamp < _closesAt(transfer) ? Standing.Requested : Standing.Overdue;
        }
        (ICredentialEvents.Status own, ICredentialEvents.Status batch) = _fateOf(details);
        return _isGood(own, batch) ? Standing.Accepted : Standing.Flagged;
    }

    /// @inheritdoc ITransferLedger
    function transferOf(Ref memory ref) public view override returns (Transfer memory) {
        Transfer storage transfer = _transfers[ref.source][ref.target][ref.number];
        if (transfer.requestedAt == 0 && predecessor != address(0)) {
            return ITransferLedger(predecessor).transferOf(ref);
        }
        return transfer;
    }

    /// @inheritdoc ITransferLedger
    function totalsOf(uint32 source, uint32 target) public view override returns (Totals memory) {
        Totals storage totals = _totals[source][target];
        if (totals.requested == 0 && predecessor != address(0)) {
            return ITransferLedger(predecessor).totalsOf(source, target);
        }
        return totals;
    }

    /// @inheritdoc ITransferLedger
    function consentUsed(uint32 source, bytes32 consent) public view override returns (bool) {
        if (_consents[source][consent]) return true; // and never false again
        return predecessor != address(0) && ITransferLedger(predecessor).consentUsed(source, consent);
    }

    // ---- for the other parts

    /// @dev A transfer at `stage`, to be written to.
    function _at(Ref memory ref, Stage stage) internal returns (Transfer storage transfer) {
        Transfer memory known = transferOf(ref);
        if (known.stage == Stage.None) revert TransferUnknown(ref.source, ref.target, ref.number);
        if (known.stage != stage) revert TransferStage(ref.source, ref.target, ref.number, known.stage);
        transfer = _transfers[ref.source][ref.target][ref.number];
        if (transfer.requestedAt == 0) _write(ref.source, ref.target, ref.number, known);
    }

    /// @dev The same, of which `details` are the details.
    function _at(Ref memory ref, Details memory details, Stage stage) internal returns (Transfer storage transfer) {
        transfer = _at(ref, stage);
        _requireDetails(ref, transfer, details);
    }

    function _write(uint32 source, uint32 target, uint64 number, Transfer memory transfer) internal {
        _transfers[source][target][number] = transfer;
    }

    /// @dev Totals to be written to; they still say `requested` zero where the pair's first request is being written.
    function _totalsToWrite(uint32 source, uint32 target) internal returns (Totals storage totals) {
        totals = _totals[source][target];
        if (totals.requested == 0) _totals[source][target] = totalsOf(source, target);
    }

    /// @dev Appends an event of a transfer to the heads of its pair.
    /// @param rest abi.encode of the event's fields between `number` and `actor`.
    function _recordOf(Ref memory ref, uint16 kind, bytes memory rest)
        internal
        returns (uint64 sequence, bytes32 head)
    {
        return _record(uint64(ref.source) << 32 | ref.target, kind, keccak256(bytes.concat(abi.encode(ref), rest)));
    }

    /// @dev The end of the time in which a request may be decided: "a decision counts until deadline + grace, expiry from then on".
    function _closesAt(Transfer memory transfer) internal view returns (uint64) {
        return transfer.deadline + _consortium().parameters().grace;
    }

    /// @dev Own status and batch status of what the credential is by now: "where it was superseded, it follows the successor".
    function _fateOf(Details memory details)
        internal
        view
        returns (ICredentialEvents.Status own, ICredentialEvents.Status batch)
    {
        ICredentialRegistry credentials = _credentials();
        bytes32 root = details.root;
        ICredentialRegistry.LeafState memory state = credentials.leafState(details.institution, details.leaf);
        // A chain of successors never closes: each link leads from a leaf revoked for ever to one that was good. One that is longer than
        // any reissue needs is not followed to its end, and its last link read is revoked: only who made it so long loses by that.
        for (uint256 i; i < MOST_REISSUES && state.reason == ICredentialEvents.Reason.Superseded; ++i) {
            root = state.successorRoot;
            state = credentials.leafState(details.institution, state.successor);
        }
        return (state.status, credentials.anchorOf(details.institution, root).status);
    }

    /// @dev Whether `acting` is `province` itself, or keeps its records after it has gone.
    function _keeps(uint32 acting, uint32 province) internal view returns (bool) {
        return acting == province || _consortium().custodianOf(province) == acting;
    }

    function _credentials() internal view returns (ICredentialRegistry) {
        return ICredentialRegistry(_resolve(Names.CREDENTIAL_REGISTRY));
    }

    function _institutions() internal view returns (IInstitutionRegistry) {
        return IInstitutionRegistry(_resolve(Names.INSTITUTION_REGISTRY));
    }

    function _agreements() internal view returns (IAgreementRegistry) {
        return IAgreementRegistry(_resolve(Names.AGREEMENT_REGISTRY));
    }

    function _claimBook() internal view returns (IClaimBook) {
        return IClaimBook(_resolve(Names.CLAIM_BOOK));
    }

    function _isGood(ICredentialEvents.Status own, ICredentialEvents.Status batch) internal pure returns (bool) {
        return own == ICredentialEvents.Status.Valid && batch == ICredentialEvents.Status.Valid;
    }

    function _requireDetails(Ref memory ref, Transfer memory transfer, Details memory details) private pure {
        if (transfer.details != keccak256(abi.encode(details))) {
            revert TransferDetails(ref.source, ref.target, ref.number);
        }
    }
}
