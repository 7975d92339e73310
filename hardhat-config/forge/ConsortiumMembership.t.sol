// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortium} from "../../contracts/interfaces/IConsortium.sol";
import {IConsortiumEvents} from "../../contracts/interfaces/IConsortiumEvents.sol";
import {IGoverned} from "../../contracts/interfaces/IGoverned.sol";
import {Names} from "../../contracts/libraries/Names.sol";
import {Roles} from "../../contracts/libraries/Roles.sol";
import {ExcludedKeys} from "./base/ExcludedKeys.sol";

/// @title How members come and go.
contract ConsortiumMembershipTest is ExcludedKeys {
    // --- joining ---------------------------------------------------------------------------------------------------

    /// "A fifth member joins by motion; nothing that exists is migrated."
    function test_admit_aFifthMemberJoinsByMotion() public {
        assertFalse(consortium.isMember(CHONGQING));
        _join();
        uint32[] memory present = consortium.members();
        assertEq(present.length, 5);
        assertEq(present[4], CHONGQING);
        assertEq(consortium.authorise(team(CHONGQING).admin, Roles.LAW), CHONGQING);
        assertEq(consortium.dailyLeavesOf(team(CHONGQING).operator), DAILY_LEAVES);
        assertEq(consortium.authorise(team(ANHUI).admin, Roles.LAW), ANHUI);
        assertEq(consortium.memberOf(CHONGQING).generation, 1);
    }

    function test_everythingByMotion_revertsWith_notByMotion() public {
        bytes[7] memory calls = [
            abi.encodeCall(IConsortium.admit, (founders(CHONGQING))),
            abi.encodeCall(IConsortium.expel, (ANHUI)),
            abi.encodeCall(IConsortium.pause, (ANHUI)),
            abi.encodeCall(IConsortium.unpause, (ANHUI)),
            abi.encodeCall(IConsortium.nameCustodian, (ANHUI, SHANGHAI)),
            abi.encodeCall(IConsortium.cancelRecovery, (ANHUI)),
            abi.encodeCall(IConsortium.replaceRecovery, (ANHUI, makeAddr("cold")))
        ];
        address[3] memory callers = [team(SHANGHAI).admin, address(this), address(directory)];
        for (uint256 i = 0; i < calls.length; i++) {
            for (uint256 j = 0; j < callers.length; j++) {
                refused(
                    callers[j],
                    calls[i],
                    abi.encodeWithSelector(IGoverned.NotByMotion.selector, Names.CONSORTIUM, callers[j])
                );
            }
        }
    }

    function test_admit_revertsWith_alreadyMember() public {
        refusedMotion(
            address(consortium),
            abi.encodeCall(IConsortium.admit, (founders(ANHUI))),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumAlreadyMember.selector, ANHUI)
        );
    }

    /// A member that has given notice is one until the notice runs out.
    function test_admit_revertsWith_alreadyMember_whileTheNoticeRuns() public {
        _join();
        act(ANHUI, _giveNotice());
        refusedMotion(
            address(consortium),
            abi.encodeCall(IConsortium.admit, (founders(ANHUI))),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumAlreadyMember.selector, ANHUI)
        );
    }

    /// "An address serves one province … for ever": a gone member's addresses join no other.
    function test_admit_revertsWith_accountBound_forAGoneMembersAddress() public {
        _join();
        resolve(abi.encodeCall(IConsortium.expel, (CHONGQING)));
        IConsortiumEvents.Founding memory joining = founders(650000);
        joining.operators[0].account = team(CHONGQING).operator;
        refusedMotion(
            address(consortium),
            abi.encodeCall(IConsortium.admit, (joining)),
            abi.encodeWithSelector(
                IConsortiumEvents.ConsortiumAccountBound.selector,
                team(CHONGQING).operator,
                CHONGQING,
                IConsortiumEvents.Family.Operator
            )
        );
    }

    /// A member that takes a joiner's published addresses delays the joining and blocks nothing ("floor(N/3) or fewer of them can block
    /// none"): paused, it takes no more of them, and the joiner comes with others.
    function test_admit_aMemberThatTakesTheAddressesBlocksNothing() public {
        IConsortiumEvents.Founding memory joining = founders(CHONGQING);
        act(ANHUI, _serves(joining.operators[0].account));
        refusedMotion(
            address(consortium),
            abi.encodeCall(IConsortium.admit, (joining)),
            abi.encodeWithSelector(
                IConsortiumEvents.ConsortiumAccountBound.selector,
                joining.operators[0].account,
                ANHUI,
                IConsortiumEvents.Family.Operator
            )
        );
        resolve(abi.encodeCall(IConsortium.pause, (ANHUI)));
        joining.operators[0].account = makeAddr("another operator");
        refused(
            team(ANHUI).admin,
            _serves(joining.operators[0].account),
            abi.encodeWithSelector(
                IConsortiumEvents.ConsortiumPaused.selector, ANHUI, consortium.memberOf(ANHUI).pausedUntil
            )
        );
        bytes memory admission = abi.encodeCall(IConsortium.admit, (joining));
        (bytes32 id, uint256 nonce) = open(address(consortium), admission);
        vote(SHANGHAI, id, true);
        vote(JIANGSU, id, true);
        vote(ZHEJIANG, id, true);
        consortium.execute(address(consortium), admission, nonce);
        assertTrue(consortium.isMember(CHONGQING));
    }

    // --- expulsion and joining again -------------------------------------------------------------------------------

    /// Invariant 8: "no function succeeds for a paused or expelled member's keys"
    function test_expel_endsTheMembershipNow() public {
        _join();
        by(team(ANHUI).recovery, address(consortium), _requestRecovery());
        resolve(abi.encodeCall(IConsortium.expel, (ANHUI)));
        assertFalse(consortium.isMember(ANHUI));
        assertFalse(consortium.canAct(ANHUI));
        assertEq(consortium.members().length, 4);
        bytes memory why = abi.encodeWithSelector(IConsortiumEvents.ConsortiumNotMember.selector, ANHUI);
        skip(7 days);
        _everyKeyIsRefused(ANHUI, why);
        refused(address(this), abi.encodeCall(IConsortium.authorise, (team(ANHUI).admin, Roles.LAW)), why);
        assertEq(consortium.dailyLeavesOf(team(ANHUI).operator), 0);
    }

    function test_expel_revertsWith_notMember() public {
        refusedMotion(
            address(consortium),
            abi.encodeCall(IConsortium.expel, (CHONGQING)),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumNotMember.selector, CHONGQING)
        );
    }

    /// "Below four members only in a trial."
    function test_expel_revertsWith_tooFewMembers() public {
        refusedMotion(
            address(consortium),
            abi.encodeCall(IConsortium.expel, (ANHUI)),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumTooFewMembers.selector, 3, 4)
        );
    }

    /// "Below four members only in a trial."
    function test_expel_inATrialUntilOneIsLeft() public {
        deploy(true);
        constitute();
        resolve(abi.encodeCall(IConsortium.expel, (ANHUI)));
        resolve(abi.encodeCall(IConsortium.expel, (ZHEJIANG)));
        resolve(abi.encodeCall(IConsortium.expel, (JIANGSU)));
        assertEq(consortium.members().length, 1);
        refusedMotion(
            address(consortium),
            abi.encodeCall(IConsortium.expel, (SHANGHAI)),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumTooFewMembers.selector, 0, 1)
        );
    }

    /// Expelling one that acts while others are paused must not leave too few to decide anything.
    function test_expel_revertsWith_quorumLost() public {
        _join();
        resolve(abi.encodeCall(IConsortium.admit, (founders(650000))));
        resolve(abi.encodeCall(IConsortium.pause, (JIANGSU)));
        resolve(abi.encodeCall(IConsortium.pause, (ZHEJIANG)));
        refusedMotion(
            address(consortium),
            abi.encodeCall(IConsortium.expel, (ANHUI)),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumQuorumLost.selector, 3, 4)
        );
        resolve(abi.encodeCall(IConsortium.expel, (ZHEJIANG)));
        assertEq(consortium.members().length, 5);
    }

    /// A province that joins again brings nothing of its first membership back: operators, acts, offers, recoveries, pause.
    function test_admit_again_nothingOfTheFirstMembershipComesBack() public {
        _join();
        bytes memory grant = _grant(makeAddr("accomplice"));
        by(team(ANHUI).law, address(consortium), grant);
        act(ANHUI, abi.encodeCall(IConsortium.offerHandOver, (makeAddr("heir"), _staff())));
        by(team(ANHUI).recovery, address(consortium), _requestRecovery());
        resolve(abi.encodeCall(IConsortium.pause, (ANHUI)));
        resolve(abi.encodeCall(IConsortium.expel, (ANHUI)));
        resolve(abi.encodeCall(IConsortium.nameCustodian, (ANHUI, SHANGHAI)));

        IConsortiumEvents.Founding memory joining = founders(ANHUI);
        joining.operators = _staff();
        joining.operators[1].account = team(ANHUI).law;
        resolve(abi.encodeCall(IConsortium.admit, (joining)));
        assertTrue(consortium.canAct(ANHUI));
        assertEq(consortium.memberOf(ANHUI).tenure, 6);
        assertEq(consortium.memberOf(ANHUI).generation, 2);
        assertEq(consortium.custodianOf(ANHUI), 0);
        assertEq(consortium.memberOf(ANHUI).custodian, 0);
        assertEq(consortium.changeOf(ANHUI, true).nextAdmin, address(0));
        assertEq(consortium.changeOf(ANHUI, false).nextAdmin, address(0));
        assertEq(consortium.dailyLeavesOf(team(ANHUI).operator), 0); // not named again
        by(team(ANHUI).admin, address(consortium), grant); // the old proposal does not make this a confirmation
        assertEq(consortium.bindingOf(makeAddr("accomplice")).province, 0);
        assertEq(consortium.members()[4], ANHUI); // last in the order of chairs
    }

    // --- leaving ---------------------------------------------------------------------------------------------------

    /// "Leaving takes notice": by the clock, half-open, with no further call.
    function test_giveNotice_endsTheMembershipWhenItRunsOut() public {
        _join();
        by(team(ANHUI).law, address(consortium), _giveNotice());
        assertEq(consortium.tenures()[3].until, type(uint64).max);
        by(team(ANHUI).admin, address(consortium), _giveNotice());
        assertEq(consortium.tenures()[3].until, time() + 180 days);
        skip(180 days - 1);
        assertTrue(consortium.canAct(ANHUI));
        skip(1);
        assertFalse(consortium.isMember(ANHUI));
        assertEq(consortium.members().length, 4);
        _everyKeyIsRefused(ANHUI, abi.encodeWithSelector(IConsortiumEvents.ConsortiumNotMember.selector, ANHUI));
    }

    /// "Below four members only in a trial.", those who have given notice counting as gone already.
    function test_giveNotice_revertsWith_tooFewMembers() public {
        bytes memory why = abi.encodeWithSelector(IConsortiumEvents.ConsortiumTooFewMembers.selector, 3, 4);
        refusedTwice(ANHUI, _giveNotice(), why);
        _join();
        act(JIANGSU, _giveNotice());
        refused(team(ANHUI).law, _giveNotice(), why);
        refusedMotion(address(consortium), abi.encodeCall(IConsortium.expel, (SHANGHAI)), why);
        resolve(abi.encodeCall(IConsortium.expel, (JIANGSU))); // whoever goes anyway may go at once
    }

    function test_giveNotice_revertsWith_noticeGiven() public {
        _join();
        act(ANHUI, _giveNotice());
        refused(
            team(ANHUI).admin,
            _giveNotice(),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumNoticeGiven.selector, ANHUI, time() + 180 days)
        );
    }

    function test_withdrawNotice_staysAsIfNoneHadBeenGiven() public {
        _join();
        act(ANHUI, _giveNotice());
        resolve(abi.encodeCall(IConsortium.nameCustodian, (ANHUI, SHANGHAI)));
        skip(179 days);
        act(ANHUI, abi.encodeCall(IConsortium.withdrawNotice, ()));
        skip(2 days);
        assertTrue(consortium.canAct(ANHUI));
        assertEq(consortium.memberOf(ANHUI).custodian, 0);
        refused(
            team(ANHUI).admin,
            abi.encodeCall(IConsortium.withdrawNotice, ()),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumNoNotice.selector, ANHUI)
        );
    }

    function test_withdrawNotice_isABindingAct() public {
        _join();
        act(ANHUI, _giveNotice());
        by(team(ANHUI).law, address(consortium), abi.encodeCall(IConsortium.withdrawNotice, ()));
        assertEq(consortium.tenures()[3].until, time() + 180 days);
    }

    function _serves(address account) private pure returns (bytes memory) {
        return abi.encodeCall(IConsortium.setOperator, (IConsortiumEvents.OperatorGrant(account, Roles.ATTEST, 0)));
    }
}
