// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IInstitutionEvents} from "../interfaces/IInstitutionEvents.sol";
import {IInstitutionRegistry} from "../interfaces/IInstitutionRegistry.sol";

/// @title The life of an officer or a key: how it may be written, and when it is in force.
/// @notice "validFrom (never in the past), retiredAt, compromisedSince (only ever lowered)": the past is never rewritten, but for the one
/// admission that a secret was already lost.
library Tenures {
    /// @return When it begins: `validFrom`, or now where that is zero.
    function begin(uint64 validFrom) internal view returns (uint64) {
        return _notPast(validFrom);
    }

    /// @return The retirement to store: `retiredAt`, or now where that is zero.
    function retire(IInstitutionRegistry.Tenure memory tenure, uint64 retiredAt) internal view returns (uint64) {
        retiredAt = _notPast(retiredAt);
        _requireLower(retiredAt, tenure.retiredAt);
        return retiredAt;
    }

    /// @notice Reverts unless `compromisedSince` is a time up to now, and earlier than the one reported before.
    function report(IInstitutionRegistry.Tenure memory tenure, uint64 compromisedSince) internal view {
        if (compromisedSince == 0 || compromisedSince > block.timestamp) {
            revert IInstitutionEvents.TenureOnlyLowered(compromisedSince, uint64(block.timestamp));
        }
        _requireLower(compromisedSince, tenure.compromisedSince);
    }

    /// @return Whether `time` lies in [validFrom, min(retiredAt, compromisedSince)).
    function inForceAt(IInstitutionRegistry.Tenure memory tenure, uint64 time) internal pure returns (bool) {
        return tenure.validFrom != 0 && tenure.validFrom <= time && _before(time, tenure.retiredAt)
            && _before(time, tenure.compromisedSince);
    }

    function _notPast(uint64 time) private view returns (uint64) {
        if (time == 0) return uint64(block.timestamp);
        if (time < block.timestamp) revert IInstitutionEvents.TenureInThePast(time, uint64(block.timestamp));
        return time;
    }

    function _before(uint64 time, uint64 end) private pure returns (bool) {
        return end == 0 || time < end;
    }

    function _requireLower(uint64 time, uint64 set) private pure {
        if (set != 0 && time >= set) revert IInstitutionEvents.TenureOnlyLowered(time, set);
    }
}
