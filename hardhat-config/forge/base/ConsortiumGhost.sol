// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortiumEvents} from "../../../contracts/interfaces/IConsortiumEvents.sol";
import {HeadLedger} from "./HeadLedger.sol";
import {Vm} from "./Vm.sol";
import {World} from "./World.sol";

/// @title A second account of the consortium, kept from its events alone: members, pauses, votes, and what must not happen.
abstract contract ConsortiumGhost is World, HeadLedger {
    struct Membership {
        uint32 number;
        uint64 until;
        uint64 pausedUntil;
    }

    struct Vote {
        uint32 number; // of the membership under which it was cast
        bool inFavour;
    }

    uint256 public actsOfTheExcluded; // invariant 8
    uint256 public passedWithTooFew; // invariant 7
    uint256 public blockedByTooFew; // invariant 7
    uint256 public actsOfOneKey;
    uint256 public changesWithoutAnAct;
    uint256 public changesWhileFrozen;
    uint256 public rebindings;
    uint256 public successes;
    uint256 public executed;

    uint32[] private _everMembers;
    mapping(uint32 province => Membership) private _memberships;
    mapping(bytes32 motion => mapping(uint32 province => Vote)) private _votes;
    mapping(uint32 province => bool) private _recovering;
    mapping(address account => bytes32) private _boundTo;
    mapping(uint32 province => mapping(bool recovery => IConsortiumEvents.OperatorGrant[])) internal _announced;

    function mismatchesOfHeads() external view returns (uint256) {
        return mismatches;
    }

    function knownHead(address emitter, uint64 subject) external view returns (bytes32 head, uint64 sequence) {
        Link memory known = link(emitter, subject);
        return (known.head, known.sequence);
    }

    /// @notice Whether ceil(2N/3) of the members of this moment are in favour of a motion, the paused counting in N alone.
    function carries(bytes32 motion) public view returns (bool) {
        uint256 count;
        uint256 inFavour;
        for (uint256 i = 0; i < _everMembers.length; i++) {
            Membership memory membership = _memberships[_everMembers[i]];
            if (membership.until <= time()) continue;
            count += 1;
            Vote memory cast = _votes[motion][_everMembers[i]];
            if (cast.inFavour && cast.number == membership.number && membership.pausedUntil <= time()) inFavour += 1;
        }
        return 3 * inFavour >= 2 * count;
    }

    /// @dev All the events of one transaction, in order.
    function observe(Vm.Log[] memory logs) internal {
        absorb(logs);
        uint32 confirmed; // the province whose binding act this transaction confirmed
        bool admin; // whether an admin was replaced or a member admitted before, in this transaction
        for (uint256 i = 0; i < logs.length; i++) {
            bytes32 topic = logs[i].topics[0];
            uint32 province = logs[i].topics.length > 1 ? uint32(uint256(logs[i].topics[1])) : 0;
            if (topic == IConsortiumEvents.ActConfirmed.selector) {
                confirmed = province;
                (address actor,,) = abi.decode(logs[i].data, (address, uint64, bytes32));
                if (actor == address(uint160(uint256(logs[i].topics[3])))) actsOfOneKey += 1;
            } else if (topic == IConsortiumEvents.OperatorSet.selector) {
                if (!admin && confirmed != province) changesWithoutAnAct += 1;
                if (!admin && _recovering[province]) changesWhileFrozen += 1;
                _bound(logs[i].topics[2], province, IConsortiumEvents.Family.Operator);
            } else if (topic == IConsortiumEvents.AdminReplaced.selector) {
                admin = true;
                _recovering[province] = false;
                _bound(logs[i].topics[3], province, IConsortiumEvents.Family.Admin);
            } else if (topic == IConsortiumEvents.MemberAdmitted.selector) {
                admin = true;
                _recovering[province] = false;
                _admitted(logs[i], province);
            } else if (topic == IConsortiumEvents.MotionOpened.selector) {
                if (confirmed != uint32(uint256(logs[i].topics[2]))) changesWithoutAnAct += 1;
            } else if (topic == IConsortiumEvents.Voted.selector) {
                if (confirmed != province) changesWithoutAnAct += 1;
                (bool inFavour,,,) = abi.decode(logs[i].data, (bool, address, uint64, bytes32));
                _votes[logs[i].topics[2]][province] = Vote(_memberships[province].number, inFavour);
            } else {
                _observeMore(logs[i], topic, province, confirmed);
            }
        }
    }

    function _observeMore(Vm.Log memory log, bytes32 topic, uint32 province, uint32 confirmed) private {
        if (topic == IConsortiumEvents.MembershipEnds.selector) {
            (uint64 until, address actor,,) = abi.decode(log.data, (uint64, address, uint64, bytes32));
            if (actor != address(consortium) && confirmed != province) changesWithoutAnAct += 1;
            _memberships[province].until = until;
        } else if (topic == IConsortiumEvents.MemberPaused.selector) {
            (_memberships[province].pausedUntil,,,) = abi.decode(log.data, (uint64, address, uint64, bytes32));
        } else if (topic == IConsortiumEvents.ChangeAnnounced.selector) {
            bool recovery = log.topics[3] != 0;
            if (recovery) _recovering[province] = true;
            else if (_recovering[province]) changesWhileFrozen += 1;
            else if (confirmed != province) changesWithoutAnAct += 1;
            (IConsortiumEvents.OperatorGrant[] memory operators,,,,) =
                abi.decode(log.data, (IConsortiumEvents.OperatorGrant[], uint64, address, uint64, bytes32));
            delete _announced[province][recovery];
            for (uint256 i = 0; i < operators.length; i++) {
                _announced[province][recovery].push(operators[i]);
                _bound(bytes32(uint256(uint160(operators[i].account))), province, IConsortiumEvents.Family.Operator);
            }
            _bound(log.topics[2], province, IConsortiumEvents.Family.Admin);
        } else if (topic == IConsortiumEvents.ChangeCancelled.selector) {
            if (log.topics[3] != 0) _recovering[province] = false;
        } else if (topic == IConsortiumEvents.RecoveryReplaced.selector) {
            _bound(log.topics[3], province, IConsortiumEvents.Family.Recovery);
        }
    }

    function _admitted(Vm.Log memory log, uint32 province) private {
        if (_memberships[province].number == 0) _everMembers.push(province);
        (uint32 number,,,,) = abi.decode(log.data, (uint32, uint32, address, uint64, bytes32));
        _memberships[province] = Membership(number, type(uint64).max, 0);
        _bound(log.topics[2], province, IConsortiumEvents.Family.Admin);
        _bound(log.topics[3], province, IConsortiumEvents.Family.Recovery);
    }

    /// @dev "An address serves one province and one role family for ever."
    function _bound(bytes32 word, uint32 province, IConsortiumEvents.Family family) private {
        address account = address(uint160(uint256(word)));
        bytes32 to = keccak256(abi.encode(province, family));
        if (_boundTo[account] == 0) _boundTo[account] = to;
        if (_boundTo[account] != to) rebindings += 1;
    }
}
