// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAgreementRegistry} from "../interfaces/IAgreementRegistry.sol";
import {Articles} from "./Articles.sol";
import {Stands} from "./Stands.sol";

/// @title How each agreement stood at any time: its stands, the present round of approvals, who objected, what supersedes it.
/// @dev A successor contract copies a round when it first writes one, and goes on with the stands where its predecessor stopped: an earlier
/// stand is asked there. `number` of a round is the written-flag; an objection is for ever; a successor of an agreement is replaced, never removed.
abstract contract Timelines is Articles {
    using Stands for Stand;

    mapping(bytes32 agreement => Round) private _rounds; // slot 3
    mapping(bytes32 agreement => Stand[]) private _stands; // slot 4
    mapping(bytes32 agreement => mapping(uint32 province => bool)) private _objected; // slot 5
    mapping(bytes32 agreement => bytes32) private _successors; // slot 6

    // ---- views

    /// @inheritdoc IAgreementRegistry
    function stateAt(bytes32 agreement, uint64 time) public view override returns (State) {
        // It is superseded from the moment its successor comes into force, unless it was over by then.
        uint64 cut = _supersededFrom(agreement);
        if (cut == 0 || cut > time) return standAt(agreement, time).stateAt(time);
        State state = standAt(agreement, cut).stateAt(cut);
        return _isFinal(state) ? state : State.Superseded;
    }

    /// @inheritdoc IAgreementRegistry
    function standAt(bytes32 agreement, uint64 time) public view override returns (Stand memory stand) {
        Stand[] storage stands = _stands[agreement];
        for (uint256 i = stands.length; i > 0; --i) {
            stand = stands[i - 1];
            if (stand.since <= time) return stand;
        }
        if (predecessor != address(0)) return IAgreementRegistry(predecessor).standAt(agreement, time);
        delete stand;
    }

    /// @inheritdoc IAgreementRegistry
    function roundOf(bytes32 agreement) public view override returns (Round memory) {
        Round storage round = _rounds[agreement];
        if (round.number == 0 && predecessor != address(0)) return IAgreementRegistry(predecessor).roundOf(agreement);
        return round;
    }

    /// @inheritdoc IAgreementRegistry
    function approvedBy(bytes32 agreement, uint32 province) public view override returns (bool) {
        (bool found, uint256 place) = _placeOf(outlineOf(agreement).parties, province);
        return found && roundOf(agreement).approvals >> place & 1 == 1;
    }

    /// @inheritdoc IAgreementRegistry
    function objectedBy(bytes32 agreement, uint32 province) public view override returns (bool) {
        if (_objected[agreement][province]) return true;
        return predecessor != address(0) && IAgreementRegistry(predecessor).objectedBy(agreement, province);
    }

    /// @inheritdoc IAgreementRegistry
    function successorOf(bytes32 agreement) public view override returns (bytes32 successor) {
        successor = _successors[agreement];
        if (successor == 0 && predecessor != address(0)) return IAgreementRegistry(predecessor).successorOf(agreement);
    }

    // ---- for the other parts

    /// @dev The next stand of an agreement begins now.
    function _push(bytes32 agreement, Stand memory stand) internal {
        stand.since = _now();
        Stand[] storage stands = _stands[agreement];
        uint256 count = stands.length;
        if (count != 0 && stands[count - 1].since == stand.since) stands[count - 1] = stand;
        else stands.push(stand);
    }

    function _setRound(bytes32 agreement, Round memory round) internal {
        _rounds[agreement] = round;
    }

    function _setObjected(bytes32 agreement, uint32 province) internal {
        _objected[agreement][province] = true;
    }

    function _setSuccessor(bytes32 agreement, bytes32 successor) internal {
        _successors[agreement] = successor;
    }

    /// @dev The present stand.
    function _stand(bytes32 agreement) internal view returns (Stand memory) {
        return standAt(agreement, _now());
    }

    /// @dev The present state.
    function _state(bytes32 agreement) internal view returns (State) {
        return stateAt(agreement, _now());
    }

    function _now() internal view returns (uint48) {
        return uint48(block.timestamp);
    }

    /// @dev Whether a state is never left.
    function _isFinal(State state) internal pure returns (bool) {
        return state >= State.Expired;
    }

    function _supersededFrom(bytes32 agreement) private view returns (uint64) {
        bytes32 successor = successorOf(agreement);
        return successor == 0 ? 0 : roundOf(successor).begun;
    }
}
