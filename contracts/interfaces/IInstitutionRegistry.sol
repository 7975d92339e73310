// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IGoverned} from "./IGoverned.sol";
import {IInstitutionEvents} from "./IInstitutionEvents.sol";

/// @title Which institution a province vouches for, in what scope, with which officers and keys, at any point in time.
/// @notice An institution is the bytes32 of the 18 ASCII characters of its unified social credit code (GB 32100), left-aligned and
/// zero-padded. Times are seconds since 1970, intervals half-open. In every call that takes effect at a time, zero stands for "now",
/// the time of the block in which a binding act is confirmed. Whoever changes something must act for the accrediting province.
interface IInstitutionRegistry is IGoverned, IInstitutionEvents {
    /// @notice One version of an institution's accreditation; versions count from 1. Standing None: there is no such version.
    struct Accreditation {
        uint32 province;
        Standing standing;
        Scope scope;
        uint64 from;
    }

    /// @notice The life of an officer or a key: in force in [validFrom, min(retiredAt, compromisedSince)); zero means not set for the
    /// latter two. `validFrom` zero: unknown. `province` named it; an officer counts only while that province accredits the institution.
    struct Tenure {
        uint64 validFrom;
        uint64 retiredAt;
        uint64 compromisedSince;
        bool founding; // an officer named in the first accreditation: may approve anchors at once
        uint32 province;
    }

    // ---- binding acts of the accrediting province (two accounts of the member make the same call; role LAW)

    /// @notice Vouches for an institution that was never accredited, or that this very province withdrew: into other hands it goes by
    /// motion alone. At the first time its code must be a valid USCC of this province, unless a motion permitted it, and the officers
    /// named may approve anchors at once.
    function accredit(bytes32 institution, Scope calldata scope, address[] calldata officers) external;

    /// @notice Takes something out of the scope: categories, highest level or most credits; nothing may grow.
    function narrow(bytes32 institution, Scope calldata scope) external;

    /// @notice Ends a suspension.
    function resume(bytes32 institution) external;

    /// @notice Ends the accreditation. What was anchored stays; the province remains the one that acts on it.
    function withdraw(bytes32 institution) external;

    /// @notice Appoints an officer: an externally owned account that has never been an officer of this institution, nor anything else.
    /// It may approve anchors OFFICER_DELAY after `validFrom`.
    /// @param validFrom Not in the past; zero: now.
    function appointOfficer(bytes32 institution, address officer, uint64 validFrom) external;

    /// @param retiredAt Not in the past, and earlier than any retirement already set; zero: now.
    function retireOfficer(bytes32 institution, address officer, uint64 retiredAt) external;

    /// @param compromisedSince Not in the future, and earlier than any already reported.
    function reportOfficer(bytes32 institution, address officer, uint64 compromisedSince) external;

    /// @param key 32-byte public key: Ed25519 (RFC 8032) for Signing, X25519 (RFC 7748) for Agreement. A key has one tenure for ever.
    /// @param validFrom Not in the past; zero: now.
    function addKey(bytes32 institution, KeyKind kind, bytes32 key, uint64 validFrom) external;

    /// @param retiredAt Not in the past, and earlier than any retirement already set; zero: now.
    function retireKey(bytes32 institution, bytes32 key, uint64 retiredAt) external;

    /// @param compromisedSince Not in the future, and earlier than any already reported.
    function reportKey(bytes32 institution, bytes32 key, uint64 compromisedSince) external;

    /// @notice States for ever that an outcome is another one, renamed or jointly awarded. Both institutions are accredited by the acting
    /// province; an officer of each who may approve signs Alias(bytes32 institution,bytes32 outcome,bytes32 canonicalInstitution,
    /// bytes32 canonicalOutcome,uint64 deadline) (EIP-712, domain name "Huren InstitutionRegistry", version "1", chainId, this contract).
    /// @param signature 65 bytes (r ‖ s ‖ v) of an officer of `institution`.
    /// @param canonicalSignature The same of an officer of `canonicalInstitution`.
    function setAlias(
        bytes32 institution,
        bytes32 outcome,
        bytes32 canonicalInstitution,
        bytes32 canonicalOutcome,
        uint64 deadline,
        bytes calldata signature,
        bytes calldata canonicalSignature
    ) external;

    // ---- one account suffices: it protects (role LAW)

    /// @notice Stops an institution from anchoring until it is resumed.
    function suspend(bytes32 institution) external;

    // ---- by motion

    /// @notice Hands an institution to another member. Standing, scope and keys stay; officers are to be appointed anew, since an
    /// address serves one province for ever.
    function move(bytes32 institution, uint32 toProvince) external;

    /// @notice Lets `province` accredit 18 characters that are not a valid USCC of it.
    function permit(bytes32 institution, uint32 province) external;

    // ---- views; none reverts for an unknown institution: it has version 0, standing None, and nothing in force

    /// @return How long after `validFrom` an officer appointed later may approve anchors, in seconds.
    function OFFICER_DELAY() external view returns (uint64);

    /// @return The version in force at `time`; 0 before the first. Of several versions of one second, the last.
    function versionAt(bytes32 institution, uint64 time) external view returns (uint32);

    /// @return One version; standing None where there is none.
    function accreditation(bytes32 institution, uint32 version) external view returns (Accreditation memory);

    /// @return The version in force at `time`; standing None before the first.
    function accreditationAt(bytes32 institution, uint64 time) external view returns (Accreditation memory);

    /// @return The province that accredits the institution now, or did last; zero for an unknown institution.
    function provinceOf(bytes32 institution) external view returns (uint32);

    /// @return Whether a motion permitted `province` to accredit this code.
    function isPermitted(bytes32 institution, uint32 province) external view returns (bool);

    /// @return An officer's tenure.
    function officer(bytes32 institution, address account) external view returns (Tenure memory);

    /// @return A key's kind and tenure.
    function key(bytes32 institution, bytes32 publicKey) external view returns (KeyKind, Tenure memory);

    /// @return Whether `account` is an officer in force at `time`, of an institution accredited at that time by the province that named it.
    function officerInForceAt(bytes32 institution, address account, uint64 time) external view returns (bool);

    /// @return Whether `account` may approve an anchor at this moment (standing apart).
    function mayApproveAnchor(bytes32 institution, address account) external view returns (bool);

    /// @notice All that an anchoring depends on, in one call.
    /// @return version In force now; 0 for an unknown institution.
    /// @return province Of that version.
    /// @return standing Of that version.
    /// @return approves Whether `account` may approve an anchor now.
    function anchoringTerms(bytes32 institution, address account)
        external
        view
        returns (uint32 version, uint32 province, Standing standing, bool approves);

    /// @return Whether a key of either kind is in force at `time`. Who checks a signature must also see that its kind is Signing.
    function keyInForceAt(bytes32 institution, bytes32 publicKey, uint64 time) external view returns (bool);

    /// @return The institution and outcome that this outcome is an alias of; itself where it is none.
    function canonicalOf(bytes32 institution, bytes32 outcome) external view returns (bytes32, bytes32);

    /// @return The same as of `time`.
    function canonicalOfAt(bytes32 institution, bytes32 outcome, uint64 time) external view returns (bytes32, bytes32);

    /// @return Whether some alias points at this outcome, so that it can never become an alias itself.
    function isCanonical(bytes32 institution, bytes32 outcome) external view returns (bool);
}
