// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortium} from "../interfaces/IConsortium.sol";
import {IDirectory} from "../interfaces/IDirectory.sol";
import {IGoverned} from "../interfaces/IGoverned.sol";
import {Heads} from "../libraries/Heads.sol";

/// @title The base of every contract of the law. It must come first in the list of bases: the heads own storage slot 0.
/// @dev Consortium and Directory are immutable here and name their own successors, so a registry outlives both:
/// the ones in force are found by walking. A successor names its predecessor for ever and is younger, so the walk ends.
abstract contract Governed is IGoverned {
    /// @inheritdoc IGoverned
    bytes32 public immutable override NAME;
    /// @inheritdoc IGoverned
    IConsortium public immutable override consortium;
    /// @inheritdoc IGoverned
    IDirectory public immutable override directory;
    /// @inheritdoc IGoverned
    address public immutable override predecessor;

    /// @dev Slot 0 in every contract of the law: heads[subject] lies at keccak256(abi.encode(subject, uint256(0))),
    /// its sequence one slot further. Whoever checks eth_getProof relies on it.
    mapping(uint64 subject => Heads.Head) private _heads;

    /// @dev Stands on EVERY function that writes: once a successor is in force, nothing of the old contract moves.
    modifier inForce() {
        _requireInForce();
        _;
    }

    /// @dev Stands on every function reserved to the consortium: only an executed motion calls as the Consortium.
    modifier byMotion() {
        _requireMotion();
        _;
    }

    constructor(bytes32 name, IConsortium consortium_, IDirectory directory_, address predecessor_) {
        NAME = name;
        consortium = consortium_;
        directory = directory_;
        predecessor = predecessor_;
    }

    /// @inheritdoc IGoverned
    function headOf(uint64 subject) public view override returns (bytes32 head, uint64 sequence) {
        Heads.Head storage stored = _heads[subject];
        if (stored.sequence != 0) return (stored.head, stored.sequence);
        if (predecessor != address(0)) return IGoverned(predecessor).headOf(subject);
        return (Heads.initial(address(this), subject), 0);
    }

    /// @dev Appends an event of the caller to the heads of `subject`; see the other overload.
    function _record(uint64 subject, uint16 kind, bytes32 fields) internal returns (uint64 sequence, bytes32 head) {
        return _record(subject, kind, msg.sender, fields);
    }

    /// @dev Appends an event to the heads of `subject` and returns what the event must carry.
    /// @param fields keccak256(abi.encode(the event's fields except actor, sequence and head, in declared order)).
    function _record(uint64 subject, uint16 kind, address actor, bytes32 fields)
        internal
        returns (uint64 sequence, bytes32 head)
    {
        (head, sequence) = headOf(subject);
        sequence += 1;
        head = Heads.next(head, sequence, kind, actor, fields);
        _heads[subject] = Heads.Head(head, sequence);
    }

    /// @dev Makes the call that is running a binding act: the first of two accounts proposes it, the second confirms it.
    /// @return confirmed False where the call was only recorded: the caller must then return without doing anything.
    function _bindingAct(uint32 province, uint8 role) internal virtual returns (bool confirmed) {
        return _consortium().bindingAct(province, msg.sender, role, msg.data);
    }

    /// @dev The Consortium in force.
    function _consortium() internal view virtual returns (IConsortium current) {
        current = consortium;
        while (true) {
            address next = current.successor();
            if (next == address(0)) return current;
            current = IConsortium(next);
        }
    }

    /// @dev The Directory in force.
    function _directory() internal view virtual returns (IDirectory current) {
        current = directory;
        while (true) {
            address next = current.successor();
            if (next == address(0)) return current;
            current = IDirectory(next);
        }
    }

    /// @dev The contract in force under `name`; zero where there is none.
    function _resolve(bytes32 name) internal view returns (address) {
        return _directory().resolve(name);
    }

    function _requireInForce() private view {
        address current = _resolve(NAME);
        if (current != address(this)) revert Superseded(NAME, current);
    }

    function _requireMotion() private view {
        if (msg.sender != address(_consortium())) revert NotByMotion(NAME, msg.sender);
    }
}
