// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Who the members are, who acts for them, what they have jointly decided, who chairs.
/// @notice Times are seconds since 1970, intervals half-open [from, to): what is said to hold `until` a time holds no more at it.
interface IConsortium {
    /// @notice What an address is for, for ever.
    enum Family {
        None,
        Admin,
        Recovery,
        Operator,
        Officer
    }

    /// @notice How the consortium works, fixed at its deployment; in seconds.
    struct Parameters {
        uint64 term; // how long a member chairs
        uint64 motionNotice; // how long after its opening a motion takes votes, unless the chair opened it
        uint64 votingPeriod; // how long a motion takes votes before its deadline
        uint64 grace; // how long after the deadline votes and execution still count, should the chain have halted
        uint64 leavingNotice; // how long a member that gives notice stays; more than the seven days a recovery takes
        uint64 timeLock; // how long before a change of the Directory takes effect
    }

    /// @notice An operator account of a member. `roles` is a mask of the Roles library; `dailyLeaves` bounds what it may anchor per day (UTC+8).
    struct OperatorGrant {
        address account;
        uint8 roles;
        uint32 dailyLeaves;
    }

    /// @notice Who acts for a province from its founding or joining on. At least one operator holds the role LAW.
    struct Founding {
        uint32 province;
        address admin;
        address recovery;
        OperatorGrant[] operators;
    }

    /// @notice One membership of a province; a province that left and joined again has two. `until` is its end, the largest uint64 while none is known.
    struct Tenure {
        uint32 province;
        uint64 from;
        uint64 until;
    }

    /// @notice A member's present accounts. `generation` counts its admins over all its memberships (operators and pending acts
    /// of an earlier one are void); `tenure` is the number (from 1) of its last membership among all; `custodian` as last named.
    struct Member {
        address admin;
        uint32 generation;
        uint32 tenure;
        address recovery;
        uint64 pausedUntil;
        uint32 custodian;
    }

    /// @notice What an address is bound to. Roles and quota are those last granted; they are in force while `generation` is the member's.
    struct Binding {
        uint32 province;
        Family family;
        uint8 roles;
        uint32 dailyLeaves;
        uint32 generation;
    }

    /// @notice An announced change of admin. A hand-over is open until `at`; a recovery can be completed from `at` on. `nextAdmin` is zero where there is none.
    struct Change {
        address nextAdmin;
        uint64 at;
        OperatorGrant[] operators;
    }

    /// @notice A binding act that one account proposed. `nonce` counts the acts made of this very call; `until` is zero where none is pending.
    struct Act {
        address proposer;
        uint32 generation;
        uint64 until;
        uint64 nonce;
    }

    /// @notice A motion: votes and execution count in [opensAt, closesAt), where closesAt is its deadline plus the grace.
    struct Motion {
        uint32 province; // that opened it
        uint64 opensAt;
        uint64 closesAt;
        bool executed;
    }

    /// @notice A member's vote. It counts while the province's membership is number `tenure`, and while the province is not paused.
    struct Ballot {
        uint32 tenure;
        bool inFavour;
    }

    // ---- events; kinds, subjects and types in docs/events.md

