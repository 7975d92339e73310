// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Consortium} from "../../contracts/Consortium.sol";
import {IConsortium} from "../../contracts/interfaces/IConsortium.sol";
import {IConsortiumEvents} from "../../contracts/interfaces/IConsortiumEvents.sol";
import {IDirectory} from "../../contracts/interfaces/IDirectory.sol";
import {IGoverned} from "../../contracts/interfaces/IGoverned.sol";
import {Names} from "../../contracts/libraries/Names.sol";
import {Roles} from "../../contracts/libraries/Roles.sol";
import {Register} from "./base/Doubles.sol";
import {World} from "./base/World.sol";

/// @title How a consortium begins.
contract ConsortiumConstitutionTest is World {
    bytes32[] private _names;
    address[] private _targets;

    function setUp() public override {
        vm.warp(START);
        deploy(false);
    }

    function registries() internal view override returns (bytes32[] memory, address[] memory) {
        return (_names, _targets);
    }

    /// "constitute() is callable once, by the deployer, and registers the first addresses without the time lock."
    function test_constitute_registersTheFirstAddressesAtOnce() public {
        Register register = new Register(Names.INSTITUTION_REGISTRY, consortium, directory, address(0));
        _names.push(Names.INSTITUTION_REGISTRY);
        _targets.push(address(register));
        constitute();
        assertEq(directory.resolve(Names.CONSORTIUM), address(consortium));
        assertEq(directory.resolve(Names.DIRECTORY), address(directory));
        assertEq(directory.resolve(Names.INSTITUTION_REGISTRY), address(register));
        assertEq(consortium.constitutedAt(), START);
        assertEq(consortium.successor(), address(0));
        assertEq(directory.successor(), address(0));
    }

    /// "constitute() is callable once"
    function test_constitute_revertsWith_alreadyConstituted() public {
        constitute();
        (bytes32[] memory names, address[] memory targets) = registries();
        IConsortiumEvents.Founding[] memory founding = foundings();
        refused(
            address(this),
            abi.encodeCall(IConsortium.constitute, (founding, names, targets)),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumAlreadyConstituted.selector, START)
        );
    }

    /// "constitute() is callable once, by the deployer"
    function testFuzz_constitute_revertsWith_notDeployer(address stranger) public {
        vm.assume(stranger != address(this));
        IConsortiumEvents.Founding[] memory founding = foundings();
        refused(
            stranger,
            abi.encodeCall(IConsortium.constitute, (founding, _names, _targets)),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumNotDeployer.selector, stranger)
        );
    }

    /// "who the members are, who acts for them, …, who chairs"
    function test_constitute_admitsTheFoundersInTheOrderOfChairs() public {
        constitute();
        uint32[] memory present = consortium.members();
        assertEq(present.length, 4);
        assertEq(present[0], SHANGHAI);
        assertEq(present[1], JIANGSU);
        assertEq(present[2], ZHEJIANG);
        assertEq(present[3], ANHUI);
        assertEq(consortium.chair(), SHANGHAI);
        IConsortiumEvents.Tenure[] memory tenures = consortium.tenures();
        assertEq(tenures.length, 4);
        assertEq(tenures[3].province, ANHUI);
        assertEq(tenures[3].from, START);
        assertEq(tenures[3].until, type(uint64).max);
        IConsortiumEvents.Member memory member = consortium.memberOf(ZHEJIANG);
        assertEq(member.admin, team(ZHEJIANG).admin);
        assertEq(member.recovery, team(ZHEJIANG).recovery);
        assertEq(member.generation, 1);
        assertEq(member.tenure, 3);
        assertEq(member.pausedUntil, 0);
        assertEq(member.custodian, 0);
        address[] memory operators = consortium.operatorsOf(ZHEJIANG);
        assertEq(operators.length, 2);
        assertEq(operators[0], team(ZHEJIANG).operator);
        assertEq(operators[1], team(ZHEJIANG).law);
    }

    /// "Below four members only in a trial."
    function test_constitute_revertsWith_tooFewMembers() public {
        IConsortiumEvents.Founding[] memory three = _first(3);
        refused(
            address(this),
            abi.encodeCall(IConsortium.constitute, (three, _names, _targets)),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumTooFewMembers.selector, 3, 4)
        );
    }

    /// "Below four members only in a trial."
    function test_constitute_aTrialBeginsWithOneMember_butNotWithNone() public {
        deploy(true);
        IConsortiumEvents.Founding[] memory none = _first(0);
        refused(
            address(this),
            abi.encodeCall(IConsortium.constitute, (none, _names, _targets)),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumTooFewMembers.selector, 0, 1)
        );
        consortium.constitute(_first(1), _names, _targets);
        assertTrue(consortium.trial());
        assertEq(consortium.members().length, 1);
    }

    function test_constitute_revertsWith_alreadyMember() public {
        IConsortiumEvents.Founding[] memory founding = foundings();
        founding[3] = founding[0];
        refused(
            address(this),
            abi.encodeCall(IConsortium.constitute, (founding, _names, _targets)),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumAlreadyMember.selector, SHANGHAI)
        );
    }

    /// "province: uint32, GB/T 2260"
    function test_constitute_revertsWith_invalidProvince() public {
        IConsortiumEvents.Founding[] memory founding = foundings();
        founding[2].province = 310115; // a district
        refused(
            address(this),
            abi.encodeCall(IConsortium.constitute, (founding, _names, _targets)),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumInvalidProvince.selector, 310115)
        );
    }

    /// "An address serves one province and one role family for ever."
    function test_constitute_revertsWith_accountBound_whereTwoProvincesNameOneAddress() public {
        IConsortiumEvents.Founding[] memory founding = foundings();
        founding[1].operators[0].account = founding[0].admin;
        refused(
            address(this),
            abi.encodeCall(IConsortium.constitute, (founding, _names, _targets)),
            abi.encodeWithSelector(
                IConsortiumEvents.ConsortiumAccountBound.selector,
                founding[0].admin,
                SHANGHAI,
                IConsortiumEvents.Family.Admin
            )
        );
    }

    /// "one key binds a province": a member whose admin has no second account could do no binding act at all.
    function test_constitute_revertsWith_noSecondAccount() public {
        IConsortiumEvents.Founding[] memory founding = foundings();
        founding[1].operators[1].roles = 8;
        refused(
            address(this),
            abi.encodeCall(IConsortium.constitute, (founding, _names, _targets)),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumNoSecondAccount.selector, JIANGSU)
        );
    }

    function test_constitute_revertsWith_duplicateOperator() public {
        IConsortiumEvents.Founding[] memory founding = foundings();
        founding[1].operators[1].account = founding[1].operators[0].account;
        refused(
            address(this),
            abi.encodeCall(IConsortium.constitute, (founding, _names, _targets)),
            abi.encodeWithSelector(
                IConsortiumEvents.ConsortiumDuplicateOperator.selector, founding[1].operators[0].account
            )
        );
    }

    function test_constitute_takesSixteenOperators() public {
        IConsortiumEvents.Founding[] memory founding = foundings();
        IConsortiumEvents.OperatorGrant[] memory grants = new IConsortiumEvents.OperatorGrant[](16);
        for (uint256 i = 0; i < grants.length; i++) {
            grants[i] = IConsortiumEvents.OperatorGrant(makeAddr(vm.toString(i)), Roles.LAW, 0);
        }
        founding[0].operators = grants;
        consortium.constitute(founding, _names, _targets);
        assertEq(consortium.operatorsOf(SHANGHAI).length, 16);
    }

    function test_constitute_revertsWith_tooManyOperators() public {
        IConsortiumEvents.Founding[] memory founding = foundings();
        founding[0].operators = new IConsortiumEvents.OperatorGrant[](17);
        refused(
            address(this),
            abi.encodeCall(IConsortium.constitute, (founding, _names, _targets)),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumTooManyOperators.selector, SHANGHAI, 17)
        );
    }

    function test_constitute_revertsWith_invalidRoles() public {
        IConsortiumEvents.Founding[] memory founding = foundings();
        address account = founding[0].operators[0].account;
        for (uint256 i = 0; i < 2; i++) {
            founding[0].operators[0].roles = i == 0 ? 0 : 64;
            refused(
                address(this),
                abi.encodeCall(IConsortium.constitute, (founding, _names, _targets)),
                abi.encodeWithSelector(
                    IConsortiumEvents.ConsortiumInvalidRoles.selector, account, founding[0].operators[0].roles
                )
            );
        }
    }

    /// A motion calls as the Consortium: were it somebody's account, a motion could act for that member.
    function test_constitute_revertsWith_invalidAccount() public {
        IConsortiumEvents.Founding[] memory founding = foundings();
        address[2] memory bad = [address(0), address(consortium)];
        for (uint256 i = 0; i < bad.length; i++) {
            founding[0].recovery = bad[i];
            refused(
                address(this),
                abi.encodeCall(IConsortium.constitute, (founding, _names, _targets)),
                abi.encodeWithSelector(IConsortiumEvents.ConsortiumInvalidAccount.selector, bad[i])
            );
        }
    }

    /// Before the constitution nobody is a member, nobody chairs, and nothing is in force.
    function test_beforeTheConstitution_nothingMoves() public {
        assertEq(consortium.chair(), 0);
        assertEq(consortium.members().length, 0);
        assertEq(consortium.successor(), address(0));
        assertEq(directory.successor(), address(0));
        assertFalse(directory.isCurrent(address(consortium)));
        refused(
            address(this),
            abi.encodeCall(IConsortium.giveNotice, ()),
            abi.encodeWithSelector(IGoverned.Superseded.selector, Names.CONSORTIUM, address(0))
        );
    }

    function test_parameters_areThoseOfTheDeployment() public view {
        assertEq(keccak256(abi.encode(consortium.parameters())), keccak256(abi.encode(parameters())));
        assertFalse(consortium.trial());
    }

    /// A recovery takes seven days and somebody has to ask for it: whoever stole two accounts must not get a member out before, and whoever stole a
    /// recovery address must not be through with it before the members could vote, whoever chairs.
    function testFuzz_constructor_revertsWith_invalidParameter(uint256 which, uint64 value) public {
        IConsortiumEvents.Parameters memory how = parameters();
        which = bound(which, 0, 5);
        uint64 least = which == 3 ? 0 : which == 4 ? 14 days : 1;
        uint64 most = which == 1 ? 3 days : 3650 days;
        if (value >= least) value = uint64(bound(value, most + 1, type(uint64).max));
        bytes32[6] memory names =
            [bytes32("term"), "motionNotice", "votingPeriod", "grace", "leavingNotice", "timeLock"];
        if (which == 0) how.term = value;
        if (which == 1) how.motionNotice = value;
        if (which == 2) how.votingPeriod = value;
        if (which == 3) how.grace = value;
        if (which == 4) how.leavingNotice = value;
        if (which == 5) how.timeLock = value;
        vm.expectRevert(
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumInvalidParameter.selector, names[which], value)
        );
        new Consortium(IDirectory(address(directory)), false, how);
    }

    function test_constructor_acceptsEveryBound() public {
        uint64 longest = 3650 days;
        Consortium long = new Consortium(
            directory, false, IConsortiumEvents.Parameters(longest, 3 days, longest, longest, longest, longest)
        );
        Consortium short = new Consortium(directory, true, IConsortiumEvents.Parameters(1, 1, 1, 0, 14 days, 1));
        assertEq(long.parameters().timeLock, longest);
        assertEq(short.parameters().leavingNotice, 14 days);
    }

    function _first(uint256 count) private returns (IConsortiumEvents.Founding[] memory some) {
        IConsortiumEvents.Founding[] memory all = foundings();
        some = new IConsortiumEvents.Founding[](count);
        for (uint256 i = 0; i < count; i++) {
            some[i] = all[i];
        }
    }
}
