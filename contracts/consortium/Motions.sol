// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortium} from "../interfaces/IConsortium.sol";
import {Kinds} from "../libraries/Kinds.sol";
import {Acts} from "./Acts.sol";

/// @title What the members jointly decide: a motion is a call that the Consortium makes once ceil(2N/3) of N are in favour.
abstract contract Motions is Acts {
    uint64 internal immutable _motionNotice;
    uint64 internal immutable _votingPeriod;
    uint64 internal immutable _grace;

    mapping(bytes32 motion => Motion) private _motions;
    mapping(bytes32 motion => mapping(uint32 province => Ballot)) private _ballots;

    constructor(uint64 motionNotice, uint64 votingPeriod, uint64 grace) {
        _motionNotice = motionNotice;
        _votingPeriod = votingPeriod;
        _grace = grace;
    }

    /// @inheritdoc IConsortium
    function openMotion(address target, bytes calldata data, uint256 nonce) external override inForce {
        uint32 province = _lawyersProvince();
        bytes32 id = motionId(target, data, nonce);
        if (_motions[id].closesAt != 0) revert ConsortiumMotionExists(id);
        if (!_lawAct(province)) return;
        // The chair's one privilege: its motions take votes at once. It holds nothing up.
        uint64 opensAt = _now() + (chair() == province ? 0 : _motionNotice);
        _motions[id] = Motion(province, opensAt, opensAt + _votingPeriod + _grace, false);
        _announceMotion(id, target, data, nonce);
    }

    /// @inheritdoc IConsortium
    function vote(bytes32 motion, bool inFavour) external override inForce {
        uint32 province = _lawyersProvince();
        _requireOpen(motion);
        if (!_lawAct(province)) return;
        // The membership is kept with the vote: a province that joins again starts without one.
        _ballots[motion][province] = Ballot(_members[province].tenure, inFavour);
        (uint64 sequence, bytes32 head) =
            _record(province, Kinds.VOTED, keccak256(abi.encode(province, motion, inFavour)));
        emit Voted(province, motion, inFavour, msg.sender, sequence, head);
    }

    /// @inheritdoc IConsortium
    function execute(address target, bytes calldata data, uint256 nonce)
        external
        override
        inForce
        returns (bytes memory)
    {
        bytes32 id = motionId(target, data, nonce);
        _requireOpen(id);
        (uint256 inFavour, uint256 threshold) = tally(id);
        if (inFavour < threshold) revert ConsortiumMotionNotCarried(id, inFavour, threshold);
        if (!_isInForce(target)) revert ConsortiumInvalidTarget(target);
        _motions[id].executed = true; // before the call: whatever the target calls back, this motion is spent
        (uint64 sequence, bytes32 head) =
            _record(0, Kinds.MOTION_EXECUTED, keccak256(abi.encode(id, inFavour, threshold)));
        emit MotionExecuted(id, inFavour, threshold, msg.sender, sequence, head);
        return _carryOut(target, data);
    }

    /// @inheritdoc IConsortium
    function motionOf(bytes32 motion) external view override returns (Motion memory) {
        return _motions[motion];
    }

    /// @inheritdoc IConsortium
    function ballotOf(bytes32 motion, uint32 province) external view override returns (Ballot memory) {
        return _ballots[motion][province];
    }

    /// @inheritdoc IConsortium
    function motionId(address target, bytes calldata data, uint256 nonce) public view override returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), target, data, nonce));
    }

    /// @inheritdoc IConsortium
    function tally(bytes32 motion) public view override returns (uint256 inFavour, uint256 threshold) {
        uint32[] memory present = members();
        for (uint256 i = 0; i < present.length; i++) {
            Ballot storage ballot = _ballots[motion][present[i]];
            bool counts = ballot.tenure == _members[present[i]].tenure && !_isPaused(present[i]);
            if (counts && ballot.inFavour) inFavour++;
        }
        threshold = _threshold(present.length);
    }

    function _announceMotion(bytes32 id, address target, bytes calldata data, uint256 nonce) private {
        Motion memory motion = _motions[id];
        bytes32 fields =
            keccak256(abi.encode(id, motion.province, target, data, nonce, motion.opensAt, motion.closesAt));
        (uint64 sequence, bytes32 head) = _record(0, Kinds.MOTION_OPENED, fields);
        emit MotionOpened(
            id, motion.province, target, data, nonce, motion.opensAt, motion.closesAt, msg.sender, sequence, head
        );
    }

    function _carryOut(address target, bytes calldata data) private returns (bytes memory) {
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, bytes memory result) = target.call(data);
        if (!success) {
            // solhint-disable-next-line no-inline-assembly
            assembly ("memory-safe") {
                revert(add(result, 32), mload(result)) // the target's own reason
            }
        }
        return result;
    }

    /// @dev Votes and execution both count in [opensAt, deadline + grace), and no more once the motion is carried out.
    function _requireOpen(bytes32 id) private view {
        Motion storage motion = _motions[id];
        if (motion.closesAt == 0) revert ConsortiumUnknownMotion(id);
        if (_now() < motion.opensAt) revert ConsortiumMotionNotOpen(id, motion.opensAt);
        if (_now() >= motion.closesAt) revert ConsortiumMotionClosed(id, motion.closesAt);
        if (motion.executed) revert ConsortiumMotionExecuted(id);
    }
}
