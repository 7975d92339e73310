// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title The values, events and errors of the Consortium.
/// @notice Times are seconds since 1970, intervals half-open [from, to): what is said to hold `until` a time holds no more at it.
interface IConsortiumEvents {
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
        uint64 motionNotice; // how long after its opening a motion takes votes, unless the chair opened it; at most three days
        uint64 votingPeriod; // how long a motion takes votes before its deadline
        uint64 grace; // how long after the deadline votes and execution still count, should the chain have halted
        uint64 leavingNotice; // how long a member that gives notice stays; at least twice the seven days a recovery takes
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

    /// @notice An announced change of admin. A hand-over can be accepted until `at`; a recovery can be completed from `at` on.
    /// `nextAdmin` is zero where there is none. `operators` is keccak256(abi.encode(the OperatorGrant[] announced)): they are in the
    /// event, and whoever accepts or completes repeats them.
    struct Change {
        address nextAdmin;
        uint64 at;
        bytes32 operators;
    }

    /// @notice A binding act that one account proposed; `until` is zero where none is pending.
    struct Act {
        address proposer;
        uint32 generation;
        uint64 until;
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
    /// @notice The membership ends at `until`: now, by expulsion; later, by notice; the largest uint64, where notice was taken back.
    event MembershipEnds(uint32 indexed province, uint64 until, address actor, uint64 sequence, bytes32 head);
    /// @notice A motion paused a member until `until`; zero: it ended the pause.
    event MemberPaused(uint32 indexed province, uint64 until, address actor, uint64 sequence, bytes32 head);
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
    /// @notice A change of admin was announced: a hand-over, which `nextAdmin` may accept until `at`, or a recovery, which nobody but a
    /// motion can stop and which can be completed from `at` on.
    event ChangeAnnounced(
        uint32 indexed province,
        address indexed nextAdmin,
        bool indexed recovery,
        OperatorGrant[] operators,
        uint64 at,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice An announced change of admin was taken back.
    event ChangeCancelled(
        uint32 indexed province,
        address indexed nextAdmin,
        bool indexed recovery,
        address actor,
        uint64 sequence,
        bytes32 head
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
    event OfficerBound(uint32 indexed province, address indexed account, address actor, uint64 sequence, bytes32 head);
    /// @notice `actor` proposed the binding act `act`: `call` to `target`. Another account of the member confirms it by the same call.
    event ActProposed(
        uint32 indexed province,
        bytes32 indexed act,
        address indexed target,
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
    /// @notice A motion passed with `inFavour` votes where `threshold` were needed, and was carried out. Subject 0.
    event MotionExecuted(
        bytes32 indexed motion, uint256 inFavour, uint256 threshold, address actor, uint64 sequence, bytes32 head
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
    error ConsortiumOperatorsMismatch(uint32 province, bytes32 announced, bytes32 given);

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
}
