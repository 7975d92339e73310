// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {EvaluationRegistry} from "../../../contracts/EvaluationRegistry.sol";
import {IEvaluationEvents} from "../../../contracts/interfaces/IEvaluationEvents.sol";
import {IEvaluationRegistry} from "../../../contracts/interfaces/IEvaluationRegistry.sol";
import {Names} from "../../../contracts/libraries/Names.sol";
import {HeadsOracle} from "./HeadsOracle.sol";
import {Panels} from "./Panels.sol";

/// @title Does to the EvaluationRegistry whatever five provinces and twenty experts may try, beside a model of who may; each disagreement
/// is counted.
/// @notice Two outcomes of one institution, panels of five that are to seat Shanghai and Zhejiang. Members are paused and one is expelled,
/// the registry is succeeded, time passes.
contract EvaluationHandler is Panels {
    struct Known {
        bytes32 id;
        uint64 nominationsUntil;
        uint64 opinionsUntil;
        bool closed;
        address[] experts; // in the order of nomination
        uint32[] provinces; // of the experts
        uint8[] opinions; // per expert: 0 none, 1 against, 1 + level in favour (credits = 100 × level)
    }

    HeadsOracle public oracle;
    uint32[5] public provinces = [SHANGHAI, JIANGSU, ZHEJIANG, ANHUI, CHONGQING];
    mapping(uint256 outcome => uint64) private _restedFrom; // when the next may be opened; the largest while one is open
    mapping(address expert => uint32) private _serves;
    Known[] private _known;
    bool private _expelled;

    uint256 public disagreements;
    string public firstDisagreement;
    mapping(string action => uint256) public done;

    function setUp() public override {
        super.setUp();
        _byMotion(address(consortium), abi.encodeCall(consortium.admit, (_founding(CHONGQING, "Chongqing"))));
        oracle = new HeadsOracle();
        oracle.follow(address(evaluations));
        vm.recordLogs();
    }

    function registry() external view returns (EvaluationRegistry) {
        return evaluations;
    }

    function count() external view returns (uint256) {
        return _known.length;
    }

    function known(uint256 index) external view returns (Known memory) {
        return _known[index];
    }

    // ---- actions

    function open(uint256 who, uint256 outcome) external {
        uint32 province = who % 4 == 0 ? provinces[who / 4 % 5] : JIANGSU;
        outcome %= 2;
        IEvaluationEvents.Subject memory subject = _subject();
        subject.outcome = keccak256(abi.encode(outcome));
        bool member = consortium.isMember(SHANGHAI) && consortium.isMember(ZHEJIANG);
        bool may = province == JIANGSU && consortium.canAct(province) && _now() >= _restedFrom[outcome] && member;
        bool did = _try(lawyer[province], _openCall(subject)) && _try(admin[province], _openCall(subject));
        _compare("open", may, did);
        if (!did) return;
        _restedFrom[outcome] = type(uint64).max;
        Known storage made = _known.push();
        made.id = evaluations.evaluationId(JOU, subject.outcome, evaluations.countOf(JOU, subject.outcome));
        made.nominationsUntil = subject.nominationsUntil;
        made.opinionsUntil = subject.opinionsUntil;
    }

    function nominate(uint256 which, uint256 who, uint256 whom) external {
        if (_known.length == 0) return;
        Known storage one = _one(which);
        uint32 province = provinces[who % 5];
        // Mostly one of its own four; sometimes another's.
        address expert = _expert(vm.toString(whom % 8 == 0 ? whom / 8 % 20 : who % 5 * 4 + whom / 8 % 4));
        bool may = consortium.canAct(province) && _mayNominate(one, province, expert);
        bytes memory call = _nominateCall(one.id, expert);
        bool did = _try(lawyer[province], call) && _try(admin[province], call);
        _compare("nominate", may, did);
        if (!did) return;
        _serves[expert] = province;
        one.experts.push(expert);
        one.provinces.push(province);
        one.opinions.push(0);
    }

    function opine(uint256 which, uint256 whom, uint256 level) external {
        if (_known.length == 0) return;
        Known storage one = _one(which);
        level = level % 14; // 0: against; 1 to 10; 11 and more: no such level
        uint256 seat = whom % 6;
        bool seated = seat < one.experts.length;
        address expert = seated ? one.experts[seat] : _expert(vm.toString(whom % 20));
        for (uint256 i; !seated && i < one.experts.length; ++i) {
            if (one.experts[i] == expert) (seat, seated) = (i, true);
        }
        bool may = seated && one.experts.length == 5 && !one.closed && one.opinions[seat] == 0 && level <= 10
            && _now() < one.opinionsUntil + _grace() && consortium.canAct(one.provinces[seat]);
        bool did = _try(expert, _opineCall(one.id, level != 0, uint8(level), uint32(100 * level)));
        _compare("opine", may, did);
        if (did) one.opinions[seat] = uint8(level) + 1;
    }

    function close(uint256 which, uint256 who) external {
        if (_known.length == 0) return;
        Known storage one = _one(which);
        uint32 province = provinces[who % 5];
        bool may = consortium.canAct(province) && !one.closed && _isDue(one);
        bool did = _try(lawyer[province], abi.encodeCall(IEvaluationRegistry.close, (one.id)));
        _compare("close", may, did);
        if (!did) return;
        one.closed = true;
        for (uint256 outcome; outcome < 2; ++outcome) {
            if (evaluations.findingOf(one.id).outcome == keccak256(abi.encode(outcome))) {
                _restedFrom[outcome] = _now() + 30 days;
            }
        }
    }

    function pause(uint256 who) external {
        if (_try(address(consortium), address(consortium), abi.encodeCall(consortium.pause, (provinces[who % 5])))) {
            ++done["pause"];
        }
    }

    function expel(uint256 who) external {
        if (_expelled || who % 16 != 0) return;
        _expelled =
            _try(address(consortium), address(consortium), abi.encodeCall(consortium.expel, (provinces[who / 16 % 5])));
        if (_expelled) ++done["expel"];
    }

    function wait(uint256 time) external {
        skip(bound(time, 1, 25 days));
        ++done["wait"];
    }

    function succeed(uint256 chance) external {
        if (chance % 8 != 0) return;
        address last = address(evaluations);
        evaluations = new EvaluationRegistry(consortium, directory, last);
        _succeed(Names.EVALUATION_REGISTRY, address(evaluations));
        oracle.follow(address(evaluations));
        for (uint256 i; i < 5; ++i) {
            oracle.continues(address(evaluations), last, provinces[i]);
        }
        vm.getRecordedLogs();
        ++done["succeed"];
    }

    // ---- the model

    /// @dev After this nomination nobody has more than two of the five, and every target that is a member still finds a seat.
    function _mayNominate(Known storage one, uint32 province, address expert) private view returns (bool) {
        uint256 taken = one.experts.length;
        if (one.closed || taken == 5 || _now() >= one.nominationsUntil + _grace()) return false;
        if (_serves[expert] != 0 && _serves[expert] != province) return false;
        uint256 own = 1;
        bool shanghai = province == SHANGHAI || !consortium.isMember(SHANGHAI);
        bool zhejiang = province == ZHEJIANG || !consortium.isMember(ZHEJIANG);
        for (uint256 i; i < taken; ++i) {
            if (one.experts[i] == expert) return false;
            if (one.provinces[i] == province) ++own;
            if (one.provinces[i] == SHANGHAI) shanghai = true;
            if (one.provinces[i] == ZHEJIANG) zhejiang = true;
        }
        return own <= 2 && taken + 1 + (shanghai ? 0 : 1) + (zhejiang ? 0 : 1) <= 5;
    }

    function _isDue(Known storage one) private view returns (bool) {
        if (one.experts.length < 5) return _now() >= one.nominationsUntil + _grace();
        for (uint256 i; i < 5; ++i) {
            if (one.opinions[i] == 0) return _now() >= one.opinionsUntil + _grace();
        }
        return true;
    }

    // ---- inside

    /// @dev Mostly the newest: old ones are closed.
    function _one(uint256 which) private view returns (Known storage) {
        uint256 back = which % 4;
        return _known[back < _known.length ? _known.length - 1 - back : 0];
    }

    function _now() private view returns (uint64) {
        return uint64(vm.getBlockTimestamp());
    }

    function _grace() private pure returns (uint64) {
        return _parameters().grace;
    }

    function _try(address account, bytes memory call) private returns (bool) {
        return _try(account, address(evaluations), call);
    }

    function _try(address account, address target, bytes memory call) private returns (bool did) {
        vm.prank(account);
        (did,) = target.call(call);
        // A revert of the oracle must not undo the action, and with it go unseen.
        try oracle.absorb(vm.getRecordedLogs(), vm.getBlockTimestamp()) {}
        catch {
            _disagree("a head does not follow");
        }
    }

    function _compare(string memory action, bool may, bool did) private {
        if (did) ++done[action];
        if (may != did) _disagree(string.concat(action, did ? " was accepted" : " was refused"));
    }

    function _disagree(string memory what) private {
        if (disagreements++ == 0) firstDisagreement = what;
    }
}
