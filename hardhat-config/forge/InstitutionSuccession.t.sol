// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {InstitutionRegistry} from "../../contracts/InstitutionRegistry.sol";
import {IGoverned} from "../../contracts/interfaces/IGoverned.sol";
import {IInstitutionEvents} from "../../contracts/interfaces/IInstitutionEvents.sol";
import {IInstitutionRegistry} from "../../contracts/interfaces/IInstitutionRegistry.sol";
import {Names} from "../../contracts/libraries/Names.sol";
import {HeadsOracle} from "./base/HeadsOracle.sol";
import {Registries} from "./base/Registries.sol";

/// @title "Once a successor is named, EVERY write of the old contract reverts; the successor accepts writes for old records, copying on
/// first write, and each record has a written-flag, so that zero never means 'ask the predecessor'."
contract InstitutionSuccessionTest is Registries {
    bytes32 private constant KEY = keccak256("a key");
    bytes32 private constant A = keccak256("A-1");
    bytes32 private constant B = keccak256("B-1");
    InstitutionRegistry private _old;
    address private _later;
    uint64 private _begun;
    uint64 private _succeeded;

    function setUp() public override {
        super.setUp();
        _begun = uint64(block.timestamp);
        _later = _account("later");
        skip(100);
        _law(SHANGHAI, abi.encodeCall(institutions.addKey, (SOU, IInstitutionEvents.KeyKind.Agreement, KEY, 0)));
        _law(SHANGHAI, abi.encodeCall(institutions.appointOfficer, (SOU, _later, 0)));
        _law(SHANGHAI, _aliasCall(B, A));
        _byMotion(address(institutions), abi.encodeCall(institutions.permit, (AOU, ZHEJIANG)));
        _old = institutions;
        institutions = new InstitutionRegistry(consortium, directory, address(_old));
        _succeed(Names.INSTITUTION_REGISTRY, address(institutions));
        _succeeded = uint64(block.timestamp);
    }

    function test_successor_answersAsItsPredecessorDid() public view {
        assertEq(institutions.predecessor(), address(_old));
        uint64[5] memory times = [uint64(0), _begun - 1, _begun, _begun + 100, _succeeded];
        for (uint256 i; i < times.length; ++i) {
            assertEq(institutions.versionAt(SOU, times[i]), _old.versionAt(SOU, times[i]));
            assertEq(
                keccak256(abi.encode(institutions.accreditationAt(SOU, times[i]))),
                keccak256(abi.encode(_old.accreditationAt(SOU, times[i])))
            );
            assertTrue(institutions.keyInForceAt(SOU, KEY, times[i]) == _old.keyInForceAt(SOU, KEY, times[i]));
            assertTrue(
                institutions.officerInForceAt(SOU, _later, times[i]) == _old.officerInForceAt(SOU, _later, times[i])
            );
        }
        assertEq(institutions.provinceOf(SOU), SHANGHAI);
        assertTrue(institutions.mayApproveAnchor(SOU, officer[SOU])); // founding still
        assertTrue(institutions.isPermitted(AOU, ZHEJIANG));
        assertFalse(institutions.isPermitted(AOU, SHANGHAI));
        assertTrue(institutions.isCanonical(SOU, A));
        assertFalse(institutions.isCanonical(SOU, B));
        (bytes32 institution, bytes32 outcome) = institutions.canonicalOf(SOU, B);
        assertEq(institution, SOU);
        assertEq(outcome, A);
        (, outcome) = institutions.canonicalOfAt(SOU, B, _begun);
        assertEq(outcome, B);
        (IInstitutionEvents.KeyKind kind,) = institutions.key(SOU, KEY);
        assertTrue(kind == IInstitutionEvents.KeyKind.Agreement);
        assertEq(institutions.versionAt(AOU, _succeeded), 0);
    }

    function test_successor_goesOnCountingVersionsAndKeepsThePast() public {
        _as(lawyer[SHANGHAI], address(institutions), abi.encodeCall(institutions.suspend, (SOU)));
        assertEq(institutions.versionAt(SOU, _succeeded), 2);
        assertEq(institutions.versionAt(SOU, _succeeded - 1), 1);
        assertEq(institutions.versionAt(SOU, _begun - 1), 0);
        IInstitutionRegistry.Accreditation memory first = institutions.accreditation(SOU, 1);
        assertEq(first.from, _begun);
        assertTrue(first.standing == IInstitutionEvents.Standing.Accredited);
        IInstitutionRegistry.Accreditation memory second = institutions.accreditation(SOU, 2);
        assertEq(second.from, _succeeded);
        assertTrue(second.standing == IInstitutionEvents.Standing.Suspended);
        assertEq(keccak256(abi.encode(second.scope)), keccak256(abi.encode(first.scope)));
        assertEq(_old.versionAt(SOU, _succeeded), 1);
    }

    /// What the successor wrote is final over what the predecessor says, also where it wrote "no".
    function test_successor_copiesARecordOnItsFirstWrite() public {
        _law(SHANGHAI, abi.encodeCall(institutions.retireOfficer, (SOU, officer[SOU], 0)));
        IInstitutionRegistry.Tenure memory tenure = institutions.officer(SOU, officer[SOU]);
        assertEq(tenure.validFrom, _begun);
        assertEq(tenure.retiredAt, _succeeded);
        assertTrue(tenure.founding);
        assertEq(tenure.province, SHANGHAI);
        assertFalse(institutions.mayApproveAnchor(SOU, officer[SOU]));
        assertTrue(_old.mayApproveAnchor(SOU, officer[SOU]));

        _law(SHANGHAI, abi.encodeCall(institutions.reportKey, (SOU, KEY, _begun + 150)));
        (IInstitutionEvents.KeyKind kind, IInstitutionRegistry.Tenure memory key) = institutions.key(SOU, KEY);
        assertTrue(kind == IInstitutionEvents.KeyKind.Agreement);
        assertEq(key.validFrom, _begun + 100);
        assertEq(key.compromisedSince, _begun + 150);
        assertFalse(institutions.keyInForceAt(SOU, KEY, _begun + 150));
    }

    function test_successor_doesNotForgetWhatMayNotHappenTwice() public {
        bytes memory call = abi.encodeCall(institutions.appointOfficer, (SOU, _later, 0));
        _lawRefused(SHANGHAI, call, abi.encodeWithSelector(IInstitutionEvents.OfficerKnown.selector, SOU, _later));
        call = abi.encodeCall(institutions.addKey, (SOU, IInstitutionEvents.KeyKind.Signing, KEY, 0));
        _lawRefused(SHANGHAI, call, abi.encodeWithSelector(IInstitutionEvents.KeyKnown.selector, SOU, KEY));
        call = _aliasCall(B, KEY);
        _lawRefused(SHANGHAI, call, abi.encodeWithSelector(IInstitutionEvents.AliasFinal.selector, SOU, B));
        call = _aliasCall(A, KEY);
        _lawRefused(SHANGHAI, call, abi.encodeWithSelector(IInstitutionEvents.AliasChain.selector, SOU, A));
        call = abi.encodeCall(institutions.permit, (AOU, ZHEJIANG));
        bytes memory why = abi.encodeWithSelector(IInstitutionEvents.InstitutionAlreadyOf.selector, AOU, ZHEJIANG);
        _refused(address(consortium), address(institutions), call, why);
        _law(ZHEJIANG, abi.encodeCall(institutions.accredit, (AOU, _scope(), new address[](0))));
        _law(SHANGHAI, _aliasCall(KEY, A)); // and new records live beside the old ones
        (, bytes32 outcome) = institutions.canonicalOf(SOU, KEY);
        assertEq(outcome, A);
    }

    /// "heads continue"
    function test_successor_continuesTheHeads() public {
        (bytes32 head, uint64 sequence) = _old.headOf(SHANGHAI);
        (bytes32 same, uint64 count) = institutions.headOf(SHANGHAI);
        assertEq(same, head);
        assertEq(count, sequence);
        _as(lawyer[SHANGHAI], address(institutions), abi.encodeCall(institutions.suspend, (SOU)));
        bytes32 fields = keccak256(abi.encode(SHANGHAI, SOU, uint32(2)));
        head = keccak256(abi.encode(head, sequence + 1, uint16(302), block.timestamp, lawyer[SHANGHAI], fields));
        (same, count) = institutions.headOf(SHANGHAI);
        assertEq(same, head);
        assertEq(count, sequence + 1);
    }

    /// "every write of the old one reverts"
    function test_predecessor_refusesEveryWrite() public {
        bytes memory why =
            abi.encodeWithSelector(IGoverned.Superseded.selector, Names.INSTITUTION_REGISTRY, address(institutions));
        bytes[] memory calls = _everyWrite();
        for (uint256 i; i < calls.length; ++i) {
            _refused(lawyer[SHANGHAI], address(_old), calls[i], why);
            _refused(address(consortium), address(_old), calls[i], why);
        }
    }

    /// And a contract that is not in force yet writes nothing either.
    function test_successorToBe_refusesEveryWrite() public {
        InstitutionRegistry next = new InstitutionRegistry(consortium, directory, address(institutions));
        bytes memory why =
            abi.encodeWithSelector(IGoverned.Superseded.selector, Names.INSTITUTION_REGISTRY, address(institutions));
        bytes[] memory calls = _everyWrite();
        for (uint256 i; i < calls.length; ++i) {
            _refused(lawyer[SHANGHAI], address(next), calls[i], why);
        }
    }

    function _everyWrite() private view returns (bytes[] memory calls) {
        IInstitutionEvents.Scope memory scope = IInstitutionEvents.Scope(2, 1, 1);
        IInstitutionEvents.KeyKind kind = IInstitutionEvents.KeyKind.Signing;
        calls = new bytes[](14);
        calls[0] = abi.encodeCall(institutions.accredit, (SOU, scope, new address[](0)));
        calls[1] = abi.encodeCall(institutions.narrow, (SOU, scope));
        calls[2] = abi.encodeCall(institutions.suspend, (SOU));
        calls[3] = abi.encodeCall(institutions.resume, (SOU));
        calls[4] = abi.encodeCall(institutions.withdraw, (SOU));
        calls[5] = abi.encodeCall(institutions.appointOfficer, (SOU, address(0xb0b), 0));
        calls[6] = abi.encodeCall(institutions.retireOfficer, (SOU, _later, 0));
        calls[7] = abi.encodeCall(institutions.reportOfficer, (SOU, _later, 1));
        calls[8] = abi.encodeCall(institutions.addKey, (SOU, kind, A, 0));
        calls[9] = abi.encodeCall(institutions.retireKey, (SOU, KEY, 0));
        calls[10] = abi.encodeCall(institutions.reportKey, (SOU, KEY, 1));
        calls[11] = _aliasCall(KEY, A);
        calls[12] = abi.encodeCall(institutions.move, (SOU, ANHUI));
        calls[13] = abi.encodeCall(institutions.permit, (AOU, ANHUI));
    }

    function _aliasCall(bytes32 outcome, bytes32 canonical) private view returns (bytes memory) {
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256(
                    "Alias(bytes32 institution,bytes32 outcome,bytes32 canonicalInstitution,bytes32 canonicalOutcome,uint64 deadline)"
                ),
                SOU,
                outcome,
                SOU,
                canonical,
                type(uint64).max
            )
        );
        bytes32 digest = _typedData(address(institutions), "Huren InstitutionRegistry", structHash);
        bytes memory signed = signature(keyOf[officer[SOU]], digest);
        return abi.encodeCall(institutions.setAlias, (SOU, outcome, SOU, canonical, type(uint64).max, signed, signed));
    }
}
