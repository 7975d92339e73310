// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IGoverned} from "../../contracts/interfaces/IGoverned.sol";
import {IInstitutionEvents} from "../../contracts/interfaces/IInstitutionEvents.sol";
import {IInstitutionRegistry} from "../../contracts/interfaces/IInstitutionRegistry.sol";
import {Names} from "../../contracts/libraries/Names.sol";
import {Roles} from "../../contracts/libraries/Roles.sol";
import {Uscc} from "../../contracts/libraries/Uscc.sol";
import {Registries} from "./base/Registries.sol";

/// @title "accredit (scope: categories, highest level, most credits per outcome; the first officers), narrow, suspend, withdraw, by its
/// province alone; moves by motion."
contract InstitutionAccreditationTest is Registries {
    // ---- accredit

    function test_accredit_makesVersionOneWithItsScopeAndOfficers() public {
        address[] memory officers = new address[](2);
        officers[0] = _account("first");
        officers[1] = _account("second");
        IInstitutionEvents.Scope memory scope = IInstitutionEvents.Scope(0x04, 4, 1000);
        bytes memory call = abi.encodeCall(institutions.accredit, (AOU, scope, officers));
        _as(lawyer[ANHUI], address(institutions), call);
        assertEq(institutions.versionAt(AOU, uint64(block.timestamp)), 0);

        bytes32 head = keccak256(abi.encode(block.chainid, address(institutions), uint64(ANHUI)));
        bytes32 fields = keccak256(abi.encode(ANHUI, AOU, uint32(1), uint8(0x04), uint8(4), uint32(1000)));
        head = keccak256(abi.encode(head, uint64(1), uint16(300), block.timestamp, admin[ANHUI], fields));
        vm.expectEmit(address(institutions));
        emit IInstitutionEvents.InstitutionAccredited(ANHUI, AOU, 1, 0x04, 4, 1000, admin[ANHUI], 1, head);
        _as(admin[ANHUI], address(institutions), call);

        IInstitutionRegistry.Accreditation memory now_ = institutions.accreditation(AOU, 1);
        assertEq(now_.province, ANHUI);
        assertTrue(now_.standing == IInstitutionEvents.Standing.Accredited);
        assertEq(now_.scope.categories, 0x04);
        assertEq(now_.scope.highestLevel, 4);
        assertEq(now_.scope.mostCredits, 1000);
        assertEq(now_.from, block.timestamp);
        assertEq(institutions.provinceOf(AOU), ANHUI);
        // "those named in the accreditation may approve anchors at once"
        assertTrue(institutions.mayApproveAnchor(AOU, officers[0]));
        assertTrue(institutions.mayApproveAnchor(AOU, officers[1]));
        assertTrue(institutions.officer(AOU, officers[1]).founding);
        (, uint64 sequence) = institutions.headOf(ANHUI);
        assertEq(sequence, 3); // the accreditation and its two officers: one event each
    }

    /// "alphabet, check character and the province digits (3rd and 4th) checked on chain, an exception by motion"
    function test_accredit_revertsWith_codeThatIsNotAValidOneOfTheProvince() public {
        bytes32 wrongCheck = "12340000485000321H";
        _lawRefused(
            ANHUI, _accreditCall(wrongCheck), abi.encodeWithSelector(Uscc.UsccCheckCharacter.selector, wrongCheck)
        );
        bytes32 lower = "12340000485000321g";
        _lawRefused(ANHUI, _accreditCall(lower), abi.encodeWithSelector(Uscc.UsccCharacter.selector, lower, 18));
        bytes32 short = "1234";
        _lawRefused(ANHUI, _accreditCall(short), abi.encodeWithSelector(Uscc.UsccMisshapen.selector, short));
        _lawRefused(
            ZHEJIANG,
            _accreditCall(AOU),
            abi.encodeWithSelector(IInstitutionEvents.InstitutionCodeOfAnotherProvince.selector, AOU, ANHUI, ZHEJIANG)
        );
        _byMotion(address(institutions), abi.encodeCall(institutions.permit, (wrongCheck, ANHUI)));
        _law(ANHUI, _accreditCall(wrongCheck));
        assertEq(institutions.provinceOf(wrongCheck), ANHUI);
        _byMotion(address(institutions), abi.encodeCall(institutions.permit, (AOU, ZHEJIANG)));
        _law(ZHEJIANG, _accreditCall(AOU));
        assertEq(institutions.provinceOf(AOU), ZHEJIANG);
    }

    /// An exception is for one code and one province.
    function test_permit_helpsNobodyElse() public {
        _byMotion(address(institutions), abi.encodeCall(institutions.permit, (AOU, ZHEJIANG)));
        assertTrue(institutions.isPermitted(AOU, ZHEJIANG));
        assertFalse(institutions.isPermitted(AOU, JIANGSU));
        assertFalse(institutions.isPermitted(SOU, ZHEJIANG));
        _lawRefused(
            JIANGSU,
            _accreditCall(AOU),
            abi.encodeWithSelector(IInstitutionEvents.InstitutionCodeOfAnotherProvince.selector, AOU, ANHUI, JIANGSU)
        );
    }

    function test_permit_revertsWith_anyCallerButAMotionAndWithASecondTime() public {
        bytes memory call = abi.encodeCall(institutions.permit, (AOU, ZHEJIANG));
        bytes memory why =
            abi.encodeWithSelector(IGoverned.NotByMotion.selector, Names.INSTITUTION_REGISTRY, admin[ZHEJIANG]);
        _refused(admin[ZHEJIANG], address(institutions), call, why);
        vm.expectEmit(true, true, true, false, address(institutions));
        emit IInstitutionEvents.InstitutionPermitted(AOU, ZHEJIANG, address(consortium), 1, 0);
        _byMotion(address(institutions), call);
        why = abi.encodeWithSelector(IInstitutionEvents.InstitutionAlreadyOf.selector, AOU, ZHEJIANG);
        _refused(address(consortium), address(institutions), call, why);
        bytes32 short = "123";
        call = abi.encodeCall(institutions.permit, (short, ZHEJIANG));
        why = abi.encodeWithSelector(Uscc.UsccMisshapen.selector, short);
        _refused(address(consortium), address(institutions), call, why);
    }

    /// "One accrediting province at a time."
    function test_accredit_revertsWith_anInstitutionThatStands() public {
        bytes memory why = abi.encodeWithSelector(
            IInstitutionEvents.InstitutionStanding.selector, SOU, IInstitutionEvents.Standing.Accredited
        );
        _lawRefused(SHANGHAI, _accreditCall(SOU), why);
        _byMotion(address(institutions), abi.encodeCall(institutions.permit, (SOU, ZHEJIANG)));
        _lawRefused(ZHEJIANG, _accreditCall(SOU), why);
        _as(lawyer[SHANGHAI], address(institutions), abi.encodeCall(institutions.suspend, (SOU)));
        why = abi.encodeWithSelector(
            IInstitutionEvents.InstitutionStanding.selector, SOU, IInstitutionEvents.Standing.Suspended
        );
        _lawRefused(ZHEJIANG, _accreditCall(SOU), why);
    }

    /// An institution withdrawn and accredited again is no way round the officers' three days.
    function test_accredit_afterWithdrawalGivesNoFoundingOfficers() public {
        _law(SHANGHAI, abi.encodeCall(institutions.withdraw, (SOU)));
        address[] memory officers = new address[](1);
        officers[0] = _account("second");
        _law(SHANGHAI, abi.encodeCall(institutions.accredit, (SOU, _scope(), officers)));
        assertTrue(institutions.accreditation(SOU, 3).standing == IInstitutionEvents.Standing.Accredited);
        assertFalse(institutions.officer(SOU, officers[0]).founding);
        assertFalse(institutions.mayApproveAnchor(SOU, officers[0]));
        assertTrue(institutions.mayApproveAnchor(SOU, officer[SOU])); // who never retired goes on
    }

    function testFuzz_accredit_revertsWith_scopeOutOfRange(uint8 categories, uint8 level, uint32 credits) public {
        credits = uint32(bound(credits, 0, 100_001));
        IInstitutionEvents.Scope memory scope = IInstitutionEvents.Scope(categories, level, credits);
        bytes memory call = abi.encodeCall(institutions.accredit, (AOU, scope, new address[](0)));
        bool good = categories != 0 && categories % 2 == 0 && categories < 16 && level >= 1 && level <= 10
            && credits >= 1 && credits <= 99_999;
        if (good) {
            _law(ANHUI, call);
        } else {
            bytes memory why =
                abi.encodeWithSelector(IInstitutionEvents.ScopeOutOfRange.selector, categories, level, credits);
            _lawRefused(ANHUI, call, why);
        }
    }

    function test_accredit_acceptsEachScopeAtItsEdgeAndRefusesTheNext() public {
        uint32[3][8] memory bad = [
            [uint32(0), 1, 1],
            [uint32(1), 1, 1],
            [uint32(16), 1, 1],
            [uint32(3), 1, 1],
            [uint32(2), 0, 1],
            [uint32(2), 11, 1],
            [uint32(2), 1, 0],
            [uint32(2), 1, 100_000]
        ];
        for (uint256 i; i < bad.length; ++i) {
            IInstitutionEvents.Scope memory scope =
                IInstitutionEvents.Scope(uint8(bad[i][0]), uint8(bad[i][1]), bad[i][2]);
            bytes memory why = abi.encodeWithSelector(
                IInstitutionEvents.ScopeOutOfRange.selector, scope.categories, scope.highestLevel, scope.mostCredits
            );
            _lawRefused(ANHUI, abi.encodeCall(institutions.accredit, (AOU, scope, new address[](0))), why);
        }
        IInstitutionEvents.Scope memory widest = IInstitutionEvents.Scope(14, 10, 99_999);
        _law(ANHUI, abi.encodeCall(institutions.accredit, (AOU, widest, new address[](0))));
        IInstitutionEvents.Scope memory least = IInstitutionEvents.Scope(2, 1, 1);
        _law(ANHUI, abi.encodeCall(institutions.narrow, (AOU, least)));
        assertEq(institutions.accreditation(AOU, 2).scope.mostCredits, 1);
    }

    // ---- narrow

    function testFuzz_narrow_onlyEverTakesSomethingAway(
        uint8[2] memory categories,
        uint8[2] memory levels,
        uint32[2] memory credits
    ) public {
        IInstitutionEvents.Scope[2] memory scopes;
        for (uint256 i; i < 2; ++i) {
            scopes[i] = IInstitutionEvents.Scope(
                uint8(bound(categories[i], 1, 7)) << 1,
                uint8(bound(levels[i], 1, 10)),
                uint32(bound(credits[i], 1, 99_999))
            );
        }
        _law(ANHUI, abi.encodeCall(institutions.accredit, (AOU, scopes[0], new address[](0))));
        bytes memory call = abi.encodeCall(institutions.narrow, (AOU, scopes[1]));
        bool within = scopes[0].categories | scopes[1].categories == scopes[0].categories
            && scopes[1].highestLevel <= scopes[0].highestLevel && scopes[1].mostCredits <= scopes[0].mostCredits;
        bool same = keccak256(abi.encode(scopes[0])) == keccak256(abi.encode(scopes[1]));
        if (!within || same) {
            _lawRefused(ANHUI, call, abi.encodeWithSelector(IInstitutionEvents.ScopeNotNarrower.selector, AOU));
        } else {
            _law(ANHUI, call);
            assertEq(
                keccak256(abi.encode(institutions.accreditationAt(AOU, uint64(block.timestamp)).scope)),
                keccak256(abi.encode(scopes[1]))
            );
        }
    }

    /// One thing alone narrowed is narrower; one thing alone widened is not, whatever else shrinks; a scope out of range is neither.
    function test_narrow_looksAtEachPartOfTheScope() public {
        _law(ANHUI, abi.encodeCall(institutions.accredit, (AOU, IInstitutionEvents.Scope(6, 5, 500), new address[](0))));
        uint32[3][4] memory wider = [[uint32(8), 4, 400], [uint32(2), 6, 400], [uint32(2), 4, 501], [uint32(6), 5, 500]];
        for (uint256 i; i < wider.length; ++i) {
            IInstitutionEvents.Scope memory scope =
                IInstitutionEvents.Scope(uint8(wider[i][0]), uint8(wider[i][1]), wider[i][2]);
            bytes memory call = abi.encodeCall(institutions.narrow, (AOU, scope));
            _lawRefused(ANHUI, call, abi.encodeWithSelector(IInstitutionEvents.ScopeNotNarrower.selector, AOU));
        }
        uint32[3][3] memory narrower = [[uint32(2), 5, 500], [uint32(2), 4, 500], [uint32(2), 4, 499]];
        for (uint256 i; i < narrower.length; ++i) {
            IInstitutionEvents.Scope memory scope =
                IInstitutionEvents.Scope(uint8(narrower[i][0]), uint8(narrower[i][1]), narrower[i][2]);
            _law(ANHUI, abi.encodeCall(institutions.narrow, (AOU, scope)));
        }
        bytes memory none = abi.encodeCall(institutions.narrow, (AOU, IInstitutionEvents.Scope(0, 1, 1)));
        _lawRefused(ANHUI, none, abi.encodeWithSelector(IInstitutionEvents.ScopeOutOfRange.selector, 0, 1, 1));
    }

    /// A suspended institution is narrowed and stays suspended; a withdrawn one has nothing to narrow.
    function test_narrow_keepsTheStanding() public {
        _as(lawyer[SHANGHAI], address(institutions), abi.encodeCall(institutions.suspend, (SOU)));
        bytes memory call = abi.encodeCall(institutions.narrow, (SOU, IInstitutionEvents.Scope(2, 10, 99_999)));
        _law(SHANGHAI, call);
        IInstitutionRegistry.Accreditation memory now_ = institutions.accreditation(SOU, 3);
        assertTrue(now_.standing == IInstitutionEvents.Standing.Suspended);
        assertEq(now_.scope.categories, 2);
        _law(SHANGHAI, abi.encodeCall(institutions.withdraw, (SOU)));
        call = abi.encodeCall(institutions.narrow, (SOU, IInstitutionEvents.Scope(2, 1, 1)));
        _lawRefused(SHANGHAI, call, _standing(SOU, IInstitutionEvents.Standing.Withdrawn));
    }

    // ---- suspend, resume, withdraw

    /// One account suspends, because it protects; to resume takes two.
    function test_suspend_takesOneAccountAndResumeTwo() public {
        vm.expectEmit(true, true, true, false, address(institutions));
        emit IInstitutionEvents.InstitutionSuspended(SHANGHAI, SOU, 2, lawyer[SHANGHAI], 3, 0);
        _as(lawyer[SHANGHAI], address(institutions), abi.encodeCall(institutions.suspend, (SOU)));
        assertTrue(institutions.accreditation(SOU, 2).standing == IInstitutionEvents.Standing.Suspended);

        bytes memory call = abi.encodeCall(institutions.resume, (SOU));
        _as(admin[SHANGHAI], address(institutions), call);
        assertEq(institutions.versionAt(SOU, uint64(block.timestamp)), 2);
        vm.expectEmit(true, true, true, false, address(institutions));
        emit IInstitutionEvents.InstitutionResumed(SHANGHAI, SOU, 3, lawyer[SHANGHAI], 4, 0);
        _as(lawyer[SHANGHAI], address(institutions), call);
        assertTrue(institutions.accreditation(SOU, 3).standing == IInstitutionEvents.Standing.Accredited);
    }

    function test_standing_changesOnlyAsDrawn() public {
        bytes memory suspend = abi.encodeCall(institutions.suspend, (SOU));
        bytes memory resume = abi.encodeCall(institutions.resume, (SOU));
        bytes memory withdraw = abi.encodeCall(institutions.withdraw, (SOU));
        _lawRefused(SHANGHAI, resume, _standing(SOU, IInstitutionEvents.Standing.Accredited));
        _as(lawyer[SHANGHAI], address(institutions), suspend);
        _lawRefused(SHANGHAI, suspend, _standing(SOU, IInstitutionEvents.Standing.Suspended));
        _law(SHANGHAI, withdraw); // from Suspended
        _lawRefused(SHANGHAI, suspend, _standing(SOU, IInstitutionEvents.Standing.Withdrawn));
        _lawRefused(SHANGHAI, resume, _standing(SOU, IInstitutionEvents.Standing.Withdrawn));
        _lawRefused(SHANGHAI, withdraw, _standing(SOU, IInstitutionEvents.Standing.Withdrawn));
        _law(JIANGSU, abi.encodeCall(institutions.withdraw, (JOU))); // from Accredited
        assertEq(institutions.provinceOf(JOU), JIANGSU); // it still acts on what it anchored
    }

    // ---- move

    /// "moves by motion"; "an institution that moves keeps" its keys and its scope; its officers served the old province.
    function test_move_changesTheProvinceAlone() public {
        bytes32 publicKey = keccak256("a key");
        _law(SHANGHAI, abi.encodeCall(institutions.addKey, (SOU, IInstitutionEvents.KeyKind.Signing, publicKey, 0)));
        bytes memory call = abi.encodeCall(institutions.move, (SOU, ZHEJIANG));
        vm.expectEmit(true, true, true, false, address(institutions));
        emit IInstitutionEvents.InstitutionMoved(SOU, SHANGHAI, ZHEJIANG, 2, address(consortium), 1, 0);
        _byMotion(address(institutions), call);
        assertEq(institutions.provinceOf(SOU), ZHEJIANG);
        IInstitutionRegistry.Accreditation memory now_ = institutions.accreditation(SOU, 2);
        assertTrue(now_.standing == IInstitutionEvents.Standing.Accredited);
        assertEq(keccak256(abi.encode(now_.scope)), keccak256(abi.encode(_scope())));
        assertTrue(institutions.keyInForceAt(SOU, publicKey, uint64(block.timestamp)));
        assertFalse(institutions.mayApproveAnchor(SOU, officer[SOU]));

        _lawRefused(SHANGHAI, abi.encodeCall(institutions.withdraw, (SOU)), _foreign(SOU, ZHEJIANG, SHANGHAI));
        _law(ZHEJIANG, abi.encodeCall(institutions.withdraw, (SOU)));
    }

    function test_move_backBringsTheOldOfficersBack() public {
        _byMotion(address(institutions), abi.encodeCall(institutions.move, (SOU, ZHEJIANG)));
        uint64 away = uint64(block.timestamp);
        skip(1 days);
        _byMotion(address(institutions), abi.encodeCall(institutions.move, (SOU, SHANGHAI)));
        assertTrue(institutions.mayApproveAnchor(SOU, officer[SOU]));
        assertFalse(institutions.officerInForceAt(SOU, officer[SOU], away));
        assertTrue(institutions.officerInForceAt(SOU, officer[SOU], uint64(block.timestamp)));
    }

    function test_move_revertsWith_anythingButAMotionToAnotherMember() public {
        bytes memory call = abi.encodeCall(institutions.move, (SOU, ZHEJIANG));
        bytes memory why =
            abi.encodeWithSelector(IGoverned.NotByMotion.selector, Names.INSTITUTION_REGISTRY, admin[SHANGHAI]);
        _refused(admin[SHANGHAI], address(institutions), call, why);
        call = abi.encodeCall(institutions.move, (SOU, SHANGHAI));
        why = abi.encodeWithSelector(IInstitutionEvents.InstitutionAlreadyOf.selector, SOU, SHANGHAI);
        _refused(address(consortium), address(institutions), call, why);
        call = abi.encodeCall(institutions.move, (SOU, 500000));
        why = abi.encodeWithSelector(IInstitutionEvents.InstitutionMoveToStranger.selector, SOU, 500000);
        _refused(address(consortium), address(institutions), call, why);
        call = abi.encodeCall(institutions.move, (AOU, ZHEJIANG));
        why = abi.encodeWithSelector(IInstitutionEvents.InstitutionUnknown.selector, AOU);
        _refused(address(consortium), address(institutions), call, why);
    }

    // ---- "by its province alone", "one key binds a province"

    /// "one key binds a province | binding acts are proposed by one account and confirmed by a second of the same member, on chain"
    function test_oneKeyBindsAProvince_everyBindingActNeedsASecondAccount() public {
        bytes32 publicKey = keccak256("a key");
        address later = _account("later");
        _law(SHANGHAI, abi.encodeCall(institutions.addKey, (SOU, IInstitutionEvents.KeyKind.Signing, publicKey, 0)));
        _law(SHANGHAI, abi.encodeCall(institutions.appointOfficer, (SOU, later, 0)));
        bytes[] memory calls = _bindingCalls(publicKey, later);
        (bytes32 head,) = institutions.headOf(SHANGHAI);
        for (uint256 i; i < calls.length; ++i) {
            _as(lawyer[SHANGHAI], address(institutions), calls[i]);
            (bytes32 after_,) = institutions.headOf(SHANGHAI);
            assertEq(head, after_, "one account moved something");
            vm.prank(lawyer[SHANGHAI]);
            (bool done,) = address(institutions).call(calls[i]);
            assertFalse(done, "one account confirmed itself");
        }
    }

    /// "by its province alone": nobody of another province, and no operator without the role LAW, does any of it.
    function test_everyAct_revertsWith_anotherProvinceOrAnotherRole() public {
        bytes32 publicKey = keccak256("a key");
        bytes[] memory calls = _bindingCalls(publicKey, _account("later"));
        for (uint256 i; i < calls.length; ++i) {
            _lawRefused(JIANGSU, calls[i], _foreign(SOU, SHANGHAI, JIANGSU));
            _refused(operator[SHANGHAI], address(institutions), calls[i], _unauthorised(operator[SHANGHAI], Roles.LAW));
        }
        bytes memory suspend = abi.encodeCall(institutions.suspend, (SOU));
        _lawRefused(JIANGSU, suspend, _foreign(SOU, SHANGHAI, JIANGSU));
        _refused(operator[SHANGHAI], address(institutions), suspend, _unauthorised(operator[SHANGHAI], Roles.LAW));
        _refused(operator[ANHUI], address(institutions), _accreditCall(AOU), _unauthorised(operator[ANHUI], Roles.LAW));
        bytes memory unknown = abi.encodeCall(institutions.suspend, (AOU));
        _lawRefused(ANHUI, unknown, abi.encodeWithSelector(IInstitutionEvents.InstitutionUnknown.selector, AOU));
    }

    // ---- as of

    /// "Every answer exists "as of" a time (Checkpoints)": half-open intervals, the past never changes.
    function test_accreditationAt_answersForEveryTime() public {
        uint64 t0 = uint64(block.timestamp);
        skip(10);
        _as(lawyer[SHANGHAI], address(institutions), abi.encodeCall(institutions.suspend, (SOU)));
        skip(10);
        _law(SHANGHAI, abi.encodeCall(institutions.resume, (SOU)));
        _law(SHANGHAI, abi.encodeCall(institutions.withdraw, (SOU))); // in the same second: the last one counts
        skip(10);
        assertEq(institutions.versionAt(SOU, t0 - 1), 0);
        assertEq(institutions.versionAt(SOU, t0), 1);
        assertEq(institutions.versionAt(SOU, t0 + 9), 1);
        assertEq(institutions.versionAt(SOU, t0 + 10), 2);
        assertEq(institutions.versionAt(SOU, t0 + 19), 2);
        assertEq(institutions.versionAt(SOU, t0 + 20), 4);
        assertEq(institutions.versionAt(SOU, type(uint48).max), 4);
        assertEq(institutions.versionAt(SOU, uint64(type(uint48).max) + 1), 4);
        assertEq(institutions.versionAt(SOU, type(uint64).max), 4);
        assertTrue(institutions.accreditation(SOU, 3).standing == IInstitutionEvents.Standing.Accredited);
        assertTrue(institutions.accreditationAt(SOU, t0 - 1).standing == IInstitutionEvents.Standing.None);
        assertTrue(institutions.accreditationAt(SOU, t0 + 10).standing == IInstitutionEvents.Standing.Suspended);
        assertTrue(institutions.accreditationAt(SOU, t0 + 25).standing == IInstitutionEvents.Standing.Withdrawn);
    }

    function testFuzz_versionAt_isTheLastVersionBegunByThen(uint8[12] memory gaps, uint256 asked) public {
        uint64[13] memory begun;
        begun[0] = uint64(block.timestamp);
        for (uint256 i; i < gaps.length; ++i) {
            skip(gaps[i]);
            begun[i + 1] = uint64(vm.getBlockTimestamp());
            if (i % 2 == 0) {
                _as(lawyer[SHANGHAI], address(institutions), abi.encodeCall(institutions.suspend, (SOU)));
            } else {
                _law(SHANGHAI, abi.encodeCall(institutions.resume, (SOU)));
            }
        }
        uint64 time = uint64(bound(asked, START - 5, vm.getBlockTimestamp() + 5));
        uint32 expected;
        for (uint256 i; i < begun.length; ++i) {
            if (begun[i] <= time) expected = uint32(i + 1);
        }
        assertEq(institutions.versionAt(SOU, time), expected);
        if (expected != 0) assertEq(institutions.accreditation(SOU, expected).from, begun[expected - 1]);
    }

    function test_views_sayNothingOfAnUnknownInstitution() public view {
        assertEq(institutions.versionAt(AOU, type(uint64).max), 0);
        assertEq(institutions.provinceOf(AOU), 0);
        assertTrue(institutions.accreditation(AOU, 1).standing == IInstitutionEvents.Standing.None);
        assertTrue(institutions.accreditation(SOU, 9).standing == IInstitutionEvents.Standing.None);
        assertFalse(institutions.mayApproveAnchor(AOU, address(0)));
        assertFalse(institutions.officerInForceAt(AOU, address(0), 0));
        assertFalse(institutions.keyInForceAt(AOU, 0, 0));
        (uint32 version, uint32 province, IInstitutionEvents.Standing standing, bool approves) =
            institutions.anchoringTerms(AOU, officer[SOU]);
        assertEq(version, 0);
        assertEq(province, 0);
        assertTrue(standing == IInstitutionEvents.Standing.None);
        assertFalse(approves);
    }

    // ---- helpers

    function _bindingCalls(bytes32 publicKey, address later) private view returns (bytes[] memory calls) {
        calls = new bytes[](8);
        calls[0] = abi.encodeCall(institutions.narrow, (SOU, IInstitutionEvents.Scope(2, 1, 1)));
        calls[1] = abi.encodeCall(institutions.withdraw, (SOU));
        calls[2] = abi.encodeCall(institutions.appointOfficer, (SOU, address(0xb0b), 0));
        calls[3] = abi.encodeCall(institutions.retireOfficer, (SOU, later, 0));
        calls[4] = abi.encodeCall(institutions.reportOfficer, (SOU, later, 1));
        calls[5] = abi.encodeCall(
            institutions.addKey, (SOU, IInstitutionEvents.KeyKind.Agreement, keccak256(abi.encode(publicKey)), 0)
        );
        calls[6] = abi.encodeCall(institutions.retireKey, (SOU, publicKey, 0));
        calls[7] = abi.encodeCall(institutions.reportKey, (SOU, publicKey, 1));
    }

    function _accreditCall(bytes32 institution) private view returns (bytes memory) {
        return abi.encodeCall(institutions.accredit, (institution, _scope(), new address[](0)));
    }

    function _standing(bytes32 institution, IInstitutionEvents.Standing standing) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IInstitutionEvents.InstitutionStanding.selector, institution, standing);
    }

    function _foreign(bytes32 institution, uint32 accrediting, uint32 acting) private pure returns (bytes memory) {
        return abi.encodeWithSelector(
            IInstitutionEvents.InstitutionOfAnotherProvince.selector, institution, accrediting, acting
        );
    }
}
