// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {InstitutionRegistry} from "../../contracts/InstitutionRegistry.sol";
import {IInstitutionEvents} from "../../contracts/interfaces/IInstitutionEvents.sol";
import {HeadsOracle} from "./base/HeadsOracle.sol";
import {Registries} from "./base/Registries.sol";

/// @title "Every event carries actor, sequence and head": each event of the InstitutionRegistry, field by field, and the heads it gives.
contract InstitutionHeadsTest is Registries {
    bytes32 private constant KEY = keccak256("a key");
    HeadsOracle private _oracle;

    function setUp() public override {
        vm.recordLogs();
        super.setUp();
        _oracle = new HeadsOracle();
        _oracle.follow(address(institutions));
        _oracle.absorb(vm.getRecordedLogs(), vm.getBlockTimestamp());
    }

    /// "Whoever proves one slot (eth_getProof under a final header) proves that a list of events lacks nothing and was not altered"
    function test_everyEvent_carriesItsFieldsAndTheNextHead() public {
        address later = _account("later");
        uint64 time = uint64(block.timestamp);
        _act(
            abi.encodeCall(institutions.narrow, (SOU, IInstitutionEvents.Scope(6, 5, 500))),
            IInstitutionEvents.InstitutionNarrowed.selector,
            abi.encode(SHANGHAI, SOU, uint32(2), uint8(6), uint8(5), uint32(500))
        );
        _act(
            abi.encodeCall(institutions.withdraw, (SOU)),
            IInstitutionEvents.InstitutionWithdrawn.selector,
            abi.encode(SHANGHAI, SOU, uint32(3))
        );
        address[] memory officers = new address[](1);
        officers[0] = later;
        _act(
            abi.encodeCall(institutions.accredit, (SOU, IInstitutionEvents.Scope(2, 4, 300), officers)),
            IInstitutionEvents.OfficerAppointed.selector,
            abi.encode(SHANGHAI, SOU, later, time, false)
        );
        _act(
            abi.encodeCall(institutions.retireOfficer, (SOU, later, time + 9)),
            IInstitutionEvents.OfficerRetired.selector,
            abi.encode(SHANGHAI, SOU, later, time + 9)
        );
        _act(
            abi.encodeCall(institutions.reportOfficer, (SOU, later, time - 9)),
            IInstitutionEvents.OfficerReported.selector,
            abi.encode(SHANGHAI, SOU, later, time - 9)
        );
        _act(
            abi.encodeCall(institutions.addKey, (SOU, IInstitutionEvents.KeyKind.Agreement, KEY, 0)),
            IInstitutionEvents.KeyAdded.selector,
            abi.encode(SHANGHAI, SOU, KEY, IInstitutionEvents.KeyKind.Agreement, time)
        );
        _act(
            abi.encodeCall(institutions.retireKey, (SOU, KEY, time + 9)),
            IInstitutionEvents.KeyRetired.selector,
            abi.encode(SHANGHAI, SOU, KEY, time + 9)
        );
        _act(
            abi.encodeCall(institutions.reportKey, (SOU, KEY, time - 9)),
            IInstitutionEvents.KeyReported.selector,
            abi.encode(SHANGHAI, SOU, KEY, time - 9)
        );
        assertEq(_oracle.events(), 13); // four of the two first accreditations, nine of these eight acts
    }

    function test_accredit_recordsOneEventForItselfAndOneForEachOfficer() public {
        address[] memory officers = new address[](3);
        for (uint256 i; i < 3; ++i) {
            officers[i] = _account(vm.toString(i));
        }
        _twice(ANHUI, address(institutions), abi.encodeCall(institutions.accredit, (AOU, _scope(), officers)));
        bytes memory fields = abi.encode(ANHUI, AOU, officers[2], uint64(block.timestamp), true);
        _checkLogs(
            _oracle, address(institutions), ANHUI, admin[ANHUI], IInstitutionEvents.OfficerAppointed.selector, fields
        );
        (, uint64 sequence) = institutions.headOf(ANHUI);
        assertEq(sequence, 4);
    }

    /// "0 for the consortium as a whole": what a motion does.
    function test_motions_recordUnderSubjectZero() public {
        _byMotion(address(institutions), abi.encodeCall(institutions.permit, (AOU, ZHEJIANG)));
        bytes32 topic = IInstitutionEvents.InstitutionPermitted.selector;
        _checkLogs(_oracle, address(institutions), 0, address(consortium), topic, abi.encode(AOU, ZHEJIANG));
        _byMotion(address(institutions), abi.encodeCall(institutions.move, (SOU, ANHUI)));
        topic = IInstitutionEvents.InstitutionMoved.selector;
        bytes memory fields = abi.encode(SOU, SHANGHAI, ANHUI, uint32(2));
        _checkLogs(_oracle, address(institutions), 0, address(consortium), topic, fields);
        (, uint64 sequence) = institutions.headOf(0);
        assertEq(sequence, 2);
    }

    function test_suspendAndResume_recordTheirVersions() public {
        _as(lawyer[SHANGHAI], address(institutions), abi.encodeCall(institutions.suspend, (SOU)));
        bytes32 topic = IInstitutionEvents.InstitutionSuspended.selector;
        bytes memory fields = abi.encode(SHANGHAI, SOU, uint32(2));
        _checkLogs(_oracle, address(institutions), SHANGHAI, lawyer[SHANGHAI], topic, fields);
        _act(
            abi.encodeCall(institutions.resume, (SOU)),
            IInstitutionEvents.InstitutionResumed.selector,
            abi.encode(SHANGHAI, SOU, uint32(3))
        );
    }

    function test_setAlias_recordsBothOfficers() public {
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256(
                    "Alias(bytes32 institution,bytes32 outcome,bytes32 canonicalInstitution,bytes32 canonicalOutcome,uint64 deadline)"
                ),
                SOU,
                KEY,
                SOU,
                bytes32(0),
                type(uint64).max
            )
        );
        bytes32 digest = _typedData(address(institutions), "Huren InstitutionRegistry", structHash);
        bytes memory signed = signature(keyOf[officer[SOU]], digest);
        _act(
            abi.encodeCall(institutions.setAlias, (SOU, KEY, SOU, 0, type(uint64).max, signed, signed)),
            IInstitutionEvents.AliasSet.selector,
            abi.encode(SHANGHAI, SOU, KEY, SOU, bytes32(0), officer[SOU], officer[SOU])
        );
    }

    /// The domain that wallets show an officer (EIP-5267).
    function test_eip712Domain_namesTheContract() public view {
        (, string memory name, string memory version, uint256 chain, address target,,) = institutions.eip712Domain();
        assertEq(name, "Huren InstitutionRegistry");
        assertEq(version, "1");
        assertEq(chain, block.chainid);
        assertEq(target, address(institutions));
        (, name, version,,,,) = credentials.eip712Domain();
        assertEq(name, "Huren CredentialRegistry");
        assertEq(version, "1");
    }

    function _act(bytes memory call, bytes32 topic, bytes memory fields) private {
        _law(SHANGHAI, call);
        _checkLogs(_oracle, address(institutions), SHANGHAI, admin[SHANGHAI], topic, fields);
    }
}
