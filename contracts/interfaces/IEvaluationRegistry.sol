// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IEvaluationEvents} from "./IEvaluationEvents.sol";
import {IGoverned} from "./IGoverned.sol";

/// @title What panels of experts found an outcome to be worth.
/// @notice An evaluation is bytes32: keccak256(abi.encode(institution, outcome, number)), where the number counts an outcome's evaluations
/// from 1, over successions too.
interface IEvaluationRegistry is IGoverned, IEvaluationEvents {
    /// @notice Opens an evaluation. Binding act (role LAW) of the province that accredits the institution, whose scope holds the category:
    /// it cannot be undone, and keeps the outcome's next one waiting. None of the outcome is open, and the last was closed at least PAUSE ago.
    function open(Subject calldata subject) external;

    /// @notice Seats an expert of the caller's province. Binding act (role LAW). At most two of five seats a province; a seat that a target
    /// province still needs is not given to another. An expert is an externally owned account that is nothing else in the consortium, and
    /// serves one province for ever.
    function nominate(bytes32 evaluation, address expert, bytes32 key) external;

    /// @notice The one opinion of the calling expert, whose province can act. An unfavourable one carries neither level nor credits.
    function opine(bytes32 evaluation, bool favourable, uint8 level, uint32 credits, bytes32 report) external;

    /// @notice Closes an evaluation to which nothing more can come (role LAW, of any member): it passed if two thirds of its seats are favourable.
    function close(bytes32 evaluation) external;

    // ---- views

    /// @return Seconds between the closing of an outcome's evaluation and the opening of the next.
    function PAUSE() external view returns (uint64);

    /// @return How many evaluations of the outcome were ever opened: the number of the last.
    function countOf(bytes32 institution, bytes32 outcome) external view returns (uint32);

    /// @return province That opened it; zero: unknown.
    /// @return subject As opened.
    function subjectOf(bytes32 evaluation) external view returns (uint32 province, Subject memory subject);

    /// @return The seats taken, in the order of nomination.
    function panelOf(bytes32 evaluation) external view returns (Seat[] memory);

    /// @return Where it stands now.
    function phaseOf(bytes32 evaluation) external view returns (Phase);

    /// @return What was found; all zero for an unknown evaluation.
    function findingOf(bytes32 evaluation) external view returns (Finding memory);

    /// @return The province that `account` serves as an expert; zero for none.
    function expertOf(address account) external view returns (uint32);

    /// @return The id of the evaluation with this number.
    function evaluationId(bytes32 institution, bytes32 outcome, uint32 number) external pure returns (bytes32);
}
