// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IGoverned} from "./IGoverned.sol";
import {ITransferEvents} from "./ITransferEvents.sol";

/// @title Which outcomes of which person are in use, used or retired, and how full each cap is: the memory that outlives every other contract.
/// @notice A claim is locked by (canonical institution, claim). Only the TransferLedger in force moves claims and fills windows; the
/// events of these are the ledger's.
interface IClaimBook is IGoverned {
    /// @notice What became of a claim. Spent: its transfer was reversed after the source had been revoked, and it stays used.
    enum Use {
        Free,
        Requested,
        Used,
        Spent,
        Retired
    }

    /// @notice Over which time a programme's caps count. Year: civil years of UTC+8. Whole: for ever.
    enum Window {
        Undeclared,
        Year,
        Whole
    }

    /// @notice A claim and the transfer (source, target, number) that holds or last held it. `since` is its written-flag.
    struct Claim {
        Use use;
        uint32 source;
        uint32 target;
        uint64 number;
        uint64 since;
    }

    /// @notice A target institution's programme: over what its caps count, and how many students it says it has. `since` is its written-flag.
    struct Programme {
        Window window;
        uint32 headcount;
        uint64 since;
    }

    /// @notice Whose cap a use counts against. `enrolment` is the target institution's pseudonym of one student in one programme.
    struct Account {
        bytes32 institution;
        bytes32 programme;
        bytes32 enrolment;
    }

    /// @notice A target institution declared a programme, or changed it. Subject: the `province` that accredits it.
    event ProgrammeDeclared(
        uint32 indexed province,
        bytes32 indexed institution,
        bytes32 indexed programme,
        Window window,
        uint32 headcount,
        address actor,
        uint64 sequence,
        bytes32 head
    );

    /// @notice Only the TransferLedger in force writes claims.
    error ClaimBookUnauthorised(address caller);
    /// @notice The claim is not free: it is in `use` by the transfer (source, target, number).
    error ClaimTaken(bytes32 institution, bytes32 claim, Use use, uint32 source, uint32 target, uint64 number);
    /// @notice That step leads from `needed`, by the transfer that holds the claim; it is in `use` by (source, target, number).
    error ClaimNot(
        bytes32 institution, bytes32 claim, Use needed, Use use, uint32 source, uint32 target, uint64 number
    );
    /// @notice With this use the window would hold `total` hundredths, above the rule's cap.
    error CapExceeded(bytes32 institution, bytes32 programme, bytes32 enrolment, uint256 total, uint32 cap);
    /// @notice The institution never declared this programme.
    error ProgrammeUndeclared(bytes32 institution, bytes32 programme);
    /// @notice A window only ever becomes longer than the `declared` one, and is never undeclared.
    error ProgrammeOnlyTightened(bytes32 institution, bytes32 programme, Window declared, Window window);
    /// @notice Programmes are declared by an officer of the institution who has been in force for the officers' delay, while the institution
    /// is accredited by a member that can act.
    error ProgrammeByStranger(bytes32 institution, address caller);

    /// @notice Declares a programme, or tightens its window, or corrects its headcount: by an officer of the institution who has been in force
    /// for the officers' delay.
    function declareProgramme(bytes32 institution, bytes32 programme, Window window, uint32 headcount) external;

    // ---- by the TransferLedger in force; `holder` is the transfer that does it, and from the lock on the one that did that

    /// @notice Free → Requested. Under `institution`, which issued the credential, the claim must be free too: a leaf used before its outcome
    /// became another institution's alias, and anchored again since, is not used again.
    function lock(bytes32 canonical, bytes32 institution, bytes32 claim, ITransferEvents.Ref calldata holder) external;

    /// @notice Requested → Free.
    function release(bytes32 canonical, bytes32 claim, ITransferEvents.Ref calldata holder) external;

    /// @notice Requested → Used, and counts `credits` in the present windows, unless the programme's one would then exceed `cap`.
    function use(
        bytes32 canonical,
        bytes32 claim,
        ITransferEvents.Ref calldata holder,
        Account calldata account,
        uint32 credits,
        uint32 cap
    ) external;

    /// @notice Used → Free, or Spent; takes `credits` out of the windows of `usedAt`, the moment of their use.
    function undo(
        bytes32 canonical,
        bytes32 claim,
        ITransferEvents.Ref calldata holder,
        Account calldata account,
        uint32 credits,
        uint64 usedAt,
        bool spent
    ) external;

    /// @notice Free → Retired, for ever.
    function retire(bytes32 canonical, bytes32 claim) external;

    // ---- views

    /// @return A claim; Free, and all zero, where nothing was ever written.
    function claimOf(bytes32 institution, bytes32 claim) external view returns (Claim memory);

    /// @return A programme; Undeclared, and all zero, where it was never declared.
    function programmeOf(bytes32 institution, bytes32 programme) external view returns (Programme memory);

    /// @return year Hundredths used in the civil year (UTC+8) that holds `time`.
    /// @return whole Hundredths used in all.
    function usedBy(Account calldata account, uint64 time) external view returns (uint64 year, uint64 whole);
}
