// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Which address, code hash and version each contract has, now and before.
/// @notice Entries take effect by the clock: an entry scheduled by motion is in force from `from` on, with no further call.
interface IDirectory {
    struct Entry {
        address target;
        uint32 version;
        uint64 from;
        bytes32 codeHash;
    }

    /// @return The address in force now under `name` (bytes32 of the ASCII contract name); zero when there is none.
    function resolve(bytes32 name) external view returns (address);

    /// @return The address in force at `time` (seconds since 1970).
    function resolveAt(bytes32 name, uint64 time) external view returns (address);

    /// @return Whether `target` is at this moment the contract in force under some name.
    function isCurrent(address target) external view returns (bool);

    /// @return All entries ever made under `name`, oldest first.
    function history(bytes32 name) external view returns (Entry[] memory);
}
