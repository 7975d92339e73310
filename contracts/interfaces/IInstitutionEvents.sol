// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Enumerations, events and errors of the InstitutionRegistry.
/// @notice Kinds, subjects and types of the events are in docs/events.md. An event with the field `province` has it as its subject; the
/// others, made by motion, have subject 0.
interface IInstitutionEvents {
    enum Standing {
        None,
        Accredited,
        Suspended,
        Withdrawn
    }

    enum KeyKind {
        None,
        Signing, // Ed25519, signs credentials
        Agreement // X25519, documents are encrypted to it
    }

    /// @notice What an institution may award. `categories` is a mask, bit c for category c (bits 1 to 3); `highestLevel` 1 to 10 of the
    /// regional framework; `mostCredits` in hundredths, per outcome, 1 to 99,999.
    struct Scope {
        uint8 categories;
        uint8 highestLevel;
        uint32 mostCredits;
    }

    /// @notice The province vouches for the institution from now on.
    event InstitutionAccredited(
        uint32 indexed province,
        bytes32 indexed institution,
        uint32 version,
        uint8 categories,
        uint8 highestLevel,
        uint32 mostCredits,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice The scope is smaller from now on.
    event InstitutionNarrowed(
        uint32 indexed province,
        bytes32 indexed institution,
        uint32 version,
        uint8 categories,
        uint8 highestLevel,
        uint32 mostCredits,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice The institution cannot anchor from now on.
    event InstitutionSuspended(
        uint32 indexed province,
        bytes32 indexed institution,
        uint32 version,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice The institution can anchor again.
    event InstitutionResumed(
        uint32 indexed province,
        bytes32 indexed institution,
        uint32 version,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice The province vouches no more.
    event InstitutionWithdrawn(
        uint32 indexed province,
        bytes32 indexed institution,
        uint32 version,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice A motion handed the institution to another province. Subject 0.
    event InstitutionMoved(
        bytes32 indexed institution,
        uint32 indexed fromProvince,
        uint32 indexed toProvince,
        uint32 version,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice A motion lets a province accredit this code although it is not a valid one of its own. Subject 0.
    event InstitutionPermitted(
        bytes32 indexed institution, uint32 indexed permittedProvince, address actor, uint64 sequence, bytes32 head
    );
    /// @notice An officer serves from `validFrom` on.
    event OfficerAppointed(
        uint32 indexed province,
        bytes32 indexed institution,
        address indexed officer,
        uint64 validFrom,
        bool founding,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice An officer serves until `retiredAt`.
    event OfficerRetired(
        uint32 indexed province,
        bytes32 indexed institution,
        address indexed officer,
        uint64 retiredAt,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice An officer's account is not to be believed from `compromisedSince` on.
    event OfficerReported(
        uint32 indexed province,
        bytes32 indexed institution,
        address indexed officer,
        uint64 compromisedSince,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice A key is the institution's from `validFrom` on.
    event KeyAdded(
        uint32 indexed province,
        bytes32 indexed institution,
        bytes32 indexed key,
        KeyKind kind,
        uint64 validFrom,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice A key is used until `retiredAt`.
    event KeyRetired(
        uint32 indexed province,
        bytes32 indexed institution,
        bytes32 indexed key,
        uint64 retiredAt,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice A key is not to be believed from `compromisedSince` on; what was anchored before stays good.
    event KeyReported(
        uint32 indexed province,
        bytes32 indexed institution,
        bytes32 indexed key,
        uint64 compromisedSince,
        address actor,
        uint64 sequence,
        bytes32 head
    );
    /// @notice `outcome` of `institution` is, for ever, `canonicalOutcome` of `canonicalInstitution`.
    event AliasSet(
        uint32 indexed province,
        bytes32 indexed institution,
        bytes32 indexed outcome,
        bytes32 canonicalInstitution,
        bytes32 canonicalOutcome,
        address officer,
        address canonicalOfficer,
        address actor,
        uint64 sequence,
        bytes32 head
    );

    /// @notice No province ever accredited this institution.
    error InstitutionUnknown(bytes32 institution);
    /// @notice The institution is accredited by `accrediting`; `acting` has no say in it.
    error InstitutionOfAnotherProvince(bytes32 institution, uint32 accrediting, uint32 acting);
    /// @notice What was asked cannot be done in this standing.
    error InstitutionStanding(bytes32 institution, Standing standing);
    /// @notice The code names another province and no motion permitted this one.
    error InstitutionCodeOfAnotherProvince(bytes32 institution, uint32 named, uint32 acting);
    /// @notice The institution is already where it is to be moved, or the code already permitted.
    error InstitutionAlreadyOf(bytes32 institution, uint32 province);
    /// @notice An institution moves to a member only.
    error InstitutionMoveToStranger(bytes32 institution, uint32 province);
    /// @notice A scope needs categories among bits 1 to 3, a level of 1 to 10, credits of 1 to 99,999 hundredths.
    error ScopeOutOfRange(uint8 categories, uint8 highestLevel, uint32 mostCredits);
    /// @notice A narrower scope grows in nothing and differs in something.
    error ScopeNotNarrower(bytes32 institution);
    /// @notice Officers are externally owned accounts: never zero, never a contract.
    error OfficerNotAnAccount(address officer);
    /// @notice An address has one tenure in an institution; name another address.
    error OfficerKnown(bytes32 institution, address officer);
    /// @notice This address never was an officer of the institution.
    error OfficerUnknown(bytes32 institution, address officer);
    /// @notice The signer of an alias is no officer who may approve for `institution`.
    error OfficerMayNotApprove(bytes32 institution, address signer);
    /// @notice A key is 32 bytes that are not all zero and has a kind.
    error KeyMisshapen(KeyKind kind, bytes32 key);
    /// @notice A key has one tenure in an institution; make another key.
    error KeyKnown(bytes32 institution, bytes32 key);
    /// @notice This key never was one of the institution's.
    error KeyUnknown(bytes32 institution, bytes32 key);
    /// @notice `validFrom` or `retiredAt` lies before the block's time `now_`.
    error TenureInThePast(uint64 time, uint64 now_);
    /// @notice A retirement or a compromise is only ever set to an earlier time than `set`; a compromise is not in the future.
    error TenureOnlyLowered(uint64 time, uint64 set);
    /// @notice An outcome cannot be an alias of itself.
    error AliasOfItself(bytes32 institution, bytes32 outcome);
    /// @notice An alias is set once and for ever.
    error AliasFinal(bytes32 institution, bytes32 outcome);
    /// @notice The outcome is an alias, or another's canonical one, where a chain of aliases would begin.
    error AliasChain(bytes32 institution, bytes32 outcome);
    /// @notice The officers' signatures held until `deadline`.
    error AliasExpired(uint64 deadline);
}
