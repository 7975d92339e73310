// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortium} from "./IConsortium.sol";
import {IDirectory} from "./IDirectory.sol";

/// @title What every contract of the law has in common: a name, the law it was born under, a predecessor, heads.
interface IGoverned {
    /// @notice A write reached a contract that is not, or no longer, the one in force under its name.
    /// @param name The name of this contract.
    /// @param current The contract to write to instead; zero when there is none yet.
    error Superseded(bytes32 name, address current);

    /// @notice A function that is reserved to motions was called by `caller`.
    error NotByMotion(bytes32 name, address caller);

    /// @return The name under which the Directory lists this contract and its successors.
    function NAME() external view returns (bytes32);

    /// @return The first Consortium this contract was built for; the one in force is found by walking its successors.
    function consortium() external view returns (IConsortium);

    /// @return The first Directory this contract was built for; the one in force is found by walking its successors.
    function directory() external view returns (IDirectory);

    /// @return The contract whose records and heads this one continues; zero for the first under its name.
    function predecessor() external view returns (address);

    /// @notice The head of `subject` (a province code, or zero for the consortium as a whole; see docs/events.md).
    /// @return head The last head; before the first event the initial one, or the predecessor's last.
    /// @return sequence How many events the head covers, the predecessors' included.
    function headOf(uint64 subject) external view returns (bytes32 head, uint64 sequence);
}
