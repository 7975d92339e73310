// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAgreementEvents} from "../../../contracts/interfaces/IAgreementEvents.sol";
import {IClaimBook} from "../../../contracts/interfaces/IClaimBook.sol";
import {ICredentialEvents} from "../../../contracts/interfaces/ICredentialEvents.sol";
import {IEvaluationEvents} from "../../../contracts/interfaces/IEvaluationEvents.sol";
import {IGoverned} from "../../../contracts/interfaces/IGoverned.sol";
import {IInstitutionEvents} from "../../../contracts/interfaces/IInstitutionEvents.sol";
import {ITransferEvents} from "../../../contracts/interfaces/ITransferEvents.sol";
import {Vm} from "./Vm.sol";

/// @title Recomputes heads from nothing but logs and the table in docs/events.md (invariant 6).
/// @notice Every event has its indexed fields first, so abi.encode of its fields is the topics followed by the data without its last three
/// words: actor, sequence, head. A field of dynamic type, where there is one, is the first that is not indexed: its place counts from
/// another beginning then, and its contents follow the last three words.
contract HeadsOracle {
    struct Head {
        bytes32 head;
        uint64 sequence;
    }

    error OracleUnknownEvent(bytes32 topic);
    error OracleSequence(uint64 expected, uint64 given);
    error OracleHead(bytes32 expected, bytes32 given);

    mapping(address emitter => mapping(uint64 subject => Head)) private _heads;
    mapping(bytes32 topic => uint16) private _kinds;
    mapping(bytes32 topic => bool) private _subjectZero;
    mapping(bytes32 topic => bool) private _subjectPair; // source << 32 | target, the first two fields
    mapping(bytes32 topic => bool) private _dynamic;
    mapping(address emitter => bool) private _followed;
    uint256 public events;

    constructor() {
        _kinds[IInstitutionEvents.InstitutionAccredited.selector] = 300;
        _kinds[IInstitutionEvents.InstitutionNarrowed.selector] = 301;
        _kinds[IInstitutionEvents.InstitutionSuspended.selector] = 302;
        _kinds[IInstitutionEvents.InstitutionResumed.selector] = 303;
        _kinds[IInstitutionEvents.InstitutionWithdrawn.selector] = 304;
        _kinds[IInstitutionEvents.InstitutionMoved.selector] = 305;
        _kinds[IInstitutionEvents.InstitutionPermitted.selector] = 306;
        _kinds[IInstitutionEvents.OfficerAppointed.selector] = 310;
        _kinds[IInstitutionEvents.OfficerRetired.selector] = 311;
        _kinds[IInstitutionEvents.OfficerReported.selector] = 312;
        _kinds[IInstitutionEvents.KeyAdded.selector] = 320;
        _kinds[IInstitutionEvents.KeyRetired.selector] = 321;
        _kinds[IInstitutionEvents.KeyReported.selector] = 322;
        _kinds[IInstitutionEvents.AliasSet.selector] = 330;
        _kinds[ICredentialEvents.Anchored.selector] = 400;
        _kinds[ICredentialEvents.Attested.selector] = 401;
        _kinds[ICredentialEvents.LeafStatusSet.selector] = 402;
        _kinds[ICredentialEvents.BatchStatusSet.selector] = 403;
        _kinds[IEvaluationEvents.EvaluationOpened.selector] = 500;
        _kinds[IEvaluationEvents.ExpertNominated.selector] = 501;
        _kinds[IEvaluationEvents.OpinionGiven.selector] = 502;
        _kinds[IEvaluationEvents.EvaluationClosed.selector] = 503;
        _kinds[IAgreementEvents.AgreementProposed.selector] = 600;
        _kinds[IAgreementEvents.AgreementApproved.selector] = 601;
        _kinds[IAgreementEvents.ApprovalRevoked.selector] = 602;
        _kinds[IAgreementEvents.AgreementObjected.selector] = 603;
        _kinds[IAgreementEvents.ObjectionSettled.selector] = 604;
        _kinds[IAgreementEvents.AgreementWithdrawn.selector] = 605;
        _kinds[IClaimBook.ProgrammeDeclared.selector] = 700;
        _kinds[ITransferEvents.ClaimRetired.selector] = 810;
        _ofPair(ITransferEvents.TransferRequested.selector, 800);
        _ofPair(ITransferEvents.TransferAccepted.selector, 801);
        _ofPair(ITransferEvents.TransferReturned.selector, 802);
        _ofPair(ITransferEvents.ReversalAgreed.selector, 803);
        _ofPair(ITransferEvents.TransferReversed.selector, 804);
        _ofPair(ITransferEvents.AppealFiled.selector, 805);
        _ofPair(ITransferEvents.AppealDecided.selector, 806);
        _subjectZero[IInstitutionEvents.InstitutionMoved.selector] = true;
        _subjectZero[IInstitutionEvents.InstitutionPermitted.selector] = true;
        _subjectZero[IAgreementEvents.ObjectionSettled.selector] = true;
        _dynamic[IEvaluationEvents.EvaluationOpened.selector] = true;
        _dynamic[IAgreementEvents.AgreementProposed.selector] = true;
    }

    /// @notice Follows `emitter` from its first event on; a successor goes on where `predecessor` stands.
    function follow(address emitter) external {
        _followed[emitter] = true;
    }

    /// @notice Follows `emitter` from where the heads of `subject` stand now.
    function begin(address emitter, uint64 subject) external {
        _followed[emitter] = true;
        (bytes32 head, uint64 sequence) = IGoverned(emitter).headOf(subject);
        _heads[emitter][subject] = Head(head, sequence);
    }

    /// @notice "or the predecessor's last": also where the predecessor has no event yet, and its last is its first.
    function continues(address successor, address predecessor, uint64 subject) external {
        (bytes32 head, uint64 sequence) = headOf(predecessor, subject);
        _heads[successor][subject] = Head(head, sequence);
    }

    /// @notice Takes in the logs of one block, whose time is `time`; reverts where one does not follow from the last.
    function absorb(Vm.Log[] calldata logs, uint256 time) external {
        for (uint256 i; i < logs.length; ++i) {
            if (_followed[logs[i].emitter]) _absorb(logs[i], time);
        }
    }

    /// @return The head and sequence that a contract must have stored for `subject`.
    function headOf(address emitter, uint64 subject) public view returns (bytes32, uint64) {
        Head storage last = _heads[emitter][subject];
        if (last.head == 0) return (keccak256(abi.encode(block.chainid, emitter, subject)), 0);
        return (last.head, last.sequence);
    }

    /// @return fields abi.encode of all fields but the last three, which follow.
    function split(Vm.Log calldata log)
        public
        view
        returns (bytes memory fields, address actor, uint64 sequence, bytes32 head)
    {
        for (uint256 i = 1; i < log.topics.length; ++i) {
            fields = bytes.concat(fields, log.topics[i]);
        }
        uint256 end = log.data.length;
        if (_dynamic[log.topics[0]]) {
            end = uint256(bytes32(log.data[:32])); // where the dynamic field begins, the last three words end
            bytes32 place = bytes32(fields.length + end - 96);
            fields = bytes.concat(fields, place, log.data[32:end - 96], log.data[end:]);
        } else {
            fields = bytes.concat(fields, log.data[:end - 96]);
        }
        (actor, sequence, head) = abi.decode(log.data[end - 96:end], (address, uint64, bytes32));
    }

    function _absorb(Vm.Log calldata log, uint256 time) private {
        bytes32 topic = log.topics[0];
        if (_kinds[topic] == 0) revert OracleUnknownEvent(topic);
        (bytes memory fields, address actor, uint64 sequence, bytes32 head) = split(log);
        uint64 subject = _subjectZero[topic] ? 0 : uint64(uint256(log.topics[1]));
        if (_subjectPair[topic]) subject = subject << 32 | uint64(uint256(log.topics[2]));
        (bytes32 previous, uint64 last) = headOf(log.emitter, subject);
        if (sequence != last + 1) revert OracleSequence(last + 1, sequence);
        bytes32 expected = keccak256(abi.encode(previous, sequence, _kinds[topic], time, actor, keccak256(fields)));
        if (head != expected) revert OracleHead(expected, head);
        _heads[log.emitter][subject] = Head(head, sequence);
        ++events;
    }

    function _ofPair(bytes32 topic, uint16 kind) private {
        _kinds[topic] = kind;
        _subjectPair[topic] = true;
    }
}
