// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Consortium} from "../../contracts/Consortium.sol";
import {Directory} from "../../contracts/Directory.sol";
import {IConsortium} from "../../contracts/interfaces/IConsortium.sol";
import {IConsortiumEvents} from "../../contracts/interfaces/IConsortiumEvents.sol";
import {IDirectory} from "../../contracts/interfaces/IDirectory.sol";
import {Roles} from "../../contracts/libraries/Roles.sol";
import {NextAdmin} from "./base/NextAdmin.sol";

/// @title How a cold address recovers a member whose accounts are lost or stolen.
contract ConsortiumRecoveryTest is NextAdmin {
    /// "a cold recovery address that can only replace the admin after 7 days"
    function test_recovery_replacesTheAdminAfterSevenDays() public {
        by(team(ANHUI).recovery, address(consortium), _request());
        assertEq(consortium.changeOf(ANHUI, true).at, time() + 7 days);
        assertEq(consortium.authorise(team(ANHUI).admin, Roles.LAW), ANHUI);
        skip(7 days - 1);
        refused(
            team(ANHUI).recovery,
            _complete(),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumRecoveryNotReady.selector, ANHUI, time() + 1)
        );
        skip(1);
        by(team(ANHUI).recovery, address(consortium), _complete());
        _isSuccession();
        assertEq(consortium.changeOf(ANHUI, true).nextAdmin, address(0));
        refused(
            team(ANHUI).recovery,
            _complete(),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumNoRecovery.selector, ANHUI)
        );
    }

    /// "that can only replace the admin": it holds no role and confirms nothing.
    function test_recovery_theAddressCanDoNothingElse() public {
        address recovery = team(ANHUI).recovery;
        bytes memory why =
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumUnauthorised.selector, recovery, ANHUI, Roles.LAW);
        refused(recovery, _offer(), why);
        refused(recovery, _grant(makeAddr("mine")), why);
        refused(recovery, abi.encodeCall(IConsortium.giveNotice, ()), why);
        refused(recovery, abi.encodeCall(IConsortium.withdrawNotice, ()), why);
        refused(recovery, abi.encodeCall(IConsortium.openMotion, (address(consortium), "", 1)), why);
        refused(recovery, abi.encodeCall(IConsortium.vote, (bytes32(0), true)), why);
        refused(recovery, _accept(), abi.encodeWithSelector(IConsortiumEvents.ConsortiumNoHandOver.selector, ANHUI));
    }

    function test_requestRecovery_revertsWith_unauthorised() public {
        address[3] memory others = [team(ANHUI).admin, team(ANHUI).law, makeAddr("stranger")];
        for (uint256 i = 0; i < others.length; i++) {
            bytes memory why = abi.encodeWithSelector(
                IConsortiumEvents.ConsortiumUnauthorised.selector, others[i], i < 2 ? ANHUI : 0, 0
            );
            refused(others[i], _request(), why);
            refused(others[i], _complete(), why);
        }
    }

    /// "a pending recovery freezes hand-over and operator changes"
    function test_recovery_freezesHandOverAndOperatorChanges() public {
        act(ANHUI, _offer());
        bytes memory grant = _grant(makeAddr("accomplice"));
        by(team(ANHUI).law, address(consortium), grant);
        by(team(ANHUI).recovery, address(consortium), _requestFor(makeAddr("rescuer")));
        bytes memory why =
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumRecoveryPending.selector, ANHUI, time() + 7 days);
        refused(_next, _accept(), why);
        refused(team(ANHUI).admin, grant, why);
        refused(team(ANHUI).admin, _offer(), why);
        refused(team(ANHUI).admin, abi.encodeCall(IConsortium.cancelHandOver, ()), why);
        skip(7 days); // and it stays frozen until the recovery is completed, or stopped by motion
        refused(team(ANHUI).admin, grant, why);
        by(team(ANHUI).recovery, address(consortium), _complete());
        refused(_next, _accept(), abi.encodeWithSelector(IConsortiumEvents.ConsortiumNoHandOver.selector, ANHUI));
        assertEq(consortium.authorise(makeAddr("rescuer"), Roles.LAW), ANHUI);
    }

    /// "only a motion cancels it": not the recovery address itself, by asking again.
    function test_requestRecovery_revertsWith_recoveryPending() public {
        by(team(ANHUI).recovery, address(consortium), _request());
        refused(
            team(ANHUI).recovery,
            _requestFor(makeAddr("other")),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumRecoveryPending.selector, ANHUI, time() + 7 days)
        );
    }

    /// "only a motion cancels it"
    function test_cancelRecovery_byMotionOnly() public {
        by(team(ANHUI).recovery, address(consortium), _request());
        bytes memory cancel = abi.encodeCall(IConsortium.cancelRecovery, (ANHUI));
        refused(
            team(ANHUI).admin,
            cancel,
            abi.encodeWithSignature("NotByMotion(bytes32,address)", bytes32("Consortium"), team(ANHUI).admin)
        );
        resolve(cancel);
        refused(
            team(ANHUI).recovery,
            _complete(),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumNoRecovery.selector, ANHUI)
        );
        act(ANHUI, _grant(makeAddr("second gateway"))); // thawed
        refusedMotion(
            address(consortium), cancel, abi.encodeWithSelector(IConsortiumEvents.ConsortiumNoRecovery.selector, ANHUI)
        );
    }

    /// "a chair can delay or block nothing": a stolen recovery address is stopped in time without the chair's help.
    function test_cancelRecovery_isInTimeWhoeverChairs() public {
        by(team(ANHUI).recovery, address(consortium), _request());
        bytes memory cancel = abi.encodeCall(IConsortium.cancelRecovery, (ANHUI));
        (bytes32 id, uint256 nonce) = open(ANHUI, address(consortium), cancel);
        skip(3 days);
        vote(ANHUI, id, true);
        vote(JIANGSU, id, true);
        vote(ZHEJIANG, id, true);
        assertLt(time(), consortium.changeOf(ANHUI, true).at);
        consortium.execute(address(consortium), cancel, nonce);
        assertEq(consortium.authorise(team(ANHUI).admin, Roles.LAW), ANHUI);
    }

    /// A stolen recovery address can ask again and again; a motion takes the place from it.
    function test_replaceRecovery_byMotion_dropsWhatTheOldOneAsked() public {
        address cold = makeAddr("new cold key");
        by(team(ANHUI).recovery, address(consortium), _request());
        resolve(abi.encodeCall(IConsortium.replaceRecovery, (ANHUI, cold)));
        assertEq(consortium.changeOf(ANHUI, true).nextAdmin, address(0));
        refused(
            team(ANHUI).recovery,
            _request(),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumUnauthorised.selector, team(ANHUI).recovery, ANHUI, 0)
        );
        by(cold, address(consortium), _request());
        skip(7 days);
        by(cold, address(consortium), _complete());
        _isSuccession();
        resolveWith(abi.encodeCall(IConsortium.replaceRecovery, (ANHUI, team(ANHUI).recovery)));
        assertEq(consortium.memberOf(ANHUI).recovery, team(ANHUI).recovery); // with nothing pending, too
    }

    function test_replaceRecovery_revertsWith_accountBoundOrNotMember() public {
        refusedMotion(
            address(consortium),
            abi.encodeCall(IConsortium.replaceRecovery, (ANHUI, team(ANHUI).admin)),
            abi.encodeWithSelector(
                IConsortiumEvents.ConsortiumAccountBound.selector,
                team(ANHUI).admin,
                ANHUI,
                IConsortiumEvents.Family.Admin
            )
        );
        refusedMotion(
            address(consortium),
            abi.encodeCall(IConsortium.replaceRecovery, (CHONGQING, makeAddr("cold"))),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumNotMember.selector, CHONGQING)
        );
    }

    /// "An address serves one province and one role family for ever": who is named is bound on the spot, so nobody can take
    /// the address in the seven days and so block the recovery.
    function test_requestRecovery_nobodyElseCanTakeTheNextAdmin() public {
        by(team(ANHUI).recovery, address(consortium), _request());
        refusedTwice(
            JIANGSU,
            _grant(_next),
            abi.encodeWithSelector(
                IConsortiumEvents.ConsortiumAccountBound.selector, _next, ANHUI, IConsortiumEvents.Family.Admin
            )
        );
        skip(7 days);
        by(team(ANHUI).recovery, address(consortium), _complete());
        _isSuccession();
    }

    function test_requestRecovery_revertsWith_accountBound() public {
        refused(
            team(ANHUI).recovery,
            _requestFor(team(SHANGHAI).admin),
            abi.encodeWithSelector(
                IConsortiumEvents.ConsortiumAccountBound.selector,
                team(SHANGHAI).admin,
                SHANGHAI,
                IConsortiumEvents.Family.Admin
            )
        );
    }

    function test_completeRecovery_revertsWith_operatorsMismatch() public {
        by(team(ANHUI).recovery, address(consortium), _request());
        skip(7 days);
        bytes32 announced = keccak256(abi.encode(_staff));
        _staff.pop();
        refused(
            team(ANHUI).recovery,
            _complete(),
            abi.encodeWithSelector(
                IConsortiumEvents.ConsortiumOperatorsMismatch.selector, ANHUI, announced, keccak256(abi.encode(_staff))
            )
        );
    }

    /// Both of a member's daily accounts stolen: within seven days the thief cannot shut the recovery out, nor the member.
    function test_recovery_winsOverAThiefWithTwoAccounts() public {
        by(team(ANHUI).recovery, address(consortium), _request());
        giveUpTheFifthSeat();
        act(ANHUI, abi.encodeCall(IConsortium.giveNotice, ()));
        skip(7 days);
        by(team(ANHUI).recovery, address(consortium), _complete());
        bytes memory stay = abi.encodeCall(IConsortium.withdrawNotice, ());
        by(_next, address(consortium), stay);
        by(_staff[1].account, address(consortium), stay);
        skip(365 days);
        assertTrue(consortium.isMember(ANHUI));
        _refusesRole(team(ANHUI).admin, Roles.LAW);
    }

    /// The same under the shortest notice there may be, where the theft is noticed within a week.
    function test_recovery_isInTimeUnderTheShortestNotice() public {
        deployWithTheShortestNotice();
        giveUpTheFifthSeat();
        act(ANHUI, abi.encodeCall(IConsortium.giveNotice, ()));
        skip(7 days - 1);
        by(team(ANHUI).recovery, address(consortium), _request());
        skip(7 days);
        by(team(ANHUI).recovery, address(consortium), _complete());
        bytes memory stay = abi.encodeCall(IConsortium.withdrawNotice, ());
        by(_next, address(consortium), stay);
        by(_staff[1].account, address(consortium), stay);
        skip(365 days);
        assertTrue(consortium.isMember(ANHUI));
    }

    function deployWithTheShortestNotice() private {
        IConsortiumEvents.Parameters memory how = parameters();
        how.leavingNotice = 14 days;
        address directoryAt = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 1);
        consortium = new Consortium(IDirectory(directoryAt), false, how);
        directory = new Directory(IConsortium(consortium));
        constitute();
    }

    /// @dev A fifth member, so that one may go.
    function giveUpTheFifthSeat() private {
        resolve(abi.encodeCall(IConsortium.admit, (founders(CHONGQING))));
    }

    /// @dev A motion in which Anhui, whose accounts have changed, takes no part.
    function resolveWith(bytes memory data) private {
        (bytes32 id, uint256 nonce) = open(address(consortium), data);
        vote(SHANGHAI, id, true);
        vote(JIANGSU, id, true);
        vote(ZHEJIANG, id, true);
        consortium.execute(address(consortium), data, nonce);
    }
}
