// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Governed} from "./base/Governed.sol";
import {Members} from "./consortium/Members.sol";
import {Membership} from "./consortium/Membership.sol";
import {Motions} from "./consortium/Motions.sol";
import {IConsortium} from "./interfaces/IConsortium.sol";
import {IDirectory} from "./interfaces/IDirectory.sol";
import {Kinds} from "./libraries/Kinds.sol";
import {Names} from "./libraries/Names.sol";

/// @title Who the members are, who acts for them, what they have jointly decided, who chairs.
/// @notice The parts lie in consortium/: Members (state), Accounts, Acts, Offices, Membership, Motions.
contract Consortium is Membership, Motions {
    uint64 private constant LONGEST = 3650 days; // keeps every sum of times far from an overflow

    address private immutable _deployer;
    uint64 private immutable _timeLock;

    /// @inheritdoc IConsortium
    uint64 public override constitutedAt;

    /// @param directory The Directory, which is deployed with this address in turn (a CREATE address is known beforehand).
    /// @param trial Whether fewer than four members will do.
    constructor(IDirectory directory, bool trial, Parameters memory how)
        Governed(Names.CONSORTIUM, IConsortium(address(this)), directory, address(0))
        Members(how.term)
        Membership(trial, how.leavingNotice)
        Motions(how.motionNotice, how.votingPeriod, how.grace)
    {
        _deployer = msg.sender;
        _timeLock = how.timeLock;
        _requireBetween("term", how.term, 1, LONGEST);
        // A stolen recovery address needs seven days: four of them are left to vote on stopping it, whoever chairs.
        _requireBetween("motionNotice", how.motionNotice, 1, RECOVERY_DELAY - 4 days);
        _requireBetween("votingPeriod", how.votingPeriod, 1, LONGEST);
        _requireBetween("grace", how.grace, 0, LONGEST);
        // Whoever stole two accounts of a member must not get it out before its recovery is through: a week is left to notice and ask for it.
        _requireBetween("leavingNotice", how.leavingNotice, 2 * RECOVERY_DELAY, LONGEST);
        _requireBetween("timeLock", how.timeLock, 1, LONGEST);
    }

    /// @inheritdoc IConsortium
    function constitute(Founding[] calldata founding, bytes32[] calldata names, address[] calldata targets)
        external
        override
    {
        if (msg.sender != _deployer) revert ConsortiumNotDeployer(msg.sender);
        if (constitutedAt != 0) revert ConsortiumAlreadyConstituted(constitutedAt);
        constitutedAt = _now();
        uint32 count = uint32(founding.length);
        (uint64 sequence, bytes32 head) = _record(0, Kinds.CONSTITUTED, keccak256(abi.encode(count, trial)));
        emit Constituted(count, trial, msg.sender, sequence, head);
        for (uint256 i = 0; i < founding.length; i++) {
            _admit(founding[i]);
        }
        _requireEnoughStay();
        directory.constitute(names, targets);
    }

    /// @inheritdoc IConsortium
    function successor() external view override returns (address) {
        address current = _resolve(NAME);
        return current == address(this) ? address(0) : current;
    }

    /// @inheritdoc IConsortium
    function parameters() external view override returns (Parameters memory) {
        return Parameters(_term, _motionNotice, _votingPeriod, _grace, _leavingNotice, _timeLock);
    }

    /// @dev A motion of this Consortium calls as this Consortium. Only writes ask, and they ask whether it is in force first.
    function _consortium() internal view override returns (IConsortium) {
        return IConsortium(address(this));
    }

    function _requireBetween(bytes32 parameter, uint64 value, uint64 least, uint64 most) private pure {
        if (value < least || value > most) revert ConsortiumInvalidParameter(parameter, value);
    }
}
