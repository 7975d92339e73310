// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortiumEvents} from "./IConsortiumEvents.sol";

/// @title Who the members are, who acts for them, what they have jointly decided, who chairs.
interface IConsortium is IConsortiumEvents {
    // ---- constitution

    /// @notice By the deployer, once: admits the founding members, whose order is the order of chairs, and has the Directory list
    /// Consortium, Directory and then `targets` under `names`, without the time lock.
    function constitute(Founding[] calldata founding, bytes32[] calldata names, address[] calldata targets) external;

    // ---- binding acts of a member (role LAW): the second account's identical call carries them out

    /// @notice Gives an operator exactly these roles and this quota; with no roles, ends it.
    function setOperator(OperatorGrant calldata grant) external;

    /// @notice Offers the admin's place to `nextAdmin`, with the operators that act beside it, for seven days. Replaces an earlier offer.
    function offerHandOver(address nextAdmin, OperatorGrant[] calldata operators) external;

    /// @notice Takes the offer back.
    function cancelHandOver() external;

    /// @notice Gives notice of leaving.
    function giveNotice() external;

    /// @notice Takes notice back before it ran out.
    function withdrawNotice() external;

    /// @notice Opens a motion: a call of `data` to `target`. It takes votes at once where the caller's province chairs, otherwise after the notice.
    function openMotion(address target, bytes calldata data, uint256 nonce) external;

    /// @notice Votes on a motion that takes votes; a later vote replaces an earlier one.
    function vote(bytes32 motion, bool inFavour) external;

    // ---- one account

    /// @notice The offered admin accepts, repeating the operators of the offer: the member's operators are void, these are in force.
    function acceptHandOver(OperatorGrant[] calldata operators) external;

    /// @notice The recovery address names a new admin and its operators. Until it is completed, or stopped by motion,
    /// hand-over and operator changes are frozen.
    function requestRecovery(address nextAdmin, OperatorGrant[] calldata operators) external;

    /// @notice The recovery address makes the named account the admin, seven days after the request, repeating the operators of it.
    function completeRecovery(OperatorGrant[] calldata operators) external;

    /// @notice The proposer takes the pending act of `call` to `target` back.
    function withdrawAct(address target, bytes calldata call) external;

    // ---- anybody

    /// @notice Carries out a motion that ceil(2N/3) of the members of this moment are in favour of.
    /// @return The returned data of the call.
    function execute(address target, bytes calldata data, uint256 nonce) external returns (bytes memory);

    // ---- by motion

    /// @notice Admits a member (anew: all its earlier accounts stay void unless named).
    function admit(Founding calldata joining) external;
    function expel(uint32 province) external;
    /// @notice Pauses a member for 90 days from now.
    function pause(uint32 province) external;
    function unpause(uint32 province) external;
    /// @notice Names the member that keeps the records of a leaving or gone one.
    function nameCustodian(uint32 province, uint32 custodian) external;
    function cancelRecovery(uint32 province) external;
    /// @notice Gives a member another recovery address; a pending recovery of the old one is dropped.
    function replaceRecovery(uint32 province, address recovery) external;

    // ---- for the other contracts

    /// @notice Called by another contract of the Directory on behalf of `account`: the first of two accounts of the member proposes,
    /// the second confirms. `account` must be the admin of `province` or an operator holding `role`, and the member must be able to act.
    /// @return confirmed True when this call is the confirmation: the caller goes on; false when it only recorded the proposal: the caller returns.
    function bindingAct(uint32 province, address account, uint8 role, bytes calldata call)
        external
        returns (bool confirmed);

    /// @notice Binds `account` to (province, Officer) for ever; callable by the InstitutionRegistry in force. Does nothing where it is already so.
    function bindOfficer(address account, uint32 province) external;

    /// @return province The province `account` acts for as admin, or as operator holding `role`. Reverts where it does not, or the member is paused or gone.
    function authorise(address account, uint8 role) external view returns (uint32 province);

    /// @return How many leaves `operator` may anchor in one day (UTC+8); zero for all but an operator in force.
    function dailyLeavesOf(address operator) external view returns (uint32);

    /// @return Whether `province` is a member now (a paused member is one).
    function isMember(uint32 province) external view returns (bool);

    /// @return Whether `province` is a member and not paused.
    function canAct(uint32 province) external view returns (bool);

    /// @return The member that keeps a gone member's records; zero when none is named, it is gone itself, or the province is not gone.
    function custodianOf(uint32 province) external view returns (uint32);

    /// @return The consortium that follows this one; zero while this one is in force.
    function successor() external view returns (address);

    // ---- reading

    /// @return The members now, in the order of chairs.
    function members() external view returns (uint32[] memory);

    /// @return Every membership there ever was, in order.
    function tenures() external view returns (Tenure[] memory);

    /// @return A province's accounts as last set; all zero for one that never was a member.
    function memberOf(uint32 province) external view returns (Member memory);

    /// @return What `account` is bound to, for ever; roles and quota as last granted.
    function bindingOf(address account) external view returns (Binding memory);

    /// @return The operators of a province's present admin; `bindingOf` has their roles and quotas.
    function operatorsOf(uint32 province) external view returns (address[] memory);

    /// @return The recovery that is pending, or the hand-over last offered (open until its `at`).
    function changeOf(uint32 province, bool recovery) external view returns (Change memory);

    /// @return act The id of the pending act of this call; zero where there is none.
    /// @return pending The pending act.
    function pendingAct(uint32 province, address target, bytes calldata call)
        external
        view
        returns (bytes32 act, Act memory pending);

    /// @return The id of a motion in this consortium.
    function motionId(address target, bytes calldata data, uint256 nonce) external view returns (bytes32);

    /// @return The motion; `closesAt` is zero for an unknown one.
    function motionOf(bytes32 motion) external view returns (Motion memory);

    /// @return The vote `province` last cast on a motion.
    function ballotOf(bytes32 motion, uint32 province) external view returns (Ballot memory);

    /// @return inFavour The votes in favour that count at this moment.
    /// @return threshold ceil(2N/3) of the N members of this moment.
    function tally(bytes32 motion) external view returns (uint256 inFavour, uint256 threshold);

    /// @return The province that chairs now; zero before the constitution.
    function chair() external view returns (uint32);

    /// @return The province that chairs at `time`; for a future time, as notices stand now.
    function chairAt(uint64 time) external view returns (uint32);

    /// @return How the consortium works.
    function parameters() external view returns (Parameters memory);

    /// @return Whether this consortium is a trial, which may have fewer than four members.
    function trial() external view returns (bool);

    /// @return When the consortium was constituted; zero before.
    function constitutedAt() external view returns (uint64);
}
