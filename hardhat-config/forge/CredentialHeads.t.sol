// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICredentialEvents} from "../../contracts/interfaces/ICredentialEvents.sol";
import {ICredentialRegistry} from "../../contracts/interfaces/ICredentialRegistry.sol";
import {Certificates} from "./base/Certificates.sol";
import {HeadsOracle} from "./base/HeadsOracle.sol";
import {Trees} from "./base/Trees.sol";
import {Vm} from "./base/Vm.sol";

/// @title Each event of the CredentialRegistry, field by field, and the heads it gives; "one event a leaf".
contract CredentialHeadsTest is Certificates {
    HeadsOracle private _oracle;
    ICredentialEvents.Status private constant REVOKED = ICredentialEvents.Status.Revoked;

    function setUp() public override {
        super.setUp();
        _oracle = new HeadsOracle();
        _oracle.follow(address(credentials));
        vm.recordLogs();
    }

    /// "fields = abi.encode of all its other fields in declared order"
    function test_everyEvent_carriesItsFieldsAndTheNextHead() public {
        Sealed memory batch = _anchorSealed(SHANGHAI, SOU, 5, 1);
        bytes32 root = batch.nodes[0];
        bytes memory fields =
            abi.encode(SHANGHAI, SOU, root, Trees.manifestOf(batch.leaves), uint32(5), uint32(1), officer[SOU]);
        _check(SHANGHAI, operator[SHANGHAI], ICredentialEvents.Anchored.selector, fields);

        ICredentialRegistry.BatchRef[] memory refs = new ICredentialRegistry.BatchRef[](1);
        refs[0] = ICredentialRegistry.BatchRef(SOU, root);
        vm.prank(operator[ANHUI]);
        credentials.attest(refs);
        _check(ANHUI, operator[ANHUI], ICredentialEvents.Attested.selector, abi.encode(ANHUI, SOU, root));

        uint256[] memory indices = new uint256[](3);
        (indices[0], indices[1], indices[2]) = (0, 2, 3);
        skip(7);
        _as(
            operator[SHANGHAI],
            address(credentials),
            _statusCall(batch, indices, REVOKED, ICredentialEvents.Reason.Withdrawn)
        );
        fields = abi.encode(
            SHANGHAI, SOU, batch.leaves[3], root, REVOKED, ICredentialEvents.Reason.Withdrawn, bytes32(0), bytes32(0)
        );
        _check(SHANGHAI, operator[SHANGHAI], ICredentialEvents.LeafStatusSet.selector, fields);
        (, uint64 sequence) = credentials.headOf(SHANGHAI);
        assertEq(sequence, 4);

        _setBatch(SHANGHAI, SOU, root, REVOKED);
        fields = abi.encode(SHANGHAI, SOU, root, REVOKED, ICredentialEvents.Reason.Error);
        _check(SHANGHAI, admin[SHANGHAI], ICredentialEvents.BatchStatusSet.selector, fields);
    }

    function test_supersede_recordsTheSuccessor() public {
        Certificate[] memory made = new Certificate[](1);
        made[0] = _certificate(SOU, 1);
        Sealed memory old = _seal(SOU, made);
        _anchor(SHANGHAI, _toBatch(old));
        Certificate[] memory again = new Certificate[](1);
        again[0] = _certificate(SOU, 2);
        again[0].values[1] = made[0].values[1];
        Sealed memory next = _seal(SOU, again);
        _anchor(SHANGHAI, _toBatch(next));
        _as(operator[SHANGHAI], address(credentials), _supersedeCall(old, 0, next, 0));
        bytes memory fields = abi.encode(
            SHANGHAI,
            SOU,
            old.leaves[0],
            old.nodes[0],
            REVOKED,
            ICredentialEvents.Reason.Superseded,
            next.leaves[0],
            next.nodes[0]
        );
        _check(SHANGHAI, operator[SHANGHAI], ICredentialEvents.LeafStatusSet.selector, fields);
    }

    /// The oracle of these tests can fail: a log left out, altered, or dated otherwise is noticed.
    function test_oracle_noticesAMissingAnAlteredAndAMisdatedLog() public {
        _anchorSealed(SHANGHAI, SOU, 1, 1);
        _anchorSealed(SHANGHAI, SOU, 1, 2);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        uint256 time = vm.getBlockTimestamp();
        Vm.Log[] memory second = new Vm.Log[](1);
        second[0] = logs[1];
        vm.expectRevert(abi.encodeWithSelector(HeadsOracle.OracleSequence.selector, 1, 2));
        _oracle.absorb(second, time);
        vm.expectPartialRevert(HeadsOracle.OracleHead.selector);
        _oracle.absorb(logs, time + 1);
        logs[0].data[31] ^= 0x01; // the manifest's last byte
        vm.expectPartialRevert(HeadsOracle.OracleHead.selector);
        _oracle.absorb(logs, time);
        logs[0].data[31] ^= 0x01;
        _oracle.absorb(logs, time);
        _checkHead(_oracle, address(credentials), SHANGHAI);
    }

    function _check(uint64 subject, address actor, bytes32 topic, bytes memory fields) private {
        _checkLogs(_oracle, address(credentials), subject, actor, topic, fields);
    }
}
