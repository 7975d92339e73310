// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAgreementEvents} from "../../../contracts/interfaces/IAgreementEvents.sol";
import {Agreements} from "./Agreements.sol";

/// @title What the law says becomes of agreements, told as it happens: the clock is followed from change to change, and each change is
/// written into a history. (The contract keeps no such history and computes each moment for itself.)
abstract contract AgreementModel is Agreements {
    struct Ghost {
        bytes32 id;
        uint256 parties; // the first so many of the provinces
        IAgreementEvents.State state;
        uint64 validFrom;
        uint64 from; // of being in force, once planned
        uint64 deadline;
        uint64 ends;
        bool leaving;
        bool began;
        uint64 firstInForce;
        uint32 round;
        uint8 approvals; // mask over the provinces
        uint8 objected;
        uint256 supersedes; // place in the list, from 1
        uint256 successor; // place in the list, from 1
    }

    struct Entry {
        uint64 time;
        IAgreementEvents.State state;
    }

    Ghost[] internal ghosts;
    mapping(uint256 index => Entry[]) private _history;
    uint256 public disagreements;
    string public firstDisagreement;

    function ghostCount() external view returns (uint256) {
        return ghosts.length;
    }

    function ghostOf(uint256 index) external view returns (Ghost memory) {
        return ghosts[index];
    }

    function historyOf(uint256 index) external view returns (Entry[] memory) {
        return _history[index];
    }

    // ---- the clock

    /// @dev Lets every change happen that the clock has brought, in the order of time; an end comes before a beginning.
    function _tick() internal {
        while (true) {
            (uint256 index, uint64 time) = _earliest();
            if (time == 0 || time > _time()) return;
            Ghost storage ghost = ghosts[index];
            if (ghost.state == IAgreementEvents.State.Notice) _comeIntoForce(index, time);
            else _enter(index, _endOf(ghost), time);
        }
    }

    function _nextChange() internal view returns (uint64 time) {
        (, time) = _earliest();
    }

    function _changedNow(uint256 index) internal view returns (bool) {
        return _history[index][_history[index].length - 1].time == _time();
    }

    function _earliest() private view returns (uint256 index, uint64 time) {
        bool begins;
        for (uint256 i; i < ghosts.length; ++i) {
            Ghost storage ghost = ghosts[i];
            if (_isOver(ghost.state)) continue;
            uint64 at = _changeOf(ghost);
            uint64 since = _history[i][_history[i].length - 1].time;
            if (at < since) at = since; // what was due before came about by an act
            bool beginning = ghost.state == IAgreementEvents.State.Notice;
            if (time == 0 || at < time || (at == time && begins && !beginning)) {
                (index, time, begins) = (i, at, beginning);
            }
        }
    }

    function _changeOf(Ghost storage ghost) private view returns (uint64) {
        if (ghost.state == IAgreementEvents.State.Notice) return ghost.from < ghost.ends ? ghost.from : ghost.ends;
        if (ghost.state == IAgreementEvents.State.Active) return ghost.ends;
        return ghost.deadline < ghost.ends ? ghost.deadline : ghost.ends;
    }

    function _endOf(Ghost storage ghost) private view returns (IAgreementEvents.State) {
        bool late = ghost.state != IAgreementEvents.State.Active && ghost.deadline <= ghost.ends;
        if (late) return IAgreementEvents.State.Lapsed;
        return ghost.leaving ? IAgreementEvents.State.Withdrawn : IAgreementEvents.State.Expired;
    }

    function _comeIntoForce(uint256 index, uint64 time) private {
        Ghost storage ghost = ghosts[index];
        if (ghost.ends <= ghost.from) {
            return
                _enter(index, ghost.leaving ? IAgreementEvents.State.Withdrawn : IAgreementEvents.State.Expired, time);
        }
        _enter(index, IAgreementEvents.State.Active, time);
        if (!ghost.began && ghost.supersedes != 0) {
            uint256 old = ghost.supersedes - 1;
            if (!_isOver(ghosts[old].state)) _enter(old, IAgreementEvents.State.Superseded, time);
        }
        if (!ghost.began) ghost.firstInForce = time;
        ghost.began = true;
    }

    // ---- acts

    /// @dev All have approved, or a motion has settled it: it comes into force at `from`.
    function _plan(uint256 index, uint64 from) internal {
        Ghost storage ghost = ghosts[index];
        ghost.from = from;
        if (ghost.supersedes != 0) ghosts[ghost.supersedes - 1].successor = index + 1;
        _enter(index, IAgreementEvents.State.Notice, _time());
        _tick();
    }

    /// @return may Whether the party in this place may approve (whether its province can act apart).
    /// @return last Whether its approval is the last one needed.
    /// @return from When the agreement then comes into force.
    function _mayApprove(uint256 index, uint256 place, uint32 round)
        internal
        view
        returns (bool may, bool last, uint64 from)
    {
        Ghost storage ghost = ghosts[index];
        bool first = ghost.state == IAgreementEvents.State.Proposed;
        may = place < ghost.parties && round == ghost.round && ghost.approvals >> place & 1 == 0
            && (first || ghost.state == IAgreementEvents.State.Objected);
        last = ghost.approvals | 1 << place == (1 << ghost.parties) - 1;
        if (!may || !last) return (may, last, 0);
        from = first ? _time() + PUBLIC_NOTICE : _time();
        uint64 least = first ? ghost.validFrom : ghost.from;
        if (from < least) from = least;
        may = from < ghost.ends && _placeIsFree(index);
    }

    /// @dev "there is at most one": another one has the place while it is, was or may come to be in force.
    function _placeIsFree(uint256 index) private view returns (bool) {
        uint256 old = ghosts[index].supersedes;
        uint256 holder = old == 0 ? 0 : ghosts[old - 1].successor;
        if (holder == 0 || holder == index + 1) return true;
        Ghost storage other = ghosts[holder - 1];
        return
            !other.began && other.state != IAgreementEvents.State.Notice
                && other.state != IAgreementEvents.State.Objected;
    }

    /// @dev Writes a change down. What is final is never left; of several changes in one second the last counts.
    function _enter(uint256 index, IAgreementEvents.State state, uint64 time) internal {
        Entry[] storage entries = _history[index];
        if (entries.length != 0) {
            Entry storage last = entries[entries.length - 1];
            if (_isOver(last.state)) _disagree("a final state was left");
            if (last.time > time) _disagree("the model goes back in time");
        }
        ghosts[index].state = state;
        if (entries.length != 0 && entries[entries.length - 1].time == time) entries[entries.length - 1].state = state;
        else entries.push(Entry(time, state));
    }

    function _isOver(IAgreementEvents.State state) internal pure returns (bool) {
        return state == IAgreementEvents.State.Expired || state == IAgreementEvents.State.Withdrawn
            || state == IAgreementEvents.State.Lapsed || state == IAgreementEvents.State.Superseded;
    }

    function _isBeforeForce(IAgreementEvents.State state) internal pure returns (bool) {
        return state == IAgreementEvents.State.Proposed || state == IAgreementEvents.State.Notice
            || state == IAgreementEvents.State.Objected;
    }

    function _disagree(string memory what) internal {
        if (disagreements++ == 0) firstDisagreement = what;
    }
}
