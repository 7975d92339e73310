// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IInstitutionRegistry} from "../interfaces/IInstitutionRegistry.sol";
import {RegistryKinds} from "../libraries/RegistryKinds.sol";
import {Roles} from "../libraries/Roles.sol";
import {Tenures} from "../libraries/Tenures.sol";
import {Accreditations} from "./Accreditations.sol";

/// @title Who approves for an institution, from when until when.
/// @dev A tenure's `validFrom` is its written-flag: never zero once written here.
abstract contract Officers is Accreditations {
    /// @inheritdoc IInstitutionRegistry
    uint64 public constant override OFFICER_DELAY = 3 days;

    mapping(bytes32 institution => mapping(address account => Tenure)) private _officers; // slot 3

    // ---- acts of the province

    /// @inheritdoc IInstitutionRegistry
    function accredit(bytes32 institution, Scope calldata scope, address[] calldata officers)
        external
        override
        inForce
    {
        (bool first, bool confirmed) = _accredit(institution, scope);
        if (!confirmed) return;
        uint32 province = _known(institution).province;
        for (uint256 i; i < officers.length; ++i) {
            // An institution accredited again is no way round the delay.
            _appoint(institution, officers[i], Tenure(uint64(block.timestamp), 0, 0, first, province));
        }
    }

    /// @inheritdoc IInstitutionRegistry
    function appointOfficer(bytes32 institution, address account, uint64 validFrom) external override inForce {
        Accreditation memory current = _own(institution);
        _requireStanding(institution, current.standing, Standing.Accredited, Standing.Suspended);
        Tenure memory tenure = Tenure(Tenures.begin(validFrom), 0, 0, false, current.province);
        _requireNew(institution, account);
        if (!_bindingAct(current.province, Roles.LAW)) return;
        _appoint(institution, account, tenure);
    }

    /// @inheritdoc IInstitutionRegistry
    function retireOfficer(bytes32 institution, address account, uint64 retiredAt) external override inForce {
        (uint32 province, Tenure memory tenure) = _ownOfficer(institution, account);
        tenure.retiredAt = Tenures.retire(tenure, retiredAt);
        if (!_bindingAct(province, Roles.LAW)) return;
        _officers[institution][account] = tenure;
        (uint64 sequence, bytes32 head) = _record(
            province,
            RegistryKinds.OFFICER_RETIRED,
            keccak256(abi.encode(province, institution, account, tenure.retiredAt))
        );
        emit OfficerRetired(province, institution, account, tenure.retiredAt, msg.sender, sequence, head);
    }

    /// @inheritdoc IInstitutionRegistry
    function reportOfficer(bytes32 institution, address account, uint64 compromisedSince) external override inForce {
        (uint32 province, Tenure memory tenure) = _ownOfficer(institution, account);
        Tenures.report(tenure, compromisedSince);
        if (!_bindingAct(province, Roles.LAW)) return;
        tenure.compromisedSince = compromisedSince;
        _officers[institution][account] = tenure;
        (uint64 sequence, bytes32 head) = _record(
            province,
            RegistryKinds.OFFICER_REPORTED,
            keccak256(abi.encode(province, institution, account, compromisedSince))
        );
        emit OfficerReported(province, institution, account, compromisedSince, msg.sender, sequence, head);
    }

    // ---- views

    /// @inheritdoc IInstitutionRegistry
    function officerInForceAt(bytes32 institution, address account, uint64 time) external view override returns (bool) {
        Tenure memory tenure = officer(institution, account);
        return Tenures.inForceAt(tenure, time) && accreditationAt(institution, time).province == tenure.province;
    }

    /// @inheritdoc IInstitutionRegistry
    function mayApproveAnchor(bytes32 institution, address account) external view override returns (bool approves) {
        (,,, approves) = anchoringTerms(institution, account);
    }

    /// @inheritdoc IInstitutionRegistry
    function officer(bytes32 institution, address account) public view override returns (Tenure memory) {
        Tenure storage tenure = _officers[institution][account];
        if (tenure.validFrom == 0 && predecessor != address(0)) {
            return IInstitutionRegistry(predecessor).officer(institution, account);
        }
        return tenure;
    }

    /// @inheritdoc IInstitutionRegistry
    function anchoringTerms(bytes32 institution, address account)
        public
        view
        override
        returns (uint32 version, uint32 province, Standing standing, bool approves)
    {
        version = _latestOf(institution);
        Accreditation memory current = accreditation(institution, version);
        (province, standing) = (current.province, current.standing);
        Tenure memory tenure = officer(institution, account);
        uint64 time = uint64(block.timestamp);
        // An address serves one province for ever, so an institution that moved takes no officer along.
        approves = Tenures.inForceAt(tenure, time) && tenure.province == province
            && (tenure.founding || time >= tenure.validFrom + OFFICER_DELAY);
    }

    // ---- inside

    function _appoint(bytes32 institution, address account, Tenure memory tenure) private {
        _requireNew(institution, account);
        _officers[institution][account] = tenure;
        _consortium().bindOfficer(account, tenure.province);
        (uint64 sequence, bytes32 head) = _record(
            tenure.province,
            RegistryKinds.OFFICER_APPOINTED,
            keccak256(abi.encode(tenure.province, institution, account, tenure.validFrom, tenure.founding))
        );
        emit OfficerAppointed(
            tenure.province, institution, account, tenure.validFrom, tenure.founding, msg.sender, sequence, head
        );
    }

    function _ownOfficer(bytes32 institution, address account)
        private
        view
        returns (uint32 province, Tenure memory tenure)
    {
        province = _own(institution).province;
        tenure = officer(institution, account);
        if (tenure.validFrom == 0) revert OfficerUnknown(institution, account);
    }

    function _requireNew(bytes32 institution, address account) private view {
        if (account == address(0) || account.code.length != 0) revert OfficerNotAnAccount(account);
        if (officer(institution, account).validFrom != 0) revert OfficerKnown(institution, account);
    }
}
