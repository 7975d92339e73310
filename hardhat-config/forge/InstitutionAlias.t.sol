// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IInstitutionEvents} from "../../contracts/interfaces/IInstitutionEvents.sol";
import {Roles} from "../../contracts/libraries/Roles.sol";
import {Registries} from "./base/Registries.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title "A renamed or jointly awarded outcome is an alias, set with both institutions' officers within one province:
/// canonicalOf(institution, outcome)."
contract InstitutionAliasTest is Registries {
    bytes32 internal constant SECOND = "12310000425000454T"; // another institution of Shanghai, made for these tests
    bytes32 private constant A = keccak256("A-1");
    bytes32 private constant B = keccak256("B-1");
    bytes32 private constant C = keccak256("C-1");
    uint64 private _deadline;

    function setUp() public override {
        super.setUp();
        _byMotion(address(institutions), abi.encodeCall(institutions.permit, (SECOND, SHANGHAI)));
        _accredit(SHANGHAI, SECOND, "officer of SECOND");
        _deadline = uint64(block.timestamp + 1 days);
    }

    /// "move, alias, officers": a binding act, which one account alone only proposes.
    function test_setAlias_pointsAtTheCanonicalOutcomeFromThenOn() public {
        skip(1 hours);
        (bytes32 institution, bytes32 outcome) = institutions.canonicalOf(SECOND, B);
        assertEq(institution, SECOND);
        assertEq(outcome, B);
        bytes memory call = _call(SECOND, B, SOU, A);
        _as(lawyer[SHANGHAI], address(institutions), call);
        (institution,) = institutions.canonicalOf(SECOND, B);
        assertEq(institution, SECOND); // proposed alone
        vm.expectEmit(true, true, true, false, address(institutions));
        emit IInstitutionEvents.AliasSet(
            SHANGHAI, SECOND, B, SOU, A, officer[SECOND], officer[SOU], admin[SHANGHAI], 5, 0
        );
        _as(admin[SHANGHAI], address(institutions), call);
        (institution, outcome) = institutions.canonicalOf(SECOND, B);
        assertEq(institution, SOU);
        assertEq(outcome, A);
        assertTrue(institutions.isCanonical(SOU, A));
        assertFalse(institutions.isCanonical(SOU, B));
        (institution, outcome) = institutions.canonicalOfAt(SECOND, B, uint64(block.timestamp - 1));
        assertEq(institution, SECOND);
        assertEq(outcome, B);
        (institution,) = institutions.canonicalOfAt(SECOND, B, uint64(block.timestamp));
        assertEq(institution, SOU);
    }

    /// A renamed outcome: one institution, one officer who signs for both sides.
    function test_setAlias_renamesWithinAnInstitution() public {
        _law(SHANGHAI, _call(SOU, B, SOU, A));
        _law(SHANGHAI, _call(SOU, C, SOU, A)); // several names may point at one
        (bytes32 institution, bytes32 outcome) = institutions.canonicalOf(SOU, C);
        assertEq(institution, SOU);
        assertEq(outcome, A);
    }

    /// No chains: an alias never points at an alias, and nothing that is pointed at becomes one.
    function test_setAlias_revertsWith_aChain() public {
        _law(SHANGHAI, _call(SECOND, B, SOU, A));
        _lawRefused(SHANGHAI, _call(SECOND, C, SECOND, B), _error(IInstitutionEvents.AliasChain.selector, SECOND, B));
        _lawRefused(SHANGHAI, _call(SOU, A, SECOND, C), _error(IInstitutionEvents.AliasChain.selector, SOU, A));
    }

    /// A second meaning would give a person a second claim.
    function test_setAlias_revertsWith_aSecondMeaningOrItself() public {
        _law(SHANGHAI, _call(SECOND, B, SOU, A));
        _lawRefused(SHANGHAI, _call(SECOND, B, SOU, C), _error(IInstitutionEvents.AliasFinal.selector, SECOND, B));
        _lawRefused(SHANGHAI, _call(SECOND, B, SOU, A), _error(IInstitutionEvents.AliasFinal.selector, SECOND, B));
        _lawRefused(SHANGHAI, _call(SOU, A, SOU, A), _error(IInstitutionEvents.AliasOfItself.selector, SOU, A));
        // The same outcome code in two institutions is two outcomes; a new code in one institution is another outcome.
        _law(SHANGHAI, _call(SECOND, C, SOU, C));
        _lawRefused(SHANGHAI, _call(SECOND, C, SOU, A), _error(IInstitutionEvents.AliasFinal.selector, SECOND, C));
        _law(SHANGHAI, _call(SOU, B, SOU, A));
        _lawRefused(SHANGHAI, _call(SOU, B, SOU, C), _error(IInstitutionEvents.AliasFinal.selector, SOU, B));
    }

    /// "within one province"
    function test_setAlias_revertsWith_institutionsOfTwoProvinces() public {
        bytes memory why =
            abi.encodeWithSelector(IInstitutionEvents.InstitutionOfAnotherProvince.selector, JOU, JIANGSU, SHANGHAI);
        _lawRefused(SHANGHAI, _call(JOU, B, SOU, A), why);
        _lawRefused(SHANGHAI, _call(SOU, B, JOU, A), why);
        bytes memory call = _call(SECOND, B, SOU, A);
        _refused(operator[SHANGHAI], address(institutions), call, _unauthorised(operator[SHANGHAI], Roles.LAW));
    }

    function test_setAlias_revertsWith_aSuspendedInstitution() public {
        _as(lawyer[SHANGHAI], address(institutions), abi.encodeCall(institutions.suspend, (SOU)));
        bytes memory why = abi.encodeWithSelector(
            IInstitutionEvents.InstitutionStanding.selector, SOU, IInstitutionEvents.Standing.Suspended
        );
        _lawRefused(SHANGHAI, _call(SECOND, B, SOU, A), why);
        _lawRefused(SHANGHAI, _call(SOU, A, SECOND, B), why);
    }

    /// "with both institutions' officers": each for its own institution, in force, and past the delay.
    function test_setAlias_revertsWith_anyoneButAnOfficerOfEach() public {
        bytes memory call = _signed(SECOND, B, SOU, A, officer[SOU], officer[SOU]);
        _lawRefused(SHANGHAI, call, _error(IInstitutionEvents.OfficerMayNotApprove.selector, SECOND, officer[SOU]));
        call = _signed(SECOND, B, SOU, A, officer[SECOND], officer[SECOND]);
        _lawRefused(SHANGHAI, call, _error(IInstitutionEvents.OfficerMayNotApprove.selector, SOU, officer[SECOND]));
        address later = _account("later");
        _law(SHANGHAI, abi.encodeCall(institutions.appointOfficer, (SOU, later, 0)));
        call = _signed(SECOND, B, SOU, A, officer[SECOND], later);
        _lawRefused(SHANGHAI, call, _error(IInstitutionEvents.OfficerMayNotApprove.selector, SOU, later));
        skip(3 days);
        _deadline = uint64(block.timestamp + 1);
        _law(SHANGHAI, _signed(SECOND, B, SOU, A, officer[SECOND], later));
    }

    /// The signatures are for these outcomes and this deadline, which must not have come when the second account confirms.
    function test_setAlias_revertsWith_expiredOrOtherSignatures() public {
        bytes memory call = _call(SECOND, B, SOU, A);
        _as(lawyer[SHANGHAI], address(institutions), call);
        vm.warp(_deadline);
        bytes memory why = abi.encodeWithSelector(IInstitutionEvents.AliasExpired.selector, _deadline);
        _refused(admin[SHANGHAI], address(institutions), call, why);
        vm.warp(_deadline - 1);
        _as(admin[SHANGHAI], address(institutions), call);

        bytes memory signature_ = signature(keyOf[officer[SOU]], keccak256("something else"));
        call = abi.encodeCall(institutions.setAlias, (SOU, B, SOU, C, _deadline, signature_, signature_));
        vm.prank(lawyer[SHANGHAI]);
        vm.expectPartialRevert(IInstitutionEvents.OfficerMayNotApprove.selector);
        (bool done,) = address(institutions).call(call);
        assertTrue(done); // that is: it reverted as expected
        call = abi.encodeCall(institutions.setAlias, (SOU, B, SOU, C, _deadline, hex"00", signature_));
        why = abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureLength.selector, 1);
        _lawRefused(SHANGHAI, call, why);
    }

    // ---- helpers

    function _call(bytes32 institution, bytes32 outcome, bytes32 toInstitution, bytes32 toOutcome)
        private
        view
        returns (bytes memory)
    {
        return _signed(institution, outcome, toInstitution, toOutcome, officer[institution], officer[toInstitution]);
    }

    function _signed(
        bytes32 institution,
        bytes32 outcome,
        bytes32 toInstitution,
        bytes32 toOutcome,
        address signer,
        address toSigner
    ) private view returns (bytes memory) {
        bytes32 digest = _typedData(
            address(institutions),
            "Huren InstitutionRegistry",
            keccak256(
                abi.encode(
                    keccak256(
                        "Alias(bytes32 institution,bytes32 outcome,bytes32 canonicalInstitution,bytes32 canonicalOutcome,uint64 deadline)"
                    ),
                    institution,
                    outcome,
                    toInstitution,
                    toOutcome,
                    _deadline
                )
            )
        );
        bytes memory first = signature(keyOf[signer], digest);
        bytes memory second = signature(keyOf[toSigner], digest);
        return abi.encodeCall(
            institutions.setAlias, (institution, outcome, toInstitution, toOutcome, _deadline, first, second)
        );
    }

    function _error(bytes4 selector, bytes32 institution, bytes32 outcome) private pure returns (bytes memory) {
        return abi.encodeWithSelector(selector, institution, outcome);
    }

    function _error(bytes4 selector, bytes32 institution, address account) private pure returns (bytes memory) {
        return abi.encodeWithSelector(selector, institution, account);
    }
}
