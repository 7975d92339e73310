// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortium} from "../../contracts/interfaces/IConsortium.sol";
import {IConsortiumEvents} from "../../contracts/interfaces/IConsortiumEvents.sol";
import {Names} from "../../contracts/libraries/Names.sol";
import {Roles} from "../../contracts/libraries/Roles.sol";
import {Register} from "./base/Doubles.sol";
import {World} from "./base/World.sol";

/// @title Which account serves which province as what.
contract ConsortiumAccountsTest is World {
    Register private _register;

    function registries() internal override returns (bytes32[] memory names, address[] memory targets) {
        _register = new Register(Names.INSTITUTION_REGISTRY, consortium, directory, address(0));
        names = new bytes32[](1);
        targets = new address[](1);
        names[0] = Names.INSTITUTION_REGISTRY;
        targets[0] = address(_register);
    }

    // --- authorise -------------------------------------------------------------------------------------------------

    /// "Roles of operators: anchor, attest, status, batch status, law, transfer."
    function test_authorise_anOperatorHoldsItsRolesAndNoOther() public {
        Team memory who = team(JIANGSU);
        uint8 held = Roles.ANCHOR | Roles.ATTEST | Roles.STATUS | Roles.TRANSFER;
        for (uint8 role = 1; role <= 32; role *= 2) {
            assertEq(consortium.authorise(who.admin, role), JIANGSU);
            if (held & role != 0) {
                assertEq(consortium.authorise(who.operator, role), JIANGSU);
                _unauthorised(who.law, JIANGSU, role);
            } else {
                assertEq(consortium.authorise(who.law, role), JIANGSU);
                _unauthorised(who.operator, JIANGSU, role);
            }
            _unauthorised(who.recovery, JIANGSU, role);
        }
    }

    /// A mask of several roles, none or an unknown one is nobody's role, not even the admin's.
    function testFuzz_authorise_revertsWith_unauthorised_forWhatIsNotOneRole(uint8 role) public {
        bool one = role == 1 || role == 2 || role == 4 || role == 8 || role == 16 || role == 32;
        if (one) return;
        _unauthorised(team(JIANGSU).admin, JIANGSU, role);
        _unauthorised(team(JIANGSU).operator, JIANGSU, role);
    }

    function testFuzz_authorise_revertsWith_unauthorised_forAStranger(address stranger) public {
        vm.assume(consortium.bindingOf(stranger).province == 0);
        _unauthorised(stranger, 0, Roles.LAW);
    }

    function test_authorise_revertsWith_unauthorised_forAnOfficer() public {
        address officer = makeAddr("officer");
        _register.bindOfficer(officer, ANHUI);
        _unauthorised(officer, ANHUI, Roles.ANCHOR);
    }

    function test_authorise_revertsWith_paused() public {
        resolve(abi.encodeCall(IConsortium.pause, (ANHUI)));
        vm.expectRevert(abi.encodeWithSelector(IConsortiumEvents.ConsortiumPaused.selector, ANHUI, time() + 90 days));
        consortium.authorise(team(ANHUI).admin, Roles.LAW);
    }

    /// "operators with roles and quotas"
    function test_dailyLeavesOf_isTheQuotaOfAnOperatorInForce() public {
        assertEq(consortium.dailyLeavesOf(team(ANHUI).operator), DAILY_LEAVES);
        assertEq(consortium.dailyLeavesOf(team(ANHUI).law), 0);
        assertEq(consortium.dailyLeavesOf(team(ANHUI).admin), 0);
        assertEq(consortium.dailyLeavesOf(makeAddr("stranger")), 0);
        resolve(abi.encodeCall(IConsortium.pause, (ANHUI)));
        assertEq(consortium.dailyLeavesOf(team(ANHUI).operator), 0);
        skip(90 days);
        assertEq(consortium.dailyLeavesOf(team(ANHUI).operator), DAILY_LEAVES);
    }

    // --- operators and quotas --------------------------------------------------------------------------------------

    /// "Binding acts: … operators and quotas"
    function test_setOperator_takesTwoAccounts() public {
        address account = makeAddr("second gateway");
        bytes memory call = _set(account, Roles.ANCHOR, 50);
        by(team(ANHUI).law, address(consortium), call);
        assertEq(consortium.dailyLeavesOf(account), 0);
        _unauthorised(account, 0, Roles.ANCHOR);
        by(team(ANHUI).admin, address(consortium), call);
        assertEq(consortium.dailyLeavesOf(account), 50);
        assertEq(consortium.authorise(account, Roles.ANCHOR), ANHUI);
        assertEq(consortium.operatorsOf(ANHUI).length, 3);
    }

    /// "operators with roles and quotas"
    function test_setOperator_replacesRolesAndQuota() public {
        address operator = team(ANHUI).operator;
        act(ANHUI, _set(operator, Roles.STATUS, 7));
        assertEq(consortium.operatorsOf(ANHUI).length, 2);
        assertEq(consortium.dailyLeavesOf(operator), 7);
        assertEq(consortium.authorise(operator, Roles.STATUS), ANHUI);
        _unauthorised(operator, ANHUI, Roles.ANCHOR);
        assertEq(uint8(consortium.bindingOf(operator).family), uint8(IConsortiumEvents.Family.Operator));
    }

    function test_setOperator_withNoRolesEndsTheOperator() public {
        address operator = team(ANHUI).operator;
        act(ANHUI, _set(operator, 0, 0));
        _unauthorised(operator, ANHUI, Roles.ANCHOR);
        address[] memory left = consortium.operatorsOf(ANHUI);
        assertEq(left.length, 1);
        assertEq(left[0], team(ANHUI).law);
        assertEq(consortium.bindingOf(operator).province, ANHUI);
        act(ANHUI, _set(operator, Roles.ANCHOR, 9));
        assertEq(consortium.dailyLeavesOf(operator), 9);
        assertEq(consortium.operatorsOf(ANHUI).length, 2);
    }

    function test_setOperator_theListKeepsWhoIsLeft_inWhateverOrderTheyGo() public {
        address third = makeAddr("third");
        act(ANHUI, _set(third, Roles.LAW, 0));
        act(ANHUI, _set(team(ANHUI).law, 0, 0)); // in the middle; the two that act are the admin and itself
        address[] memory left = consortium.operatorsOf(ANHUI);
        assertEq(left.length, 2);
        assertEq(left[0], team(ANHUI).operator);
        assertEq(left[1], third);
    }

    function test_setOperator_revertsWith_notOperator() public {
        address[3] memory none = [makeAddr("stranger"), team(SHANGHAI).operator, team(ANHUI).admin];
        for (uint256 i = 0; i < none.length; i++) {
            refusedTwice(
                ANHUI,
                _set(none[i], 0, 0),
                abi.encodeWithSelector(IConsortiumEvents.ConsortiumNotOperator.selector, none[i])
            );
        }
        address operator = team(ANHUI).operator;
        act(ANHUI, _set(operator, 0, 9));
        assertEq(consortium.dailyLeavesOf(operator), 0); // whatever quota was named with no roles
        refusedTwice(
            ANHUI,
            _set(operator, 0, 0),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumNotOperator.selector, operator)
        );
    }

    function test_setOperator_revertsWith_invalidRoles() public {
        address account = makeAddr("second gateway");
        refusedTwice(
            ANHUI,
            _set(account, 64, 0),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumInvalidRoles.selector, account, 64)
        );
    }

    function test_setOperator_revertsWith_tooManyOperators() public {
        for (uint256 i = 2; i < 16; i++) {
            act(ANHUI, _set(makeAddr(vm.toString(i)), Roles.STATUS, 0));
        }
        assertEq(consortium.operatorsOf(ANHUI).length, 16);
        refusedTwice(
            ANHUI,
            _set(makeAddr("one more"), Roles.STATUS, 0),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumTooManyOperators.selector, ANHUI, 17)
        );
        act(ANHUI, _set(makeAddr("2"), Roles.ANCHOR, 1)); // one of the sixteen may still change
        assertEq(consortium.dailyLeavesOf(makeAddr("2")), 1);
    }

    /// "one key binds a province": the last account beside the admin that could confirm does not go.
    function test_setOperator_revertsWith_noSecondAccount() public {
        bytes memory why = abi.encodeWithSelector(IConsortiumEvents.ConsortiumNoSecondAccount.selector, ANHUI);
        refusedTwice(ANHUI, _set(team(ANHUI).law, 0, 0), why);
        refusedTwice(ANHUI, _set(team(ANHUI).law, Roles.BATCH_STATUS, 0), why);
        act(ANHUI, _set(makeAddr("other"), Roles.LAW, 0));
        by(makeAddr("other"), address(consortium), _set(team(ANHUI).law, Roles.BATCH_STATUS, 0)); // the admin has proposed it
        _unauthorised(team(ANHUI).law, ANHUI, Roles.LAW);
    }

    function test_setOperator_revertsWith_unauthorised() public {
        address[4] memory others = [team(ANHUI).operator, team(ANHUI).recovery, makeAddr("stranger"), address(this)];
        for (uint256 i = 0; i < others.length; i++) {
            uint32 province = i < 2 ? ANHUI : 0;
            refused(
                others[i],
                _set(makeAddr("mine"), Roles.LAW, 0),
                abi.encodeWithSelector(
                    IConsortiumEvents.ConsortiumUnauthorised.selector, others[i], province, Roles.LAW
                )
            );
        }
    }

    // --- one address, one province, one family -----------------------------------------------------------------------

    /// "An address serves one province and one role family for ever."
    function test_setOperator_revertsWith_accountBound() public {
        _register.bindOfficer(makeAddr("officer"), ANHUI);
        address[5] memory taken = [
            team(SHANGHAI).operator, team(SHANGHAI).admin, team(ANHUI).admin, team(ANHUI).recovery, makeAddr("officer")
        ];
        for (uint256 i = 0; i < taken.length; i++) {
            IConsortiumEvents.Binding memory binding = consortium.bindingOf(taken[i]);
            refusedTwice(
                ANHUI,
                _set(taken[i], Roles.LAW, 0),
                abi.encodeWithSelector(
                    IConsortiumEvents.ConsortiumAccountBound.selector, taken[i], binding.province, binding.family
                )
            );
        }
    }

    /// "An address serves one province … for ever": also when it is an operator no more.
    function test_setOperator_anEndedOperatorServesNoOtherProvince() public {
        address operator = team(ANHUI).operator;
        act(ANHUI, _set(operator, 0, 0));
        refusedTwice(
            SHANGHAI,
            _set(operator, Roles.ANCHOR, 1),
            abi.encodeWithSelector(
                IConsortiumEvents.ConsortiumAccountBound.selector, operator, ANHUI, IConsortiumEvents.Family.Operator
            )
        );
    }

    function test_setOperator_revertsWith_invalidAccount() public {
        refusedTwice(
            ANHUI,
            _set(address(consortium), Roles.LAW, 0),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumInvalidAccount.selector, address(consortium))
        );
        refusedTwice(
            ANHUI,
            _set(address(0), Roles.LAW, 0),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumInvalidAccount.selector, address(0))
        );
    }

    function test_bindOfficer_bindsForEver_andOnceIsEnough() public {
        address officer = makeAddr("officer");
        _register.bindOfficer(officer, ANHUI);
        (, uint64 sequence) = consortium.headOf(ANHUI);
        _register.bindOfficer(officer, ANHUI);
        (, uint64 after_) = consortium.headOf(ANHUI);
        assertEq(after_, sequence);
        IConsortiumEvents.Binding memory binding = consortium.bindingOf(officer);
        assertEq(binding.province, ANHUI);
        assertEq(uint8(binding.family), uint8(IConsortiumEvents.Family.Officer));
    }

    function test_bindOfficer_revertsWith_accountBound() public {
        address operator = team(ANHUI).operator;
        vm.expectRevert(
            abi.encodeWithSelector(
                IConsortiumEvents.ConsortiumAccountBound.selector, operator, ANHUI, IConsortiumEvents.Family.Operator
            )
        );
        _register.bindOfficer(operator, ANHUI);
        _register.bindOfficer(makeAddr("officer"), ANHUI);
        vm.expectRevert(
            abi.encodeWithSelector(
                IConsortiumEvents.ConsortiumAccountBound.selector,
                makeAddr("officer"),
                ANHUI,
                IConsortiumEvents.Family.Officer
            )
        );
        _register.bindOfficer(makeAddr("officer"), JIANGSU);
    }

    function testFuzz_bindOfficer_revertsWith_unknownCaller(address stranger) public {
        vm.assume(stranger != address(_register));
        refused(
            stranger,
            abi.encodeCall(IConsortium.bindOfficer, (makeAddr("officer"), ANHUI)),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumUnknownCaller.selector, stranger)
        );
    }

    // --- helpers ---------------------------------------------------------------------------------------------------

    function _set(address account, uint8 roles, uint32 quota) private pure returns (bytes memory) {
        return abi.encodeCall(IConsortium.setOperator, (IConsortiumEvents.OperatorGrant(account, roles, quota)));
    }

    function _unauthorised(address account, uint32 province, uint8 role) private {
        vm.expectRevert(
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumUnauthorised.selector, account, province, role)
        );
        consortium.authorise(account, role);
    }
}
