// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Who the members are, who acts for them, what they have jointly decided, who chairs.
interface IConsortium {
    /// @notice What an address is for, for ever.
    enum Family {
        None,
        Admin,
        Recovery,
        Operator,
        Officer
    }

    /// @notice An operator account of a member. `roles` is a mask of the Roles library; `dailyLeaves` bounds what it may anchor per day (UTC+8).
    struct OperatorGrant {
        address account;
        uint8 roles;
        uint32 dailyLeaves;
    }

    struct Founding {
        uint32 province;
        address admin;
        address recovery;
        OperatorGrant[] operators;
    }

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

    /// @return How many leaves `operator` may anchor in one day (UTC+8).
    function dailyLeavesOf(address operator) external view returns (uint32);

    /// @return Whether `province` is a member now (a paused member is one).
    function isMember(uint32 province) external view returns (bool);

    /// @return Whether `province` is a member and not paused.
    function canAct(uint32 province) external view returns (bool);

    /// @return The member that keeps a gone member's records; zero when none is named or the province is not gone.
    function custodianOf(uint32 province) external view returns (uint32);

    /// @return The consortium that follows this one; zero while this one is in force.
    function successor() external view returns (address);
}
