// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title The hash chain over a subject's events: whoever proves the last head proves that a list of events lacks nothing.
library Heads {
    /// @notice The last head of a subject and the number of events under it. `sequence` is zero only where nothing was ever recorded.
    struct Head {
        bytes32 head;
        uint64 sequence;
    }

    /// @return The head before a subject's first event, where there is no predecessor to continue.
    function initial(address emitter, uint64 subject) internal view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, emitter, subject));
    }

    /// @param previous The head before the event.
    /// @param sequence The event's own number; the first event of a subject is 1.
    /// @param kind The event's number in docs/events.md.
    /// @param actor The account the event names.
    /// @param fields keccak256(abi.encode(all other fields of the event, in declared order, the indexed ones too)).
    function next(bytes32 previous, uint64 sequence, uint16 kind, address actor, bytes32 fields)
        internal
        view
        returns (bytes32)
    {
        return keccak256(abi.encode(previous, sequence, kind, block.timestamp, actor, fields));
    }
}
