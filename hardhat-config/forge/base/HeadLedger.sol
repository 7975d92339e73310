// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortiumEvents} from "../../../contracts/interfaces/IConsortiumEvents.sol";
import {IDirectory} from "../../../contracts/interfaces/IDirectory.sol";
import {Test} from "./Test.sol";
import {Vm} from "./Vm.sol";

/// @title Recomputes heads from recorded events alone, by the sentence in docs/events.md, knowing nothing of the contracts' code.
/// @dev Relies on two habits of the interfaces, without which every head would differ: indexed fields come first, and
/// a field of dynamic type, where there is one, is the first that is not indexed.
abstract contract HeadLedger is Test {
    struct Shape {
        uint16 kind;
        bool ofProvince; // its first field is the province, which is its subject
        bool dynamic; // its first field that is not indexed is of dynamic type
    }

    struct Link {
        bytes32 head;
        uint64 sequence;
    }

    mapping(bytes32 topic => Shape) internal shapes;
    mapping(address emitter => mapping(uint64 subject => Link)) internal links;
    mapping(uint16 kind => uint256) internal seen;
    uint256 internal absorbed;
    uint256 internal mismatches; // counted, not asserted: a handler's revert would go unnoticed

    constructor() {
        shapes[IConsortiumEvents.Constituted.selector] = Shape(100, false, false);
        shapes[IConsortiumEvents.MemberAdmitted.selector] = Shape(101, true, false);
        shapes[IConsortiumEvents.MembershipEnds.selector] = Shape(102, true, false);
        shapes[IConsortiumEvents.MemberPaused.selector] = Shape(103, true, false);
        shapes[IConsortiumEvents.CustodianNamed.selector] = Shape(104, true, false);
        shapes[IConsortiumEvents.OperatorSet.selector] = Shape(110, true, false);
        shapes[IConsortiumEvents.ChangeAnnounced.selector] = Shape(111, true, true);
        shapes[IConsortiumEvents.ChangeCancelled.selector] = Shape(112, true, false);
        shapes[IConsortiumEvents.AdminReplaced.selector] = Shape(113, true, false);
        shapes[IConsortiumEvents.RecoveryReplaced.selector] = Shape(114, true, false);
        shapes[IConsortiumEvents.OfficerBound.selector] = Shape(115, true, false);
        shapes[IConsortiumEvents.ActProposed.selector] = Shape(120, true, true);
        shapes[IConsortiumEvents.ActConfirmed.selector] = Shape(121, true, false);
        shapes[IConsortiumEvents.ActWithdrawn.selector] = Shape(122, true, false);
        shapes[IConsortiumEvents.MotionOpened.selector] = Shape(130, false, true);
        shapes[IConsortiumEvents.Voted.selector] = Shape(131, true, false);
        shapes[IConsortiumEvents.MotionExecuted.selector] = Shape(132, false, false);
        shapes[IDirectory.EntryListed.selector] = Shape(200, false, false);
        shapes[IDirectory.EntryCancelled.selector] = Shape(201, false, false);
    }

    /// @notice Appends the events recorded since `vm.recordLogs()`; to be called before the clock moves on.
    function absorb(Vm.Log[] memory logs) internal {
        for (uint256 i = 0; i < logs.length; i++) {
            _absorb(logs[i]);
        }
    }

    function link(address emitter, uint64 subject) internal view returns (Link memory known) {
        known = links[emitter][subject];
        if (known.sequence == 0) known.head = keccak256(abi.encode(block.chainid, emitter, subject));
    }

    function _absorb(Vm.Log memory log) private {
        Shape memory shape = shapes[log.topics[0]];
        (address actor, uint64 sequence, bytes32 head) = _ending(log.data, shape.dynamic);
        uint64 subject = shape.ofProvince ? uint64(uint256(log.topics[1])) : 0;
        Link memory last = link(log.emitter, subject);
        bytes32 expected = keccak256(
            abi.encode(
                last.head, sequence, shape.kind, vm.getBlockTimestamp(), actor, keccak256(fields(log, shape.dynamic))
            )
        );
        if (shape.kind == 0 || sequence != last.sequence + 1 || head != expected) mismatches += 1;
        links[log.emitter][subject] = Link(head, sequence);
        seen[shape.kind] += 1;
        absorbed += 1;
    }

    /// @notice abi.encode of the event's fields without its ending, from topics and data.
    function fields(Vm.Log memory log, bool dynamic) internal pure returns (bytes memory encoded) {
        for (uint256 i = 1; i < log.topics.length; i++) {
            encoded = bytes.concat(encoded, log.topics[i]);
        }
        if (!dynamic) return bytes.concat(encoded, _slice(log.data, 0, log.data.length - 96));
        uint256 headLength = uint256(_word(log.data, 0));
        // The indexed fields come in front of the offset's base and the ending goes.
        bytes32 offset = bytes32(headLength + 32 * (log.topics.length - 1) - 96);
        return bytes.concat(
            encoded, offset, _slice(log.data, 32, headLength - 96), _slice(log.data, headLength, log.data.length)
        );
    }

    function _ending(bytes memory data, bool dynamic) private pure returns (address, uint64, bytes32) {
        uint256 end = dynamic ? uint256(_word(data, 0)) : data.length;
        return (
            address(uint160(uint256(_word(data, end - 96)))),
            uint64(uint256(_word(data, end - 64))),
            _word(data, end - 32)
        );
    }

    function _word(bytes memory data, uint256 at) private pure returns (bytes32 word) {
        assembly ("memory-safe") {
            word := mload(add(add(data, 32), at))
        }
    }

    function _slice(bytes memory data, uint256 from, uint256 to) private pure returns (bytes memory part) {
        part = new bytes(to - from);
        for (uint256 i = 0; i < part.length; i++) {
            part[i] = data[from + i];
        }
    }
}
