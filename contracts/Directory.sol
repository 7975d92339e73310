// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Governed} from "./base/Governed.sol";
import {IConsortium} from "./interfaces/IConsortium.sol";
import {IDirectory} from "./interfaces/IDirectory.sol";
import {IGoverned} from "./interfaces/IGoverned.sol";
import {Kinds} from "./libraries/Kinds.sol";
import {Names} from "./libraries/Names.sol";

/// @title At which address, code hash and version each contract lives, now and before.
contract Directory is Governed, IDirectory {
    mapping(bytes32 name => Entry[]) private _entries; // in order of `from`; at most the last one lies in the future
    mapping(address target => bytes32 name) private _nameOf;
    bytes32[] private _names;
    uint64 private _constitutedAt;

    /// @param consortium The Consortium, which is deployed with this address in turn.
    constructor(IConsortium consortium) Governed(Names.DIRECTORY, consortium, IDirectory(address(this)), address(0)) {}

    /// @inheritdoc IDirectory
    function constitute(bytes32[] calldata names_, address[] calldata targets) external override {
        if (msg.sender != address(consortium)) revert DirectoryUnauthorised(msg.sender);
        if (_constitutedAt != 0) revert DirectoryConstituted(_constitutedAt);
        if (names_.length != targets.length) revert DirectoryLengths(names_.length, targets.length);
        _constitutedAt = uint64(block.timestamp);
        _list(Names.CONSORTIUM, address(consortium), _constitutedAt);
        _list(Names.DIRECTORY, address(this), _constitutedAt);
        for (uint256 i = 0; i < targets.length; i++) {
            _list(names_[i], targets[i], _constitutedAt);
        }
    }

    /// @inheritdoc IDirectory
    function schedule(bytes32 name, address target) external override inForce byMotion {
        _list(name, target, uint64(block.timestamp) + _consortium().parameters().timeLock);
    }

    /// @inheritdoc IDirectory
    function cancel(bytes32 name) external override inForce byMotion {
        Entry[] storage entries = _entries[name];
        if (!_hasPending(entries)) revert DirectoryNothingPending(name);
        Entry memory entry = entries[entries.length - 1];
        entries.pop();
        delete _nameOf[entry.target];
        bytes32 fields = keccak256(abi.encode(name, entry.target, entry.version));
        (uint64 sequence, bytes32 head) = _record(0, Kinds.ENTRY_CANCELLED, fields);
        emit EntryCancelled(name, entry.target, entry.version, msg.sender, sequence, head);
    }

    /// @inheritdoc IDirectory
    function isCurrent(address target) external view override returns (bool) {
        return target != address(0) && resolve(_nameOf[target]) == target;
    }

    /// @inheritdoc IDirectory
    function history(bytes32 name) external view override returns (Entry[] memory) {
        return _entries[name];
    }

    /// @inheritdoc IDirectory
    function names() external view override returns (bytes32[] memory) {
        return _names;
    }

    /// @inheritdoc IDirectory
    function successor() external view override returns (address) {
        address current = resolve(NAME);
        return current == address(this) ? address(0) : current;
    }

    /// @inheritdoc IDirectory
    function resolve(bytes32 name) public view override returns (address) {
        return resolveAt(name, uint64(block.timestamp));
    }

    /// @inheritdoc IDirectory
    function resolveAt(bytes32 name, uint64 time) public view override returns (address) {
        Entry[] storage entries = _entries[name];
        for (uint256 i = entries.length; i > 0; i--) {
            if (entries[i - 1].from <= time) return entries[i - 1].target;
        }
        return address(0);
    }

    function _list(bytes32 name, address target, uint64 from) private {
        Entry[] storage entries = _entries[name];
        _requireListable(entries, name, target);
        if (entries.length == 0) _names.push(name);
        Entry memory entry = Entry(target, uint32(entries.length) + 1, from, target.codehash);
        entries.push(entry);
        _nameOf[target] = name;
        bytes32 fields = keccak256(abi.encode(name, target, entry.version, from, entry.codeHash));
        (uint64 sequence, bytes32 head) = _record(0, Kinds.ENTRY_LISTED, fields);
        emit EntryListed(name, target, entry.version, from, entry.codeHash, msg.sender, sequence, head);
    }

    /// @dev A contract joins the list of its own name only, right after the one whose records it continues.
    function _requireListable(Entry[] storage entries, bytes32 name, address target) private view {
        if (target.code.length == 0) revert DirectoryNotAContract(target);
        if (_nameOf[target] != 0) revert DirectoryAlreadyListed(target, _nameOf[target]);
        bytes32 ownName = IGoverned(target).NAME();
        if (ownName != name) revert DirectoryNameMismatch(name, target, ownName);
        address last = entries.length == 0 ? address(0) : entries[entries.length - 1].target;
        if (_hasPending(entries)) {
            revert DirectoryEntryPending(name, last, entries[entries.length - 1].from);
        }
        address predecessor_ = IGoverned(target).predecessor();
        if (predecessor_ != last) revert DirectoryPredecessorMismatch(target, last, predecessor_);
    }

    function _hasPending(Entry[] storage entries) private view returns (bool) {
        return entries.length != 0 && entries[entries.length - 1].from > block.timestamp;
    }
}
