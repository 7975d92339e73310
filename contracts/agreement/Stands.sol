// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAgreementEvents} from "../interfaces/IAgreementEvents.sol";

/// @title What a stand and the clock make of an agreement, its successor apart.
library Stands {
    /// @param stand The last that was recorded at or before `time`.
    /// @return The state at `time`. Of two ends the earlier one counts, since no state is left that is final.
    function stateAt(IAgreementEvents.Stand memory stand, uint256 time) internal pure returns (IAgreementEvents.State) {
        if (stand.step == IAgreementEvents.Step.None) return IAgreementEvents.State.Unknown;
        bool approved = stand.step == IAgreementEvents.Step.Approved;
        if (!approved && stand.deadline <= stand.ends && time >= stand.deadline) return IAgreementEvents.State.Lapsed;
        if (time >= stand.ends) {
            return stand.leaving ? IAgreementEvents.State.Withdrawn : IAgreementEvents.State.Expired;
        }
        if (approved) return time < stand.from ? IAgreementEvents.State.Notice : IAgreementEvents.State.Active;
        return stand.step == IAgreementEvents.Step.Proposed
            ? IAgreementEvents.State.Proposed
            : IAgreementEvents.State.Objected;
    }
}