    /// @notice The consortium began with `members` members. Subject 0.
    event Constituted(uint32 members, bool trial, address actor, uint64 sequence, bytes32 head);
    /// @notice A province is a member from now on, as number `tenure` of all memberships.
    event MemberAdmitted(
        uint32 indexed province,
        address indexed admin,
        address indexed recovery,
        uint32 tenure,
        uint32 generation,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice A motion ended a membership now.
    event MemberExpelled(uint32 indexed province, address actor, uint64 sequence, bytes32 head);
    /// @notice A member gave notice: its membership ends at `until`.
    event NoticeGiven(uint32 indexed province, uint64 until, address actor, uint64 sequence, bytes32 head);
    /// @notice A member took its notice back before it ran out.
    event NoticeWithdrawn(uint32 indexed province, address actor, uint64 sequence, bytes32 head);
    /// @notice A motion paused a member until `until`.
    event MemberPaused(uint32 indexed province, uint64 until, address actor, uint64 sequence, bytes32 head);
    /// @notice A motion ended a pause.
    event MemberUnpaused(uint32 indexed province, address actor, uint64 sequence, bytes32 head);
    /// @notice A motion named the member that keeps the records of a leaving or gone one.
    event CustodianNamed(
        uint32 indexed province, uint32 indexed custodian, address actor, uint64 sequence, bytes32 head
    );
    /// @notice An operator holds exactly these roles and this quota from now on; no roles: it is an operator no more.
    event OperatorSet(
        uint32 indexed province,
        address indexed account,
        uint8 roles,
        uint32 dailyLeaves,
        uint32 generation,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice The admin's place was offered to `nextAdmin`, who may accept until `until`.
    event HandOverOffered(
        uint32 indexed province,
        address indexed nextAdmin,
        OperatorGrant[] operators,
        uint64 until,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice The offer to `nextAdmin` was taken back.
    event HandOverCancelled(
        uint32 indexed province, address indexed nextAdmin, address actor, uint64 sequence, bytes32 head
    );
    /// @notice The recovery address asked for a new admin; nobody but a motion can stop it, and from `readyAt` on it can be completed.
    event RecoveryRequested(
        uint32 indexed province,
        address indexed nextAdmin,
        OperatorGrant[] operators,
        uint64 readyAt,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice A motion stopped the recovery that would have made `nextAdmin` the admin.
    event RecoveryCancelled(
        uint32 indexed province, address indexed nextAdmin, address actor, uint64 sequence, bytes32 head
    );
    /// @notice A motion gave a member another recovery address.
    event RecoveryReplaced(
        uint32 indexed province,
        address indexed previous,
        address indexed recovery,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice A member has a new admin, and with it a new generation: all operators before it are void.
    event AdminReplaced(
        uint32 indexed province,
        address indexed previous,
        address indexed admin,
        uint32 generation,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice An institution's officer was bound to its province.
    event OfficerBound(
        uint32 indexed province, address indexed account, address actor, uint64 sequence, bytes32 head
    );
    /// @notice `actor` proposed the binding act `act`: `call` to `target`. Another account of the member confirms it by the same call.
    event ActProposed(
        uint32 indexed province,
        bytes32 indexed act,
        address indexed target,
        uint8 role,
        bytes call,
        uint64 until,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice `actor` confirmed what `proposer` had proposed; the call went on.
    event ActConfirmed(
        uint32 indexed province,
        bytes32 indexed act,
        address indexed proposer,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice The proposer took a binding act back.
    event ActWithdrawn(uint32 indexed province, bytes32 indexed act, address actor, uint64 sequence, bytes32 head);
    /// @notice A motion was opened by `opener`. Subject 0.
    event MotionOpened(
        bytes32 indexed motion,
        uint32 indexed opener,
        address indexed target,
        bytes data,
        uint256 nonce,
        uint64 opensAt,
        uint64 closesAt,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice A member voted, or changed its vote.
    event Voted(
        uint32 indexed province, bytes32 indexed motion, bool inFavour, address actor, uint64 sequence, bytes32 head
    );
    /// @notice A motion passed with `inFavour` of `members` votes and was carried out. Subject 0.
    event MotionExecuted(
        bytes32 indexed motion, uint32 inFavour, uint32 members, address actor, uint64 sequence, bytes32 head
    );

    // ---- errors

    error ConsortiumNotDeployer(address caller);
    error ConsortiumAlreadyConstituted(uint64 time);
    error ConsortiumInvalidParameter(bytes32 parameter, uint64 value);
    error ConsortiumTooFewMembers(uint256 members, uint256 minimum);
    error ConsortiumInvalidProvince(uint32 province);
    error ConsortiumNotMember(uint32 province);
    error ConsortiumAlreadyMember(uint32 province);
    error ConsortiumPaused(uint32 province, uint64 until);
    error ConsortiumNotPaused(uint32 province);
    error ConsortiumQuorumLost(uint256 unpaused, uint256 threshold);
    error ConsortiumNoticeGiven(uint32 province, uint64 until);
    error ConsortiumNoNotice(uint32 province);
    error ConsortiumInvalidCustodian(uint32 province, uint32 custodian);

    error ConsortiumInvalidAccount(address account);
    error ConsortiumAccountBound(address account, uint32 province, Family family);
    error ConsortiumUnauthorised(address account, uint32 province, uint8 role);
    error ConsortiumInvalidRoles(address account, uint8 roles);
    error ConsortiumNotOperator(address account);
    error ConsortiumDuplicateOperator(address account);
    error ConsortiumTooManyOperators(uint32 province, uint256 operators);
    error ConsortiumNoSecondAccount(uint32 province);
    error ConsortiumRecoveryPending(uint32 province, uint64 readyAt);
    error ConsortiumNoRecovery(uint32 province);
    error ConsortiumRecoveryNotReady(uint32 province, uint64 readyAt);
    error ConsortiumNoHandOver(uint32 province);

    error ConsortiumUnknownCaller(address caller);
    error ConsortiumActAlreadyProposed(bytes32 act, address proposer);
    error ConsortiumNoPendingAct(bytes32 act);

    error ConsortiumMotionExists(bytes32 motion);
    error ConsortiumUnknownMotion(bytes32 motion);
    error ConsortiumMotionNotOpen(bytes32 motion, uint64 opensAt);
    error ConsortiumMotionClosed(bytes32 motion, uint64 closesAt);
    error ConsortiumMotionExecuted(bytes32 motion);
    error ConsortiumMotionNotCarried(bytes32 motion, uint256 inFavour, uint256 threshold);
    error ConsortiumInvalidTarget(address target);

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

    /// @notice The offered admin accepts: the member's operators are void, those of the offer in force.
    function acceptHandOver() external;

    /// @notice The recovery address names a new admin and its operators. Until it is completed, or stopped by motion,
    /// hand-over and operator changes are frozen.
    function requestRecovery(address nextAdmin, OperatorGrant[] calldata operators) external;

    /// @notice The recovery address makes the named account the admin, seven days after the request.
    function completeRecovery() external;

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

    /// @return The operators in force of a province, with roles and quotas.
    function operatorsOf(uint32 province) external view returns (OperatorGrant[] memory);

    /// @return The offer of the admin's place that is open now.
    function handOverOf(uint32 province) external view returns (Change memory);

    /// @return The recovery that is pending now.
    function recoveryOf(uint32 province) external view returns (Change memory);

    /// @return act The id under which the next proposal or the pending act of this call runs.
    /// @return pending The pending act; zero where there is none.
    function actOf(uint32 province, address target, bytes calldata call)
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
