// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAgreementEvents} from "../interfaces/IAgreementEvents.sol";
import {IClaimBook} from "../interfaces/IClaimBook.sol";
import {ICredentialRegistry} from "../interfaces/ICredentialRegistry.sol";
import {IInstitutionEvents} from "../interfaces/IInstitutionEvents.sol";
import {IInstitutionRegistry} from "../interfaces/IInstitutionRegistry.sol";
import {ITransferLedger} from "../interfaces/ITransferLedger.sol";
import {Facts} from "../libraries/Facts.sol";
import {RecognitionKinds} from "../libraries/RecognitionKinds.sol";
import {Roles} from "../libraries/Roles.sol";
import {Transfers} from "./Transfers.sol";

/// @title How a transfer begins: every question that a request must answer, in the order in which they are asked.
abstract contract Requests is Transfers {
    /// @inheritdoc ITransferLedger
    uint64 public constant override LONGEST_DEADLINE = 180 days;

    uint8 private constant ALWAYS_OPEN = uint8(1 << Facts.OUTCOME | 1 << Facts.CLAIM);

    /// @inheritdoc ITransferLedger
    function request(
        Application calldata application,
        ICredentialRegistry.Opening calldata opening,
        bytes32 root,
        bytes32[] calldata proof
    ) external override inForce {
        uint32 source = _consortium().authorise(msg.sender, Roles.TRANSFER);
        _requireTime(application.deadline);
        _spendConsent(source, application.consent);
        if (opening.mask & ALWAYS_OPEN != ALWAYS_OPEN) revert TransferOpening(opening.mask);
        ICredentialRegistry.Proven memory proven = _credentials().prove(opening, root, proof);
        _requireSource(opening.institution, root, source, proven);
        Details memory details = _detailsOf(application, opening.institution, root, proven);
        (uint32 target, uint32 quoted) = _applyRule(details, source, proven);
        _open(source, target, details, proven, quoted, application.deadline);
    }

    function _requireAccredited(bytes32 institution) internal view returns (uint32 province) {
        IInstitutionRegistry.Accreditation memory current =
            _institutions().accreditationAt(institution, uint64(block.timestamp));
        if (current.standing != IInstitutionEvents.Standing.Accredited) {
            revert TransferInstitution(institution, current.standing);
        }
        return current.province;
    }

    /// @dev The institution under which the claim is locked. An alias set since the anchoring gave the person's outcome another claim than
    /// the one in the leaf: with both, it could be used twice.
    function _canonicalOf(bytes32 institution, bytes32 outcome, uint64 anchoredAt)
        internal
        view
        returns (bytes32 canonical)
    {
        IInstitutionRegistry institutions = _institutions();
        bytes32 canonicalOutcome;
        (canonical, canonicalOutcome) = institutions.canonicalOf(institution, outcome);
        (bytes32 lastInstitution, bytes32 lastOutcome) = institutions.canonicalOfAt(institution, outcome, anchoredAt);
        if (canonical != lastInstitution || canonicalOutcome != lastOutcome) {
            revert TransferAliasSince(institution, outcome);
        }
    }

    /// @dev What a decision reads again: "status and standing".
    function _requireGood(
        bytes32 leaf,
        ICredentialRegistry.LeafState memory own,
        ICredentialRegistry.Anchor memory batch
    ) internal pure {
        if (!_isGood(own.status, batch.status)) {
            revert TransferStatus(leaf, own.status, batch.status);
        }
    }

    // ---- inside

    function _spendConsent(uint32 source, bytes32 consent) private {
        if (consent == 0 || consentUsed(source, consent)) revert TransferConsentUsed(consent);
        _consents[source][consent] = true;
    }

    function _open(
        uint32 source,
        uint32 target,
        Details memory details,
        ICredentialRegistry.Proven memory proven,
        uint32 quoted,
        uint64 deadline
    ) private {
        Totals storage totals = _totalsToWrite(source, target);
        uint64 number = totals.requested + 1;
        totals.requested = number;
        totals.quoted += quoted;
        Transfer memory transfer;
        transfer.stage = Stage.Requested;
        transfer.quoted = quoted;
        transfer.requestedAt = uint48(block.timestamp);
        transfer.deadline = uint48(deadline);
        transfer.details = keccak256(abi.encode(details));
        _write(source, target, number, transfer);
        Ref memory ref = Ref(source, target, number);
        _emitRequested(ref, details, _openedOf(proven), quoted, deadline);
        _claimBook().lock(details.canonical, details.institution, details.claim, ref);
    }

    function _emitRequested(
        Ref memory ref,
        Details memory details,
        Opened memory opened,
        uint32 quoted,
        uint64 deadline
    ) private {
        (uint64 sequence, bytes32 head) = _recordOf(
            ref, RecognitionKinds.TRANSFER_REQUESTED, abi.encode(details, opened, quoted, deadline)
        );
        emit TransferRequested(
            ref.source, ref.target, ref.number, details, opened, quoted, deadline, msg.sender, sequence, head
        );
    }

    function _applyRule(Details memory details, uint32 source, ICredentialRegistry.Proven memory proven)
        private
        view
        returns (uint32 target, uint32 quoted)
    {
        IAgreementEvents.Refusal refusal;
        (quoted, refusal) = _agreements()
            .quote(
                details.agreement,
                details.rule,
                details.institution,
                proven.batch.accreditation,
                proven.mask,
                proven.values,
                uint64(block.timestamp)
            );
        if (refusal != IAgreementEvents.Refusal.None) {
            revert TransferRefused(details.agreement, details.rule, refusal);
        }
        IAgreementEvents.Rule memory rule = _agreements().ruleOf(details.agreement, details.rule);
        target = rule.targetProvince;
        if (source != rule.sourceProvince) revert TransferByStranger(rule.sourceProvince, target, source);
        _requireTarget(details, rule);
    }

    function _requireTime(uint64 deadline) private view {
        uint64 latest = uint64(block.timestamp) + LONGEST_DEADLINE;
        if (deadline <= block.timestamp || deadline > latest) revert TransferDeadline(deadline, latest);
    }

    /// @dev "batch attested by another province, status good": another than the one that anchored it and the one that asks.
    function _requireSource(bytes32 institution, bytes32 root, uint32 source, ICredentialRegistry.Proven memory proven)
        private
        view
    {
        _requireAccredited(institution);
        _requireGood(proven.leaf, proven.state, proven.batch);
        // The anchoring province cannot attest; where it is another than the one that asks, the latter's own attestation does not count.
        uint256 others = proven.batch.attestations;
        if (others != 0 && _credentials().attestedBy(institution, root, source)) --others;
        if (others == 0) revert TransferUnattested(institution, root);
    }

    function _requireTarget(Details memory details, IAgreementEvents.Rule memory rule) private view {
        uint32 province = _requireAccredited(details.targetInstitution);
        if (
            province != rule.targetProvince || !_fits(details.targetInstitution, rule.targetInstitution)
                || !_fits(details.programme, rule.programme) || !_fits(details.course, rule.course)
        ) revert TransferTarget(details.targetInstitution, details.programme, details.course);
        IClaimBook.Window window = _claimBook().programmeOf(details.targetInstitution, details.programme).window;
        if (window == IClaimBook.Window.Undeclared) {
            revert IClaimBook.ProgrammeUndeclared(details.targetInstitution, details.programme);
        }
    }

    function _detailsOf(
        Application calldata application,
        bytes32 institution,
        bytes32 root,
        ICredentialRegistry.Proven memory proven
    ) private view returns (Details memory details) {
        details.institution = institution;
        details.root = root;
        details.leaf = proven.leaf;
        details.outcome = bytes32(proven.values[Facts.OUTCOME]);
        details.claim = bytes32(proven.values[Facts.CLAIM]);
        details.canonical = _canonicalOf(institution, details.outcome, proven.batch.anchoredAt);
        details.agreement = application.agreement;
        details.rule = application.rule;
        details.targetInstitution = application.targetInstitution;
        details.programme = application.programme;
        details.course = application.course;
        details.consent = application.consent;
    }

    function _openedOf(ICredentialRegistry.Proven memory proven) private pure returns (Opened memory) {
        // Each lies in the range of its type: the registry refuses to open facts that do not exist.
        return Opened(
            proven.mask,
            uint8(proven.values[Facts.CATEGORY]),
            uint8(proven.values[Facts.LEVEL]),
            uint32(proven.values[Facts.CREDITS]),
            uint8(proven.values[Facts.GRADE]),
            uint16(proven.values[Facts.MONTH])
        );
    }

    /// @dev Zero in a rule stands for any.
    function _fits(bytes32 given, bytes32 wanted) private pure returns (bool) {
        return wanted == 0 || given == wanted;
    }
}
