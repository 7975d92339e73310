// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {AgreementRegistry} from "../../../contracts/AgreementRegistry.sol";
import {IAgreementEvents} from "../../../contracts/interfaces/IAgreementEvents.sol";
import {IAgreementRegistry} from "../../../contracts/interfaces/IAgreementRegistry.sol";
import {IEvaluationEvents} from "../../../contracts/interfaces/IEvaluationEvents.sol";
import {Facts} from "../../../contracts/libraries/Facts.sol";
import {Names} from "../../../contracts/libraries/Names.sol";
import {Findings} from "./Doubles.sol";
import {Registries} from "./Registries.sol";

/// @title The AgreementRegistry beside the others, terms that Shanghai, Jiangsu and Zhejiang could agree on, and what tests do with them.
/// @notice Anhui is a member and no party. Rule 0: JOU's clerk certificate, evaluated, becomes vocational credit in Zhejiang. Rule 1: any
/// academic outcome of Shanghai becomes academic credit in Jiangsu, one to one.
abstract contract Agreements is Registries {
    uint32 internal constant CHONGQING = 500000; // the later joiner
    bytes32 internal constant CLERK = keccak256("CLERK-3");
    bytes32 internal constant PANEL = keccak256("evaluation of CLERK-3");
    uint64 internal constant PUBLIC_NOTICE = 7 days;
    uint64 internal constant WITHDRAWAL_NOTICE = 30 days;
    uint64 internal constant OBJECTION_LIFE = 90 days;
    uint64 internal constant GRACE = 2 days; // of the parameters
    uint64 internal constant APPROVAL_TIME = 60 days; // from the proposal to the approve-by date
    uint64 internal constant VALIDITY = 1000 days;
    uint16 internal constant AWARDED_FROM = 600;
    uint16 internal constant AWARDED_UNTIL = 720;

    AgreementRegistry internal agreements;
    Findings internal findings;
    uint64 private _nonces;

    function setUp() public virtual override {
        super.setUp();
        agreements = new AgreementRegistry(consortium, directory, address(0));
        findings = new Findings(consortium, directory);
        findings.set(PANEL, _finding());
        _byMotion(
            address(directory), abi.encodeCall(directory.schedule, (Names.AGREEMENT_REGISTRY, address(agreements)))
        );
        _byMotion(
            address(directory), abi.encodeCall(directory.schedule, (Names.EVALUATION_REGISTRY, address(findings)))
        );
        skip(_parameters().timeLock);
    }

    // ---- what is agreed on

    function _finding() internal pure returns (IEvaluationEvents.Finding memory) {
        return
            IEvaluationEvents.Finding(JOU, CLERK, true, 2, 5, 600, AWARDED_FROM, AWARDED_UNTIL, uint64(START - 1 days));
    }

    function _parties() internal pure returns (uint32[] memory parties) {
        parties = new uint32[](3);
        (parties[0], parties[1], parties[2]) = (SHANGHAI, JIANGSU, ZHEJIANG);
    }

    /// @notice Valid terms with a nonce of their own, proposed now at the earliest.
    function _terms() internal returns (IAgreementEvents.Terms memory terms) {
        uint64 present = _time();
        terms.typeTag = keccak256("huren.agreement.v1");
        terms.chainId = block.chainid;
        terms.registry = address(agreements);
        terms.nonce = ++_nonces;
        terms.parties = _parties();
        terms.from = present;
        terms.until = present + VALIDITY;
        terms.approveBy = present + APPROVAL_TIME;
        terms.publicNotice = PUBLIC_NOTICE;
        terms.withdrawalNotice = WITHDRAWAL_NOTICE;
        terms.text = keccak256("the legal text");
        terms.rules = new IAgreementEvents.Rule[](2);
        terms.rules[0] = _clerkRule(terms.from, terms.until);
        terms.rules[1] = _degreeRule(terms.from, terms.until);
    }

    function _termsSuperseding(bytes32 superseded) internal returns (IAgreementEvents.Terms memory terms) {
        terms = _terms();
        terms.supersedes = superseded;
    }

    function _clerkRule(uint64 from, uint64 until) internal pure returns (IAgreementEvents.Rule memory rule) {
        rule.sourceInstitution = JOU;
        rule.outcome = CLERK;
        rule.evaluation = PANEL;
        rule.sourceProvince = JIANGSU;
        rule.category = 2;
        rule.lowestLevel = 3;
        rule.highestLevel = 5;
        rule.minimumGrade = 12;
        rule.greatestAge = 60;
        rule.targetInstitution = "12330000470001234B";
        rule.programme = keccak256("ADMINISTRATION");
        rule.targetProvince = ZHEJIANG;
        rule.kind = 2;
        rule.numerator = 2;
        rule.denominator = 3;
        rule.mostCredits = 400;
        rule.cap = 2000;
        rule.from = from;
        rule.until = until;
    }

    function _degreeRule(uint64 from, uint64 until) internal pure returns (IAgreementEvents.Rule memory rule) {
        rule.sourceProvince = SHANGHAI;
        rule.category = 1;
        rule.lowestLevel = 1;
        rule.highestLevel = 10;
        rule.targetProvince = JIANGSU;
        rule.kind = 1;
        rule.numerator = 1;
        rule.denominator = 1;
        rule.mostCredits = 99_999;
        rule.cap = type(uint32).max;
        rule.from = from;
        rule.until = until;
    }

    /// @notice Facts that the clerk rule takes: outcome, claim, category, level, credits, grade, month of an award half a year ago.
    function _facts() internal view returns (uint256[7] memory values) {
        values[Facts.OUTCOME] = uint256(CLERK);
        values[Facts.CLAIM] = uint256(keccak256("a claim"));
        values[Facts.CATEGORY] = 2;
        values[Facts.LEVEL] = 5;
        values[Facts.CREDITS] = 500;
        values[Facts.GRADE] = 15;
        values[Facts.MONTH] = 674; // March 2026
    }

    // ---- acting

    function _proposeCall(IAgreementEvents.Terms memory terms) internal view returns (bytes memory) {
        return abi.encodeCall(agreements.propose, (terms));
    }

    /// @notice Jiangsu proposes.
    function _propose(IAgreementEvents.Terms memory terms) internal returns (bytes32 agreement) {
        _as(lawyer[JIANGSU], address(agreements), _proposeCall(terms));
        return agreements.agreementId(terms);
    }

    /// @notice Proposes valid terms.
    function _proposed() internal returns (bytes32) {
        return _propose(_terms());
    }

    /// @notice An agreement in its public notice, which ends PUBLIC_NOTICE later.
    function _noticed() internal returns (bytes32 agreement) {
        agreement = _proposed();
        _approveByAll(agreement);
    }

    /// @notice An agreement that comes into force this very second.
    function _active() internal returns (bytes32 agreement) {
        agreement = _noticed();
        skip(PUBLIC_NOTICE);
    }

    /// @notice Each party approves in the present round.
    function _approveByAll(bytes32 agreement) internal {
        uint32[] memory parties = agreements.outlineOf(agreement).parties;
        for (uint256 i; i < parties.length; ++i) {
            _approve(parties[i], agreement);
        }
    }

    function _approve(uint32 province, bytes32 agreement) internal {
        _twice(province, address(agreements), _approveCall(agreement));
    }

    function _approveCall(bytes32 agreement) internal view returns (bytes memory) {
        return abi.encodeCall(agreements.approve, (agreement, agreements.roundOf(agreement).number));
    }

    function _revoke(uint32 province, bytes32 agreement) internal {
        _twice(province, address(agreements), _revokeCall(agreement));
    }

    function _revokeCall(bytes32 agreement) internal view returns (bytes memory) {
        return abi.encodeCall(agreements.revokeApproval, (agreement, agreements.roundOf(agreement).number));
    }

    function _object(uint32 province, bytes32 agreement) internal {
        _twice(province, address(agreements), _objectCall(agreement));
    }

    function _objectCall(bytes32 agreement) internal view returns (bytes memory) {
        return abi.encodeCall(agreements.object, (agreement, keccak256("reasons")));
    }

    function _settle(bytes32 agreement, bool goesOn) internal {
        _byMotion(address(agreements), _settleCall(agreement, goesOn));
    }

    function _settleCall(bytes32 agreement, bool goesOn) internal view returns (bytes memory) {
        return abi.encodeCall(agreements.settle, (agreement, agreements.roundOf(agreement).number, goesOn));
    }

    function _withdraw(uint32 province, bytes32 agreement) internal {
        _twice(province, address(agreements), _withdrawCall(agreement));
    }

    function _withdrawCall(bytes32 agreement) internal view returns (bytes memory) {
        return abi.encodeCall(agreements.withdraw, (agreement));
    }

    /// @notice A motion admits a fifth member.
    function _admit(uint32 province, string memory name) internal {
        _byMotion(address(consortium), abi.encodeCall(consortium.admit, (_founding(province, name))));
    }

    /// @notice The first call of `province` is refused with exactly `why`.
    function _no(uint32 province, bytes memory call, bytes memory why) internal {
        _refused(lawyer[province], address(agreements), call, why);
    }

    // ---- looking

    function _time() internal view returns (uint64) {
        return uint64(vm.getBlockTimestamp());
    }

    function _is(bytes32 agreement, IAgreementEvents.State state) internal view {
        _was(agreement, _time(), state);
    }

    function _was(bytes32 agreement, uint64 time, IAgreementEvents.State state) internal view {
        assertEq(uint8(agreements.stateAt(agreement, time)), uint8(state));
    }

    function _badState(bytes32 agreement, IAgreementEvents.State state) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IAgreementRegistry.AgreementState.selector, agreement, state);
    }
}
