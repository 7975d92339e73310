// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Governed} from "../base/Governed.sol";
import {IConsortium} from "../interfaces/IConsortium.sol";
import {Rotation} from "../libraries/Rotation.sol";

/// @title Who is a member, who is paused, who chairs: the state, and how it is read.
abstract contract Members is Governed, IConsortium {
    uint64 internal immutable _term;

    mapping(uint32 province => Member) internal _members;
    Tenure[] internal _tenures;

    constructor(uint64 term) {
        _term = term;
    }

    /// @inheritdoc IConsortium
    function custodianOf(uint32 province) external view override returns (uint32) {
        uint32 custodian = _members[province].custodian;
        return !isMember(province) && isMember(custodian) ? custodian : 0;
    }

    /// @inheritdoc IConsortium
    function tenures() external view override returns (Tenure[] memory) {
        return _tenures;
    }

    /// @inheritdoc IConsortium
    function memberOf(uint32 province) external view override returns (Member memory) {
        return _members[province];
    }

    /// @inheritdoc IConsortium
    function isMember(uint32 province) public view override returns (bool) {
        uint32 number = _members[province].tenure;
        if (number == 0) return false;
        Tenure storage tenure = _tenures[number - 1];
        return tenure.from <= block.timestamp && block.timestamp < tenure.until;
    }

    /// @inheritdoc IConsortium
    function canAct(uint32 province) public view override returns (bool) {
        return isMember(province) && !_isPaused(province);
    }

    /// @inheritdoc IConsortium
    function members() public view override returns (uint32[] memory) {
        return Rotation.membersAt(_tenures, _now());
    }

    /// @inheritdoc IConsortium
    function chair() public view override returns (uint32) {
        return chairAt(_now());
    }

    /// @inheritdoc IConsortium
    function chairAt(uint64 time) public view override returns (uint32) {
        return Rotation.chairAt(_tenures, _term, time);
    }

    function _now() internal view returns (uint64) {
        return uint64(block.timestamp);
    }

    function _isPaused(uint32 province) internal view returns (bool) {
        return _now() < _members[province].pausedUntil;
    }

    function _requireMember(uint32 province) internal view {
        if (!isMember(province)) revert ConsortiumNotMember(province);
    }

    function _requireCanAct(uint32 province) internal view {
        _requireMember(province);
        if (_isPaused(province)) revert ConsortiumPaused(province, _members[province].pausedUntil);
    }

    /// @return ceil(2N/3): what a motion needs, and how many members must stay unpaused.
    function _threshold(uint256 count) internal pure returns (uint256) {
        return (2 * count + 2) / 3;
    }
}
