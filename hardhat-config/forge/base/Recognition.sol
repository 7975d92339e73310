// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ClaimBook} from "../../../contracts/ClaimBook.sol";
import {TransferLedger} from "../../../contracts/TransferLedger.sol";
import {IAgreementEvents} from "../../../contracts/interfaces/IAgreementEvents.sol";
import {IClaimBook} from "../../../contracts/interfaces/IClaimBook.sol";
import {ICredentialEvents} from "../../../contracts/interfaces/ICredentialEvents.sol";
import {ICredentialRegistry} from "../../../contracts/interfaces/ICredentialRegistry.sol";
import {ITransferEvents} from "../../../contracts/interfaces/ITransferEvents.sol";
import {Facts} from "../../../contracts/libraries/Facts.sol";
import {Names} from "../../../contracts/libraries/Names.sol";
import {Agreements} from "./Agreements.sol";
import {Certificates} from "./Certificates.sol";
import {Registries} from "./Registries.sol";
import {Trees} from "./Trees.sol";

/// @title All eight contracts (findings apart, which are given), an agreement in force, and the ways in which transfers are made.
/// @notice JOU of Jiangsu issues clerk certificates, anchored by Jiangsu, attested by Anhui. Rule CLERKS takes them to ZOU's programme
/// ADMINISTRATION in Zhejiang (two thirds, cap 800), rule SHANGHAIS to any institution of Shanghai (one to one, cap 600), rule DEGREES
/// takes any academic outcome of Jiangsu to any institution of Zhejiang, rule CULTURES any culture outcome as culture credit.
abstract contract Recognition is Certificates, Agreements {
    /// @notice A request as its sender knows it.
    struct Asked {
        ITransferEvents.Ref ref;
        ITransferEvents.Details details;
    }

    /// @notice A certificate in a batch.
    struct Held {
        Sealed batch;
        uint256 index;
    }

    bytes32 internal constant ZOU = "123300004700012347";
    bytes32 internal constant ADMINISTRATION = keccak256("ADMINISTRATION");
    bytes32 internal constant ENROLMENT = keccak256("an enrolment");
    uint32 internal constant CLERKS = 0;
    uint32 internal constant SHANGHAIS = 1;
    uint32 internal constant DEGREES = 2;
    uint32 internal constant CULTURES = 3;
    uint32 internal constant CAP = 800;
    uint32 internal constant QUOTED = 333; // two thirds of 500, rounded down
    uint8 internal constant OPEN_ALL = 0x7f;

    ClaimBook internal book;
    TransferLedger internal ledger;
    bytes32 internal agreement; // in force
    uint256 private _consents;

    function setUp() public virtual override(Agreements, Registries) {
        Agreements.setUp();
        book = new ClaimBook(consortium, directory, address(0));
        ledger = new TransferLedger(consortium, directory, address(0));
        _byMotion(address(directory), abi.encodeCall(directory.schedule, (Names.CLAIM_BOOK, address(book))));
        _byMotion(address(directory), abi.encodeCall(directory.schedule, (Names.TRANSFER_LEDGER, address(ledger))));
        _accredit(ZHEJIANG, ZOU, "officer of ZOU");
        agreement = _propose(_lawOfTransfers());
        _approveByAll(agreement);
        skip(PUBLIC_NOTICE);
        _declare(ZOU, ADMINISTRATION, IClaimBook.Window.Year);
        _declare(SOU, ADMINISTRATION, IClaimBook.Window.Year);
    }

    // ---- what is agreed on

    function _lawOfTransfers() internal returns (IAgreementEvents.Terms memory terms) {
        terms = _terms();
        terms.rules = new IAgreementEvents.Rule[](4);
        IAgreementEvents.Rule memory rule = _clerkRule(terms.from, terms.until);
        rule.targetInstitution = ZOU;
        rule.cap = CAP;
        terms.rules[CLERKS] = rule;
        terms.rules[SHANGHAIS] = _ruleFrom(rule, 2, SHANGHAI, 2, 600);
        terms.rules[SHANGHAIS].sourceInstitution = JOU;
        terms.rules[SHANGHAIS].outcome = CLERK;
        terms.rules[SHANGHAIS].evaluation = PANEL;
        terms.rules[DEGREES] = _ruleFrom(rule, 1, ZHEJIANG, 1, type(uint32).max);
        terms.rules[CULTURES] = _ruleFrom(rule, 3, ZHEJIANG, 3, type(uint32).max);
    }

    /// @dev One to one, of any institution and outcome of Jiangsu, to any institution of `target`.
    function _ruleFrom(IAgreementEvents.Rule memory like, uint8 category, uint32 target, uint8 kind, uint32 cap)
        private
        pure
        returns (IAgreementEvents.Rule memory rule)
    {
        rule.sourceProvince = JIANGSU;
        rule.category = category;
        rule.lowestLevel = 1;
        rule.highestLevel = 5;
        rule.targetProvince = target;
        rule.kind = kind;
        rule.numerator = 1;
        rule.denominator = 1;
        rule.mostCredits = 600;
        rule.cap = cap;
        rule.from = like.from;
        rule.until = like.until;
    }

    // ---- certificates

    /// @notice The clerk certificate of a person, in one of its editions: the claim depends on the person and the outcome alone.
    function _clerk(uint256 person, uint256 edition) internal view returns (Certificate memory made) {
        made = _certificate(JOU, uint256(keccak256(abi.encode(person, edition))));
        made.values = _facts();
        made.values[Facts.CLAIM] = uint256(_claimOf(person));
    }

    function _claimOf(uint256 person) internal pure returns (bytes32) {
        return keccak256(abi.encode("claim of", person));
    }

    /// @notice A clerk certificate, anchored by Jiangsu in a batch of two and attested by Anhui.
    function _issue(uint256 person) internal returns (Held memory) {
        return _issue(person, 0);
    }

    function _issue(uint256 person, uint256 edition) internal returns (Held memory held) {
        return _issue(_clerk(person, edition));
    }

    function _issue(Certificate memory made) internal returns (Held memory held) {
        held = _anchorOnly(made);
        _attest(ANHUI, held.batch);
    }

    function _anchorOnly(Certificate memory made) internal returns (Held memory held) {
        held = _sealTwo(made);
        _anchor(institutions.provinceOf(made.institution), _toBatch(held.batch));
    }

    function _sealTwo(Certificate memory made) internal pure returns (Held memory held) {
        Certificate[] memory two = new Certificate[](2);
        two[0] = made;
        two[1] = _certificate(made.institution, uint256(made.salts[0]));
        bytes32 leaf = _leafOf(made);
        held.batch = _seal(made.institution, two);
        held.index = held.batch.leaves[0] == leaf ? 0 : 1;
    }

    function _attest(uint32 province, Sealed memory batch) internal {
        ICredentialRegistry.BatchRef[] memory refs = new ICredentialRegistry.BatchRef[](1);
        refs[0] = ICredentialRegistry.BatchRef(batch.institution, batch.nodes[0]);
        _as(operator[province], address(credentials), abi.encodeCall(credentials.attest, (refs)));
    }

    /// @notice Its own province suspends or revokes the certificate.
    function _setLeaf(Held memory held, ICredentialEvents.Status status) internal {
        bytes memory call = _statusCall(held.batch, held.index, status, ICredentialEvents.Reason.Error);
        _as(operator[JIANGSU], address(credentials), call);
    }

    function _supersede(Held memory old, Held memory next) internal {
        bytes memory call = _supersedeCall(old.batch, old.index, next.batch, next.index);
        _as(operator[JIANGSU], address(credentials), call);
    }

    // ---- asking

    /// @notice An application to ZOU's programme (to SOU's under SHANGHAIS), for 30 days, with a consent of its own.
    function _application(uint32 rule) internal returns (ITransferEvents.Application memory) {
        return ITransferEvents.Application({
            agreement: agreement,
            rule: rule,
            targetInstitution: rule == SHANGHAIS ? SOU : ZOU,
            programme: ADMINISTRATION,
            course: 0,
            consent: keccak256(abi.encode("consent", ++_consents)),
            deadline: _time() + 30 days
        });
    }

    function _requestCall(Held memory held, ITransferEvents.Application memory application)
        internal
        view
        returns (bytes memory)
    {
        return _requestCall(held, application, OPEN_ALL);
    }

    function _requestCall(Held memory held, ITransferEvents.Application memory application, uint8 mask)
        internal
        view
        returns (bytes memory)
    {
        return abi.encodeCall(
            ledger.request,
            (
                application,
                _opening(held.batch.certificates[held.index], mask),
                held.batch.nodes[0],
                Trees.proofOf(held.batch.nodes, held.index)
            )
        );
    }

    /// @notice Jiangsu asks under a rule.
    function _ask(Held memory held, uint32 rule) internal returns (Asked memory) {
        return _ask(held, _application(rule));
    }

    function _ask(Held memory held, ITransferEvents.Application memory application)
        internal
        returns (Asked memory asked)
    {
        uint32 target = agreements.ruleOf(application.agreement, application.rule).targetProvince;
        _as(operator[JIANGSU], address(ledger), _requestCall(held, application));
        asked.ref = ITransferEvents.Ref(JIANGSU, target, ledger.totalsOf(JIANGSU, target).requested);
        asked.details = _detailsOf(held, application);
    }

    /// @notice As the event of the request has them, for an outcome that is no alias.
    function _detailsOf(Held memory held, ITransferEvents.Application memory application)
        internal
        pure
        returns (ITransferEvents.Details memory)
    {
        Certificate memory made = held.batch.certificates[held.index];
        return ITransferEvents.Details({
            institution: held.batch.institution,
            root: held.batch.nodes[0],
            leaf: held.batch.leaves[held.index],
            outcome: bytes32(made.values[Facts.OUTCOME]),
            claim: bytes32(made.values[Facts.CLAIM]),
            canonical: held.batch.institution,
            agreement: application.agreement,
            rule: application.rule,
            targetInstitution: application.targetInstitution,
            programme: application.programme,
            course: application.course,
            consent: application.consent
        });
    }

    /// @notice Jiangsu's request is refused with exactly `why`.
    function _askRefused(Held memory held, ITransferEvents.Application memory application, bytes memory why) internal {
        _refused(operator[JIANGSU], address(ledger), _requestCall(held, application), why);
    }

    // ---- deciding

    function _acceptCall(Asked memory asked, bytes32 enrolment, uint32 credits) internal view returns (bytes memory) {
        return abi.encodeCall(ledger.accept, (asked.ref, asked.details, enrolment, credits));
    }

    /// @notice The target institution's first officer accepts.
    function _accept(Asked memory asked, bytes32 enrolment, uint32 credits) internal {
        address account = officer[asked.details.targetInstitution];
        _as(account, address(ledger), _acceptCall(asked, enrolment, credits));
    }

    /// @notice Its acceptance is refused with exactly `why`.
    function _acceptRefused(Asked memory asked, bytes memory why) internal {
        address account = officer[asked.details.targetInstitution];
        _refused(account, address(ledger), _acceptCall(asked, ENROLMENT, QUOTED), why);
    }

    /// @notice A transfer of a person's clerk certificate to ZOU, accepted as quoted.
    function _accepted(Held memory held) internal returns (Asked memory asked) {
        asked = _ask(held, CLERKS);
        _accept(asked, ENROLMENT, QUOTED);
    }

    function _rejectCall(Asked memory asked, ITransferEvents.Return reason) internal view returns (bytes memory) {
        return abi.encodeCall(ledger.reject, (asked.ref, asked.details, reason, keccak256("explanation")));
    }

    function _reject(Asked memory asked) internal {
        address account = officer[asked.details.targetInstitution];
        _as(account, address(ledger), _rejectCall(asked, ITransferEvents.Return.NotEquivalent));
    }

    function _cancelCall(Asked memory asked) internal view returns (bytes memory) {
        return abi.encodeCall(ledger.cancel, (asked.ref, asked.details));
    }

    function _expireCall(Asked memory asked) internal view returns (bytes memory) {
        return abi.encodeCall(ledger.expire, (asked.ref, asked.details));
    }

    // ---- afterwards; TRANSFER is held by operator and admin

    function _reverseCall(Asked memory asked) internal view returns (bytes memory) {
        return abi.encodeCall(ledger.reverse, (asked.ref, asked.details));
    }

    /// @notice A binding act of a province (role TRANSFER) on the ledger.
    function _transferAct(uint32 province, bytes memory call) internal {
        _as(operator[province], address(ledger), call);
        _as(admin[province], address(ledger), call);
    }

    function _reverseByBoth(Asked memory asked) internal {
        _transferAct(asked.ref.source, _reverseCall(asked));
        _transferAct(asked.ref.target, _reverseCall(asked));
    }

    function _retireCall(bytes32 institution, bytes32 claim) internal view returns (bytes memory) {
        return abi.encodeCall(ledger.retire, (institution, claim, ITransferEvents.Retirement.UsedAtHome));
    }

    // ---- programmes and looking

    function _declareCall(bytes32 institution, bytes32 programme, IClaimBook.Window window, uint32 headcount)
        internal
        view
        returns (bytes memory)
    {
        return abi.encodeCall(book.declareProgramme, (institution, programme, window, headcount));
    }

    function _declare(bytes32 institution, bytes32 programme, IClaimBook.Window window) internal {
        _as(officer[institution], address(book), _declareCall(institution, programme, window, 100));
    }

    function _stageIs(Asked memory asked, ITransferEvents.Stage stage) internal view {
        assertEq(uint8(ledger.transferOf(asked.ref).stage), uint8(stage));
    }

    function _standsAs(Asked memory asked, ITransferEvents.Standing standing) internal view {
        assertEq(uint8(ledger.standingOf(asked.ref, asked.details)), uint8(standing));
    }

    function _claimIs(Asked memory asked, IClaimBook.Use use) internal view {
        assertEq(uint8(book.claimOf(asked.details.canonical, asked.details.claim).use), uint8(use));
    }

    /// @notice What a request under a rule of the agreement is refused with.
    function _refusal(uint32 rule, IAgreementEvents.Refusal why) internal view returns (bytes memory) {
        return abi.encodeWithSelector(ITransferEvents.TransferRefused.selector, agreement, rule, why);
    }

    /// @notice ClaimTaken by the transfer that was asked.
    function _takenBy(Asked memory asked, IClaimBook.Use use) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(
            IClaimBook.ClaimTaken.selector,
            asked.details.canonical,
            asked.details.claim,
            use,
            asked.ref.source,
            asked.ref.target,
            asked.ref.number
        );
    }
}
