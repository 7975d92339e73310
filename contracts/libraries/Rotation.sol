// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortiumEvents} from "../interfaces/IConsortiumEvents.sol";

/// @title Who is a member and who chairs at a given time: pure functions of the memberships, the term and the clock.
library Rotation {
    uint64 internal constant FOREVER = type(uint64).max;

    /// @return Whether the membership holds at `time`.
    function holds(IConsortiumEvents.Tenure memory tenure, uint64 time) internal pure returns (bool) {
        return tenure.from <= time && time < tenure.until;
    }

    /// @return provinces The members at `time`, in the order in which they joined.
    function membersAt(IConsortiumEvents.Tenure[] memory tenures, uint64 time)
        internal
        pure
        returns (uint32[] memory provinces)
    {
        uint256 count;
        provinces = new uint32[](tenures.length);
        for (uint256 i = 0; i < tenures.length; i++) {
            if (holds(tenures[i], time)) provinces[count++] = tenures[i].province;
        }
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            mstore(provinces, count) // shorten in place: the array was made long enough for all
        }
    }

    /// @notice The chair goes from member to member, in the order of joining, one term each. A change of members starts a new
    /// count with the member that chairs at that moment; where that member is the one that goes, with the next one in order.
    /// @param tenures Every membership there was or is, in the order of joining; at any time from the first `from` on at least one holds.
    /// @param term Seconds a member chairs; not zero.
    /// @return province The chair at `time`; zero before the first membership.
    function chairAt(IConsortiumEvents.Tenure[] memory tenures, uint64 term, uint64 time)
        internal
        pure
        returns (uint32 province)
    {
        if (tenures.length == 0 || time < tenures[0].from) return 0;
        uint64 start = tenures[0].from;
        uint256 seat = _seatFrom(tenures, 0, start);
        while (true) {
            uint64 change = _nextChange(tenures, start);
            uint64 end = change < time ? change : time;
            seat = _advance(tenures, seat, start, (end - start) / term);
            if (time < change) return tenures[seat].province;
            seat = _seatFrom(tenures, seat, change);
            start = change;
        }
    }

    /// @return change The first time after `time` at which a membership begins or ends; FOREVER where none does.
    function _nextChange(IConsortiumEvents.Tenure[] memory tenures, uint64 time) private pure returns (uint64 change) {
        change = FOREVER;
        for (uint256 i = 0; i < tenures.length; i++) {
            if (tenures[i].from > time && tenures[i].from < change) change = tenures[i].from;
            if (tenures[i].until > time && tenures[i].until < change) change = tenures[i].until;
        }
    }

    /// @return The first seat at or after `seat`, going round, whose membership holds at `time`.
    function _seatFrom(IConsortiumEvents.Tenure[] memory tenures, uint256 seat, uint64 time)
        private
        pure
        returns (uint256)
    {
        while (!holds(tenures[seat], time)) seat = (seat + 1) % tenures.length;
        return seat;
    }

    /// @return The seat that chairs `terms` terms after `seat`, among the memberships that hold at `start`.
    function _advance(IConsortiumEvents.Tenure[] memory tenures, uint256 seat, uint64 start, uint256 terms)
        private
        pure
        returns (uint256)
    {
        terms %= membersAt(tenures, start).length;
        for (; terms > 0; terms--) {
            seat = _seatFrom(tenures, (seat + 1) % tenures.length, start);
        }
        return seat;
    }
}
