// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {AgreementRegistry} from "../../../contracts/AgreementRegistry.sol";
import {IAgreementEvents} from "../../../contracts/interfaces/IAgreementEvents.sol";
import {IConsortium} from "../../../contracts/interfaces/IConsortium.sol";
import {Names} from "../../../contracts/libraries/Names.sol";
import {AgreementModel} from "./AgreementModel.sol";
import {HeadsOracle} from "./HeadsOracle.sol";

/// @title Does with agreements whatever four members may try, beside a model of who may what; each disagreement is counted.
contract AgreementHandler is AgreementModel {
    uint256 private constant MOST = 5;

    HeadsOracle public oracle;
    uint32[4] public provinces = [SHANGHAI, JIANGSU, ZHEJIANG, ANHUI];
    mapping(string action => uint256) public done;
    uint256 private _successions;

    function setUp() public override {
        super.setUp();
        oracle = new HeadsOracle();
        oracle.follow(address(agreements));
        vm.recordLogs();
    }

    /// @notice The registry in force.
    function registry() external view returns (AgreementRegistry) {
        return agreements;
    }

    // ---- actions

    /// @notice Of the first two, three or four members, for a while; to supersede one that exists, or none.
    function propose(uint256 who, uint256 count, uint256 life, uint256 wait_, uint256 superseded) external {
        if (ghosts.length == MOST) return;
        (Ghost memory ghost, IAgreementEvents.Terms memory terms) = _draft(count, life, wait_, superseded);
        uint32 province = provinces[who % 4];
        bool may = consortium.canAct(province) && who % 4 < ghost.parties;
        if (ghost.supersedes != 0) {
            Ghost storage old = ghosts[ghost.supersedes - 1];
            may = may && !_isOver(old.state) && old.parties <= ghost.parties;
        }
        bool did = _try(lawyer[province], _proposeCall(terms));
        _compare("propose", may, did);
        if (!did) return;
        ghosts.push(ghost);
        _enter(ghosts.length - 1, IAgreementEvents.State.Proposed, _time());
        _tick(); // its deadline may lie behind its end
    }

    /// @notice Every party whose approval is missing gives it: what random single approvals seldom add up to.
    function agree(uint256 which) external {
        if (ghosts.length == 0) return;
        uint8 given = ghosts[which % ghosts.length].approvals;
        for (uint256 i; i < ghosts[which % ghosts.length].parties; ++i) {
            if (given >> i & 1 == 0) approve(i, which, 1);
        }
    }

    function approve(uint256 who, uint256 which, uint256 stale) public {
        if (ghosts.length == 0) return;
        uint256 index = which % ghosts.length;
        Ghost storage ghost = ghosts[index];
        uint32 round = ghost.round - (stale % 8 == 0 ? 1 : 0);
        (bool may, bool last, uint64 from) = _mayApprove(index, who % 4, round);
        may = may && consortium.canAct(provinces[who % 4]);
        bool did = _twiceTry(who, abi.encodeCall(agreements.approve, (ghost.id, round)));
        _compare("approve", may, did);
        if (!did) return;
        ghost.approvals |= uint8(1 << who % 4);
        if (!last) return;
        ++done["last approval"];
        _plan(index, from);
    }

    function revoke(uint256 who, uint256 which, uint256 stale) public {
        if (ghosts.length == 0) return;
        uint256 index = which % ghosts.length;
        Ghost storage ghost = ghosts[index];
        uint32 round = ghost.round - (stale % 8 == 0 ? 1 : 0);
        bool may = consortium.canAct(provinces[who % 4]) && round == ghost.round
            && ghost.approvals >> (who % 4) & 1 == 1 && _isBeforeForce(ghost.state);
        bool did = _twiceTry(who, abi.encodeCall(agreements.revokeApproval, (ghost.id, round)));
        _compare("revoke", may, did);
        if (!did) return;
        ghost.approvals &= ~uint8(1 << who % 4);
        if (ghost.state != IAgreementEvents.State.Notice) return;
        ++done["revoke in notice"];
        _enter(index, round == 1 ? IAgreementEvents.State.Proposed : IAgreementEvents.State.Objected, _time());
        _tick();
    }

    function object(uint256 who, uint256 which) public {
        if (ghosts.length == 0) return;
        uint256 index = which % ghosts.length;
        Ghost storage ghost = ghosts[index];
        bool open = ghost.state == IAgreementEvents.State.Notice
            || (ghost.state == IAgreementEvents.State.Active
                && (who % 4 < ghost.parties || (ghost.supersedes == 0 && _time() < ghost.firstInForce + GRACE)));
        bool may = consortium.canAct(provinces[who % 4]) && open && ghost.objected >> (who % 4) & 1 == 0;
        bool did = _twiceTry(who, _objectCall(ghost.id));
        _compare("object", may, did);
        if (!did) return;
        ghost.objected |= uint8(1 << who % 4);
        ghost.approvals = 0;
        ++ghost.round;
        ghost.deadline = _time() + OBJECTION_LIFE;
        _enter(index, IAgreementEvents.State.Objected, _time());
    }

    function settle(uint256 which, uint256 stale, bool goesOn) external {
        if (ghosts.length == 0) return;
        uint256 index = which % ghosts.length;
        Ghost storage ghost = ghosts[index];
        uint32 round = ghost.round - (stale % 8 == 0 ? 1 : 0);
        bool may = ghost.state == IAgreementEvents.State.Objected && round == ghost.round;
        bool did = _try(address(consortium), abi.encodeCall(agreements.settle, (ghost.id, round, goesOn)));
        _compare("settle", may, did);
        if (!did) return;
        ghost.approvals = 0;
        if (goesOn) return _plan(index, ghost.from > _time() ? ghost.from : _time());
        ghost.deadline = _time();
        _tick();
    }

    function withdraw(uint256 who, uint256 which) public {
        if (ghosts.length == 0) return;
        uint256 index = which % ghosts.length;
        Ghost storage ghost = ghosts[index];
        uint64 ends = ghost.began ? _time() + WITHDRAWAL_NOTICE : _time();
        bool may = consortium.canAct(provinces[who % 4]) && who % 4 < ghost.parties && !_isOver(ghost.state)
            && ends < ghost.ends;
        bool did = _twiceTry(who, _withdrawCall(ghost.id));
        _compare("withdraw", may, did);
        if (!did) return;
        ghost.ends = ends;
        ghost.leaving = true;
        _tick();
    }

    /// @notice Time passes; what was said of the time to come, with nothing done in between, is what comes.
    function wait(uint256 time) external {
        _wait(bound(time, 1, 5 days));
    }

    /// @notice Time passes to the next change that the clock brings, or to the second before it.
    function waitForChange(bool before) public {
        uint64 next = _nextChange();
        if (next == 0 || next - (before ? 1 : 0) <= _time()) return;
        _wait(next - (before ? 1 : 0) - _time());
        ++done["edge"];
    }

    /// @notice In the very second of a change, the agreement that changed is objected to, withdrawn from, or put in question.
    function atTheEdge(uint256 who, uint256 what) external {
        waitForChange(false);
        for (uint256 i; i < ghosts.length; ++i) {
            if (_changedNow(i)) {
                if (what % 2 == 0) object(who, i);
                else withdraw(who, i);
            }
        }
    }

    function pause(uint256 who) external {
        if (who % 4 != 3 && done["pause"] != 0) return; // a paused party keeps three of four from going on
        bytes memory call = abi.encodeCall(IConsortium.pause, (provinces[who % 4]));
        vm.prank(address(consortium));
        (bool did,) = address(consortium).call(call);
        if (did) ++done["pause"];
    }

    function unpause(uint256 who) external {
        vm.prank(address(consortium));
        (bool did,) = address(consortium).call(abi.encodeCall(IConsortium.unpause, (provinces[who % 4])));
        if (did) ++done["unpause"];
    }

    function succeed() external {
        if (_successions == 2) return;
        ++_successions;
        AgreementRegistry next = new AgreementRegistry(consortium, directory, address(agreements));
        oracle.continues(address(next), address(agreements), 0);
        for (uint256 i; i < 4; ++i) {
            oracle.continues(address(next), address(agreements), provinces[i]);
        }
        oracle.follow(address(next));
        _succeed(Names.AGREEMENT_REGISTRY, address(next));
        agreements = next;
        _tick();
        ++done["succeed"];
    }

    // ---- helpers

    function _draft(uint256 count, uint256 life, uint256 wait_, uint256 superseded)
        private
        returns (Ghost memory ghost, IAgreementEvents.Terms memory terms)
    {
        ghost.parties = 2 + count % 3;
        terms = _terms();
        terms.parties = new uint32[](ghost.parties);
        for (uint256 i; i < ghost.parties; ++i) {
            terms.parties[i] = provinces[i];
        }
        terms.approveBy = _time() + uint64(wait_ % 8 == 0 ? bound(wait_, 1, 10 days) : bound(wait_, 20 days, 60 days));
        terms.until = terms.approveBy + PUBLIC_NOTICE
            + uint64(life % 8 == 0 ? bound(life, 1, 10 days) : bound(life, 60 days, 400 days));
        if (wait_ % 4 == 0) terms.from = terms.until - uint64(bound(life, 1, 30 days));
        IAgreementEvents.Rule memory rule = terms.rules[1];
        (rule.from, rule.until) = (terms.from, terms.until);
        terms.rules = new IAgreementEvents.Rule[](1);
        terms.rules[0] = rule;
        if (ghosts.length != 0 && superseded % 2 == 0) {
            ghost.supersedes = 1 + superseded / 2 % ghosts.length;
            terms.supersedes = ghosts[ghost.supersedes - 1].id;
        }
        ghost.id = agreements.agreementId(terms);
        ghost.validFrom = terms.from;
        ghost.deadline = terms.approveBy + GRACE;
        ghost.ends = terms.until;
        ghost.round = 1;
    }

    function _wait(uint256 seconds_) private {
        uint64 time = _time() + uint64(seconds_);
        IAgreementEvents.State[] memory foretold = new IAgreementEvents.State[](ghosts.length);
        for (uint256 i; i < ghosts.length; ++i) {
            foretold[i] = agreements.stateAt(ghosts[i].id, time);
        }
        skip(seconds_);
        _tick();
        for (uint256 i; i < ghosts.length; ++i) {
            if (foretold[i] != ghosts[i].state) _disagree("the future was foretold otherwise");
        }
    }

    function _twiceTry(uint256 who, bytes memory call) private returns (bool) {
        uint32 province = provinces[who % 4];
        return _try(lawyer[province], call) && _try(admin[province], call);
    }

    function _try(address account, bytes memory call) private returns (bool did) {
        vm.prank(account);
        (did,) = address(agreements).call(call);
        // A revert of the oracle must not undo the action, and with it go unseen.
        try oracle.absorb(vm.getRecordedLogs(), vm.getBlockTimestamp()) {}
        catch {
            _disagree("a head does not follow");
        }
    }

    function _compare(string memory action, bool may, bool did) private {
        if (did) ++done[action];
        if (may != did) _disagree(string.concat(action, may ? " was refused" : " was accepted"));
    }
}
