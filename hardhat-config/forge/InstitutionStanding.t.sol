// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IGoverned} from "../../contracts/interfaces/IGoverned.sol";
import {IInstitutionEvents} from "../../contracts/interfaces/IInstitutionEvents.sol";
import {IInstitutionRegistry} from "../../contracts/interfaces/IInstitutionRegistry.sol";
import {Names} from "../../contracts/libraries/Names.sol";
import {Roles} from "../../contracts/libraries/Roles.sol";
import {Registries} from "./base/Registries.sol";

/// @title Standing and province of an institution over time: suspended by one account, resumed and withdrawn by two, moved by motion, and
/// answered for at every moment.
contract InstitutionStandingTest is Registries {
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

    /// "accredit, narrow, withdraw, move, alias, officers, keys"
    /// "one key binds a province | binding acts are proposed by one account and confirmed by a second of the same member, on chain"
    function test_oneKeyBindsAProvince_everyBindingActNeedsASecondAccount() public {
        bytes32 publicKey = keccak256("a key");
        address later = _account("later");
        _law(SHANGHAI, abi.encodeCall(institutions.addKey, (SOU, IInstitutionEvents.KeyKind.Signing, publicKey, 0)));
        _law(SHANGHAI, abi.encodeCall(institutions.appointOfficer, (SOU, later, 0)));
        _byMotion(address(institutions), abi.encodeCall(institutions.permit, (AOU, SHANGHAI))); // could be accredited
        bytes[] memory calls = _bindingCalls(publicKey, later);
        for (uint256 i; i < calls.length; ++i) {
            _movesNothingAlone(calls[i]);
        }
        _movesNothingAlone(_accreditCall(AOU));
    }

    function _movesNothingAlone(bytes memory call) private {
        (bytes32 head,) = institutions.headOf(SHANGHAI);
        _as(lawyer[SHANGHAI], address(institutions), call);
        (bytes32 afterwards,) = institutions.headOf(SHANGHAI);
        assertEq(head, afterwards, "one account moved something");
        vm.prank(lawyer[SHANGHAI]);
        (bool done,) = address(institutions).call(call);
        assertFalse(done, "one account confirmed itself");
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

    /// "which institution a province vouches for, in what scope, …, at any point in time"
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
