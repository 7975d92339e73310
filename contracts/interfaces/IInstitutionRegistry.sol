// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Which institution a province vouches for, in what scope, with which officers and keys, at any point in time.
interface IInstitutionRegistry {
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

    /// @notice What an institution may award. `categories` is a mask, bit c for category c (bits 1 to 3); `mostCredits` in hundredths, per outcome.
    struct Scope {
        uint8 categories;
        uint8 highestLevel;
        uint32 mostCredits;
    }

    /// @notice One version of an institution's accreditation; versions count from 1.
    struct Accreditation {
        uint32 province;
        Standing standing;
        Scope scope;
        uint64 from;
    }

    /// @notice The life of an officer or a key: in force in [validFrom, min(retiredAt, compromisedSince)); zero means not set for the latter two.
    struct Tenure {
        uint64 validFrom;
        uint64 retiredAt;
        uint64 compromisedSince;
        bool founding; // an officer named in the accreditation: may approve anchors at once
    }

    // binding acts of the accrediting province (two accounts make the same call)
    function accredit(bytes32 institution, Scope calldata scope, address[] calldata officers) external;
    function narrow(bytes32 institution, Scope calldata scope) external;
    function resume(bytes32 institution) external;
    function withdraw(bytes32 institution) external;
    function appointOfficer(bytes32 institution, address officer, uint64 validFrom) external;
    function retireOfficer(bytes32 institution, address officer, uint64 retiredAt) external;
    function reportOfficer(bytes32 institution, address officer, uint64 compromisedSince) external;
    function addKey(bytes32 institution, KeyKind kind, bytes32 key, uint64 validFrom) external;
    function retireKey(bytes32 institution, bytes32 key, uint64 retiredAt) external;
    function reportKey(bytes32 institution, bytes32 key, uint64 compromisedSince) external;
    function setAlias(
        bytes32 institution,
        bytes32 outcome,
        bytes32 canonicalInstitution,
        bytes32 canonicalOutcome,
        uint64 deadline,
        bytes calldata signature,
        bytes calldata canonicalSignature
    ) external;

    // one account suffices: it protects
    function suspend(bytes32 institution) external;

    // by motion
    function move(bytes32 institution, uint32 toProvince) external;
    function permit(bytes32 institution, uint32 province) external;

    // views
    function versionAt(bytes32 institution, uint64 time) external view returns (uint32);
    function accreditation(bytes32 institution, uint32 version) external view returns (Accreditation memory);
    function accreditationAt(bytes32 institution, uint64 time) external view returns (Accreditation memory);
    function provinceOf(bytes32 institution) external view returns (uint32);
    function officer(bytes32 institution, address account) external view returns (Tenure memory);
    function key(bytes32 institution, bytes32 publicKey) external view returns (KeyKind, Tenure memory);
    function mayApproveAnchor(bytes32 institution, address account) external view returns (bool);
    function keyInForceAt(bytes32 institution, bytes32 publicKey, uint64 time) external view returns (bool);
    function canonicalOf(bytes32 institution, bytes32 outcome) external view returns (bytes32, bytes32);
}
