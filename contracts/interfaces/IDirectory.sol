// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title At which address, code hash and version each contract lives, now and before.
/// @notice Entries take effect by the clock: an entry scheduled by motion is in force from `from` on, with no further call,
/// until the next one's `from`. The Consortium and the Directory are listed under their names like every other contract.
interface IDirectory {
    /// @notice One contract under a name. `version` counts from 1; `codeHash` is the hash of the code at `target` when it was listed.
    struct Entry {
        address target;
        uint32 version;
        uint64 from;
        bytes32 codeHash;
    }

    /// @notice `target` will be (at the constitution: is) the contract in force under `name` from `from` on. Subject 0.
    event EntryListed(
        bytes32 indexed name,
        address indexed target,
        uint32 version,
        uint64 from,
        bytes32 codeHash,
        address actor,
        uint64 sequence,
        bytes32 head
    );

    /// @notice A scheduled entry was taken back before it took effect. Subject 0.
    event EntryCancelled(
        bytes32 indexed name, address indexed target, uint32 version, address actor, uint64 sequence, bytes32 head
    );

    /// @notice Only the Consortium constitutes, and once.
    error DirectoryUnauthorised(address caller);
    /// @notice The Directory was constituted at `time` already.
    error DirectoryConstituted(uint64 time);
    /// @notice There are `names` names for `targets` targets.
    error DirectoryLengths(uint256 names, uint256 targets);
    /// @notice A contract says that its name is `found`, and it was to be listed as `name`.
    error DirectoryNameMismatch(bytes32 name, address target, bytes32 found);
    /// @notice `target` continues `found`, and the last contract listed under its name is `expected`.
    error DirectoryPredecessorMismatch(address target, address expected, address found);
    /// @notice No contract lies at `target`.
    error DirectoryNotAContract(address target);
    /// @notice `target` is listed already under `name`: a contract is listed once.
    error DirectoryAlreadyListed(address target, bytes32 name);
    /// @notice Another entry under `name` waits to take effect at `from`; cancel it first.
    error DirectoryEntryPending(bytes32 name, address target, uint64 from);
    /// @notice No entry under `name` waits to take effect.
    error DirectoryNothingPending(bytes32 name);

    /// @notice Lists the first contracts, in force at once. Callable once, by the Consortium, which lists itself and this Directory first.
    function constitute(bytes32[] calldata names, address[] calldata targets) external;

    /// @notice By motion: lists `target` under `name`, in force when the time lock (Consortium `parameters().timeLock`) ends.
    /// Its predecessor must be the last contract listed under the name; zero where there is none.
    function schedule(bytes32 name, address target) external;

    /// @notice By motion: takes back the entry under `name` that waits to take effect.
    function cancel(bytes32 name) external;

    /// @return The address in force now under `name` (bytes32 of the ASCII contract name); zero when there is none.
    function resolve(bytes32 name) external view returns (address);

    /// @return The address in force at `time` (seconds since 1970); for a future time, as things are scheduled now.
    function resolveAt(bytes32 name, uint64 time) external view returns (address);

    /// @return Whether `target` is at this moment the contract in force under some name.
    function isCurrent(address target) external view returns (bool);

    /// @return All entries made under `name`, oldest first; the last may still wait for its time. Cancelled ones are not among them.
    function history(bytes32 name) external view returns (Entry[] memory);

    /// @return The names under which anything was ever listed, in the order of their first listing.
    function names() external view returns (bytes32[] memory);

    /// @return The Directory that follows this one; zero while this one is in force.
    function successor() external view returns (address);
}
