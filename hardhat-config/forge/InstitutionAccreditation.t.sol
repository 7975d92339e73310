// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IGoverned} from "../../contracts/interfaces/IGoverned.sol";
import {IInstitutionEvents} from "../../contracts/interfaces/IInstitutionEvents.sol";
import {IInstitutionRegistry} from "../../contracts/interfaces/IInstitutionRegistry.sol";
import {Names} from "../../contracts/libraries/Names.sol";
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

    /// "an exception by motion"
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

    /// "moves by motion": an institution moved away and withdrawn there is not taken back by the province its code names, nor by one that
    /// a motion once permitted; who withdrew it may accredit it again, whatever its code says.
    function test_accredit_revertsWith_anInstitutionThatAnotherProvinceWithdrew() public {
        _byMotion(address(institutions), abi.encodeCall(institutions.permit, (SOU, ANHUI)));
        _byMotion(address(institutions), abi.encodeCall(institutions.move, (SOU, ZHEJIANG)));
        _law(ZHEJIANG, abi.encodeCall(institutions.withdraw, (SOU)));
        bytes4 why = IInstitutionEvents.InstitutionOfAnotherProvince.selector;
        _lawRefused(SHANGHAI, _accreditCall(SOU), abi.encodeWithSelector(why, SOU, ZHEJIANG, SHANGHAI));
        _lawRefused(ANHUI, _accreditCall(SOU), abi.encodeWithSelector(why, SOU, ZHEJIANG, ANHUI));
        assertEq(institutions.provinceOf(SOU), ZHEJIANG);

        _law(ZHEJIANG, abi.encodeCall(institutions.accredit, (SOU, _scope(), new address[](0))));
        assertTrue(institutions.accreditation(SOU, 4).standing == IInstitutionEvents.Standing.Accredited);
        assertFalse(institutions.mayApproveAnchor(SOU, officer[SOU])); // Shanghai's
        _law(ZHEJIANG, abi.encodeCall(institutions.withdraw, (SOU)));
        _byMotion(address(institutions), abi.encodeCall(institutions.move, (SOU, SHANGHAI)));
        _law(SHANGHAI, abi.encodeCall(institutions.accredit, (SOU, _scope(), new address[](0))));
        assertEq(institutions.provinceOf(SOU), SHANGHAI);
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

    // ---- helpers

    function _accreditCall(bytes32 institution) private view returns (bytes memory) {
        return abi.encodeCall(institutions.accredit, (institution, _scope(), new address[](0)));
    }

    function _standing(bytes32 institution, IInstitutionEvents.Standing standing) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IInstitutionEvents.InstitutionStanding.selector, institution, standing);
    }
}
