// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortiumEvents} from "../../contracts/interfaces/IConsortiumEvents.sol";
import {IInstitutionEvents} from "../../contracts/interfaces/IInstitutionEvents.sol";
import {IInstitutionRegistry} from "../../contracts/interfaces/IInstitutionRegistry.sol";
import {Tenures} from "../../contracts/libraries/Tenures.sol";
import {Registries} from "./base/Registries.sol";

/// @title "Officers and issuing keys have validFrom (never in the past), retiredAt, compromisedSince (only ever lowered)."
contract InstitutionTenureTest is Registries {
    bytes32 private constant KEY = keccak256("an Ed25519 public key");
    address private _later;
    uint64 private _now;

    function setUp() public override {
        super.setUp();
        _later = _account("later");
        _now = uint64(block.timestamp);
    }

    // ---- officers

    function test_appointOfficer_beginsNowWhereZeroAndAtItsTimeOtherwise() public {
        bytes memory call_ = abi.encodeCall(institutions.appointOfficer, (SOU, _later, 0));
        _as(lawyer[SHANGHAI], address(institutions), call_);
        vm.expectEmit(true, true, true, false, address(institutions));
        emit IInstitutionEvents.OfficerAppointed(SHANGHAI, SOU, _later, _now, false, admin[SHANGHAI], 3, 0);
        _as(admin[SHANGHAI], address(institutions), call_);
        assertEq(institutions.officer(SOU, _later).validFrom, _now);
        assertEq(institutions.officer(SOU, _later).province, SHANGHAI);
        address next = _account("next");
        _appoint(next, _now + 100);
        assertEq(institutions.officer(SOU, next).validFrom, _now + 100);
        assertFalse(institutions.officerInForceAt(SOU, next, _now + 99));
        assertTrue(institutions.officerInForceAt(SOU, next, _now + 100));
    }

    /// "never in the past": this very second is not the past.
    function test_appointOfficer_mayNameThisVerySecond() public {
        _appoint(_later, _now);
        assertEq(institutions.officer(SOU, _later).validFrom, _now);
    }

    /// "one centre decides a transfer alone by appointing itself an officer | any officer accepts transfers only after 3 days in force;
    /// changes of officers are binding acts": here, for anchors, those appointed later; and no account of the centre becomes an officer.
    function test_oneCentreAppointsItselfAnOfficer_waitsThreeDaysAndNeedsAnAccountOfItsOwn() public {
        _appoint(_later, _now + 1 hours);
        uint64 from = _now + 1 hours + institutions.OFFICER_DELAY();
        assertEq(institutions.OFFICER_DELAY(), 3 days);
        vm.warp(from - 1);
        assertFalse(institutions.mayApproveAnchor(SOU, _later));
        vm.warp(from);
        assertTrue(institutions.mayApproveAnchor(SOU, _later));

        address[3] memory own = [admin[SHANGHAI], operator[SHANGHAI], lawyer[SHANGHAI]];
        for (uint256 i; i < own.length; ++i) {
            bytes memory call = abi.encodeCall(institutions.appointOfficer, (SOU, own[i], 0));
            _as(lawyer[SHANGHAI], address(institutions), call);
            bytes memory why = abi.encodeWithSelector(
                IConsortiumEvents.ConsortiumAccountBound.selector,
                own[i],
                SHANGHAI,
                i == 0 ? IConsortiumEvents.Family.Admin : IConsortiumEvents.Family.Operator
            );
            _refused(admin[SHANGHAI], address(institutions), call, why);
        }
    }

    /// "An address serves one province and one role family for ever."
    function test_officer_servesOneProvinceForEver() public {
        bytes memory call = abi.encodeCall(institutions.appointOfficer, (JOU, officer[SOU], 0));
        _as(lawyer[JIANGSU], address(institutions), call);
        bytes memory why = abi.encodeWithSelector(
            IConsortiumEvents.ConsortiumAccountBound.selector, officer[SOU], SHANGHAI, IConsortiumEvents.Family.Officer
        );
        _refused(admin[JIANGSU], address(institutions), call, why);
    }

    /// "Officers are EOAs": neither nobody nor a contract; and an address has one tenure.
    function test_appointOfficer_revertsWith_noAccountOrAKnownOne() public {
        address[2] memory none = [address(0), address(institutions)];
        for (uint256 i; i < none.length; ++i) {
            bytes memory call = abi.encodeCall(institutions.appointOfficer, (SOU, none[i], 0));
            _lawRefused(
                SHANGHAI, call, abi.encodeWithSelector(IInstitutionEvents.OfficerNotAnAccount.selector, none[i])
            );
        }
        bytes memory again = abi.encodeCall(institutions.appointOfficer, (SOU, officer[SOU], 0));
        bytes memory why = abi.encodeWithSelector(IInstitutionEvents.OfficerKnown.selector, SOU, officer[SOU]);
        _lawRefused(SHANGHAI, again, why);
        _retire(officer[SOU], 0);
        _lawRefused(SHANGHAI, again, why);
        address[] memory twice = new address[](2);
        (twice[0], twice[1]) = (_later, _later);
        bytes memory accredit = abi.encodeCall(institutions.accredit, (AOU, _scope(), twice));
        _as(lawyer[ANHUI], address(institutions), accredit);
        why = abi.encodeWithSelector(IInstitutionEvents.OfficerKnown.selector, AOU, _later);
        _refused(admin[ANHUI], address(institutions), accredit, why);
    }

    function test_appointOfficer_revertsWith_anInstitutionWithdrawn() public {
        _law(SHANGHAI, abi.encodeCall(institutions.withdraw, (SOU)));
        bytes memory why = abi.encodeWithSelector(
            IInstitutionEvents.InstitutionStanding.selector, SOU, IInstitutionEvents.Standing.Withdrawn
        );
        _lawRefused(SHANGHAI, abi.encodeCall(institutions.appointOfficer, (SOU, _later, 0)), why);
        bytes memory key =
            abi.encodeCall(institutions.addKey, (SOU, IInstitutionEvents.KeyKind.Signing, keccak256("k"), 0));
        _lawRefused(SHANGHAI, key, why);
    }

    /// "validFrom (never in the past)": by the time of the confirmation, not of the proposal.
    function test_validFrom_revertsWith_thePast() public {
        bytes memory why = abi.encodeWithSelector(IInstitutionEvents.TenureInThePast.selector, _now - 1, _now);
        _lawRefused(SHANGHAI, abi.encodeCall(institutions.appointOfficer, (SOU, _later, _now - 1)), why);
        bytes memory call = abi.encodeCall(institutions.appointOfficer, (SOU, _later, _now + 5));
        _as(lawyer[SHANGHAI], address(institutions), call);
        skip(6);
        why = abi.encodeWithSelector(IInstitutionEvents.TenureInThePast.selector, _now + 5, _now + 6);
        _refused(admin[SHANGHAI], address(institutions), call, why);
        call = abi.encodeCall(institutions.addKey, (SOU, IInstitutionEvents.KeyKind.Signing, KEY, _now));
        why = abi.encodeWithSelector(IInstitutionEvents.TenureInThePast.selector, _now, _now + 6);
        _lawRefused(SHANGHAI, call, why);
    }

    function test_retireOfficer_endsAnOfficerAndIsOnlyBroughtForward() public {
        bytes memory call_ = abi.encodeCall(institutions.retireOfficer, (SOU, officer[SOU], _now + 100));
        _as(lawyer[SHANGHAI], address(institutions), call_);
        vm.expectEmit(true, true, true, false, address(institutions));
        emit IInstitutionEvents.OfficerRetired(SHANGHAI, SOU, officer[SOU], _now + 100, admin[SHANGHAI], 3, 0);
        _as(admin[SHANGHAI], address(institutions), call_);
        assertTrue(institutions.mayApproveAnchor(SOU, officer[SOU]));
        for (uint64 time = _now + 100; time < _now + 102; ++time) {
            bytes memory later = abi.encodeCall(institutions.retireOfficer, (SOU, officer[SOU], time));
            bytes memory notLower =
                abi.encodeWithSelector(IInstitutionEvents.TenureOnlyLowered.selector, time, _now + 100);
            _lawRefused(SHANGHAI, later, notLower);
        }
        _retire(officer[SOU], _now + 50);
        skip(49);
        assertTrue(institutions.mayApproveAnchor(SOU, officer[SOU]));
        skip(1);
        assertFalse(institutions.mayApproveAnchor(SOU, officer[SOU]));
        assertTrue(institutions.officerInForceAt(SOU, officer[SOU], _now + 49));
        bytes memory past = abi.encodeCall(institutions.retireOfficer, (SOU, officer[SOU], _now));
        bytes memory why = abi.encodeWithSelector(IInstitutionEvents.TenureInThePast.selector, _now, _now + 50);
        _lawRefused(SHANGHAI, past, why);
    }

    function test_retireOfficer_withZeroEndsItInThisVeryBlock() public {
        _retire(officer[SOU], 0);
        assertEq(institutions.officer(SOU, officer[SOU]).retiredAt, _now);
        assertFalse(institutions.mayApproveAnchor(SOU, officer[SOU]));
    }

    /// "compromisedSince (only ever lowered)": an admission about the past, never about the future.
    function test_reportOfficer_isOnlyEverLowered() public {
        bytes memory call_ = abi.encodeCall(institutions.reportOfficer, (SOU, officer[SOU], _now));
        _as(lawyer[SHANGHAI], address(institutions), call_);
        vm.expectEmit(true, true, true, false, address(institutions));
        emit IInstitutionEvents.OfficerReported(SHANGHAI, SOU, officer[SOU], _now, admin[SHANGHAI], 3, 0);
        _as(admin[SHANGHAI], address(institutions), call_);
        assertFalse(institutions.mayApproveAnchor(SOU, officer[SOU]));
        skip(10);
        for (uint64 time = _now; time < _now + 2; ++time) {
            bytes memory why = abi.encodeWithSelector(IInstitutionEvents.TenureOnlyLowered.selector, time, _now);
            _lawRefused(SHANGHAI, abi.encodeCall(institutions.reportOfficer, (SOU, officer[SOU], time)), why);
        }
        _report(officer[SOU], _now - 1);
        assertEq(institutions.officer(SOU, officer[SOU]).compromisedSince, _now - 1);
        uint64[2] memory bad = [0, _now + 11];
        for (uint256 i; i < bad.length; ++i) {
            bytes memory why = abi.encodeWithSelector(IInstitutionEvents.TenureOnlyLowered.selector, bad[i], _now + 10);
            _lawRefused(SHANGHAI, abi.encodeCall(institutions.reportOfficer, (SOU, officer[SOU], bad[i])), why);
        }
    }

    function test_officers_revertsWith_unknownOnes() public {
        bytes memory why = abi.encodeWithSelector(IInstitutionEvents.OfficerUnknown.selector, SOU, _later);
        _lawRefused(SHANGHAI, abi.encodeCall(institutions.retireOfficer, (SOU, _later, 0)), why);
        _lawRefused(SHANGHAI, abi.encodeCall(institutions.reportOfficer, (SOU, _later, 1)), why);
    }

    // ---- keys

    function test_addKey_keepsKindAndTenure() public {
        bytes memory call_ =
            abi.encodeCall(institutions.addKey, (SOU, IInstitutionEvents.KeyKind.Agreement, KEY, _now + 7));
        _as(lawyer[SHANGHAI], address(institutions), call_);
        vm.expectEmit(true, true, true, false, address(institutions));
        emit IInstitutionEvents.KeyAdded(
            SHANGHAI, SOU, KEY, IInstitutionEvents.KeyKind.Agreement, _now + 7, admin[SHANGHAI], 3, 0
        );
        _as(admin[SHANGHAI], address(institutions), call_);
        (IInstitutionEvents.KeyKind kind, IInstitutionRegistry.Tenure memory tenure) = institutions.key(SOU, KEY);
        assertTrue(kind == IInstitutionEvents.KeyKind.Agreement);
        assertEq(tenure.validFrom, _now + 7);
        assertEq(tenure.province, SHANGHAI);
        assertFalse(institutions.keyInForceAt(SOU, KEY, _now + 6));
        assertTrue(institutions.keyInForceAt(SOU, KEY, _now + 7));
        (kind,) = institutions.key(JOU, KEY); // another institution's key is nobody else's
        assertTrue(kind == IInstitutionEvents.KeyKind.None);
    }

    function test_addKey_revertsWith_nothingOrAKnownOne() public {
        bytes memory why = abi.encodeWithSelector(
            IInstitutionEvents.KeyMisshapen.selector, IInstitutionEvents.KeyKind.Signing, bytes32(0)
        );
        _lawRefused(SHANGHAI, abi.encodeCall(institutions.addKey, (SOU, IInstitutionEvents.KeyKind.Signing, 0, 0)), why);
        why = abi.encodeWithSelector(IInstitutionEvents.KeyMisshapen.selector, IInstitutionEvents.KeyKind.None, KEY);
        _lawRefused(SHANGHAI, abi.encodeCall(institutions.addKey, (SOU, IInstitutionEvents.KeyKind.None, KEY, 0)), why);
        _addKey(IInstitutionEvents.KeyKind.Signing, KEY, 0);
        why = abi.encodeWithSelector(IInstitutionEvents.KeyKnown.selector, SOU, KEY);
        _lawRefused(
            SHANGHAI, abi.encodeCall(institutions.addKey, (SOU, IInstitutionEvents.KeyKind.Agreement, KEY, 0)), why
        );
        bytes32 unknown = keccak256("unknown");
        why = abi.encodeWithSelector(IInstitutionEvents.KeyUnknown.selector, SOU, unknown);
        _lawRefused(SHANGHAI, abi.encodeCall(institutions.retireKey, (SOU, unknown, 0)), why);
        _lawRefused(SHANGHAI, abi.encodeCall(institutions.reportKey, (SOU, unknown, 1)), why);
    }

    /// "a signature under a key compromised since T stays good for what was anchored before T, because the anchor is a trusted time"
    function test_key_staysGoodForWhatWasAnchoredBeforeItsCompromise() public {
        _addKey(IInstitutionEvents.KeyKind.Signing, KEY, 0);
        skip(100);
        bytes memory call_ = abi.encodeCall(institutions.reportKey, (SOU, KEY, _now + 50));
        _as(lawyer[SHANGHAI], address(institutions), call_);
        vm.expectEmit(true, true, true, false, address(institutions));
        emit IInstitutionEvents.KeyReported(SHANGHAI, SOU, KEY, _now + 50, admin[SHANGHAI], 4, 0);
        _as(admin[SHANGHAI], address(institutions), call_);
        assertTrue(institutions.keyInForceAt(SOU, KEY, _now + 49));
        assertFalse(institutions.keyInForceAt(SOU, KEY, _now + 50));
        bytes memory why = abi.encodeWithSelector(IInstitutionEvents.TenureOnlyLowered.selector, _now + 51, _now + 50);
        _lawRefused(SHANGHAI, abi.encodeCall(institutions.reportKey, (SOU, KEY, _now + 51)), why);
        (IInstitutionEvents.KeyKind kind,) = institutions.key(SOU, KEY);
        assertTrue(kind == IInstitutionEvents.KeyKind.Signing);
    }

    function test_retireKey_endsAKeyAndIsOnlyBroughtForward() public {
        _addKey(IInstitutionEvents.KeyKind.Signing, KEY, 0);
        bytes memory call_ = abi.encodeCall(institutions.retireKey, (SOU, KEY, _now + 10));
        _as(lawyer[SHANGHAI], address(institutions), call_);
        vm.expectEmit(true, true, true, false, address(institutions));
        emit IInstitutionEvents.KeyRetired(SHANGHAI, SOU, KEY, _now + 10, admin[SHANGHAI], 4, 0);
        _as(admin[SHANGHAI], address(institutions), call_);
        assertTrue(institutions.keyInForceAt(SOU, KEY, _now + 9));
        assertFalse(institutions.keyInForceAt(SOU, KEY, _now + 10));
        bytes memory why = abi.encodeWithSelector(IInstitutionEvents.TenureOnlyLowered.selector, _now + 10, _now + 10);
        _lawRefused(SHANGHAI, abi.encodeCall(institutions.retireKey, (SOU, KEY, _now + 10)), why);
        (IInstitutionEvents.KeyKind kind,) = institutions.key(SOU, KEY);
        assertTrue(kind == IInstitutionEvents.KeyKind.Signing);
    }

    // ---- the interval

    /// "a pure function of the clock over half-open intervals [from, to)"
    /// "in force in [validFrom, min(retiredAt, compromisedSince))"
    function testFuzz_inForceAt_isTheHalfOpenInterval(uint64 from, uint64 retired, uint64 lost, uint64 time)
        public
        pure
    {
        from = uint64(bound(from, 0, 20));
        retired = uint64(bound(retired, 0, 20));
        lost = uint64(bound(lost, 0, 20));
        time = uint64(bound(time, 0, 20));
        uint256 until = type(uint256).max;
        if (retired != 0) until = retired;
        if (lost != 0 && lost < until) until = lost;
        bool expected = from != 0 && time >= from && time < until;
        assertTrue(Tenures.inForceAt(IInstitutionRegistry.Tenure(from, retired, lost, false, 0), time) == expected);
    }

    // ---- helpers

    function _appoint(address account, uint64 validFrom) private {
        _law(SHANGHAI, abi.encodeCall(institutions.appointOfficer, (SOU, account, validFrom)));
    }

    function _retire(address account, uint64 at) private {
        _law(SHANGHAI, abi.encodeCall(institutions.retireOfficer, (SOU, account, at)));
    }

    function _report(address account, uint64 since) private {
        _law(SHANGHAI, abi.encodeCall(institutions.reportOfficer, (SOU, account, since)));
    }

    function _addKey(IInstitutionEvents.KeyKind kind, bytes32 publicKey, uint64 validFrom) private {
        _law(SHANGHAI, abi.encodeCall(institutions.addKey, (SOU, kind, publicKey, validFrom)));
    }
}
