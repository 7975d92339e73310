// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {EvaluationRegistry} from "../../../contracts/EvaluationRegistry.sol";
import {IConsortiumEvents} from "../../../contracts/interfaces/IConsortiumEvents.sol";
import {IEvaluationEvents} from "../../../contracts/interfaces/IEvaluationEvents.sol";
import {IEvaluationRegistry} from "../../../contracts/interfaces/IEvaluationRegistry.sol";
import {Names} from "../../../contracts/libraries/Names.sol";
import {Registries} from "./Registries.sol";

/// @title The EvaluationRegistry beside the others, and the ways in which provinces and experts act on it.
/// @notice The seed case: Jiangsu has JOU's certificate of administrative service clerks evaluated, so that Shanghai and Zhejiang recognise it.
abstract contract Panels is Registries {
    uint32 internal constant CHONGQING = 500000;
    bytes32 internal constant CLERK = keccak256("JS-CLERK-3");
    bytes32 internal constant DOSSIER = sha256("dossier");
    bytes32 internal constant REPORT = sha256("report");
    uint8 internal constant VOCATIONAL = 2;

    EvaluationRegistry internal evaluations;

    function setUp() public virtual override {
        super.setUp();
        evaluations = new EvaluationRegistry(consortium, directory, address(0));
        _succeed(Names.EVALUATION_REGISTRY, address(evaluations));
    }

    // ---- subjects

    function _provinces(uint32 first, uint32 second) internal pure returns (uint32[] memory list) {
        list = new uint32[](second == 0 ? 1 : 2);
        list[0] = first;
        if (second != 0) list[1] = second;
    }

    /// @notice What Jiangsu has evaluated: five seats, 30 days for nominations, 60 more for opinions; awards of 2020 to 2029.
    function _subject() internal view returns (IEvaluationEvents.Subject memory) {
        uint64 until = uint64(vm.getBlockTimestamp() + 30 days);
        return IEvaluationEvents.Subject({
            institution: JOU,
            outcome: CLERK,
            category: VOCATIONAL,
            awardedFrom: 600,
            awardedUntil: 720,
            seats: 5,
            targets: _provinces(SHANGHAI, ZHEJIANG),
            nominationsUntil: until,
            opinionsUntil: until + 60 days,
            dossier: DOSSIER
        });
    }

    // ---- acts

    function _openCall(IEvaluationEvents.Subject memory subject) internal pure returns (bytes memory) {
        return abi.encodeCall(IEvaluationRegistry.open, (subject));
    }

    /// @notice Jiangsu opens it, by two accounts.
    function _open(IEvaluationEvents.Subject memory subject) internal returns (bytes32) {
        _twice(JIANGSU, address(evaluations), _openCall(subject));
        uint32 number = evaluations.countOf(subject.institution, subject.outcome);
        return evaluations.evaluationId(subject.institution, subject.outcome, number);
    }

    function _open() internal returns (bytes32) {
        return _open(_subject());
    }

    function _expert(string memory name) internal returns (address) {
        return _account(string.concat("expert ", name));
    }

    /// @notice An expert's X25519 key: any 32 bytes that are not zero, to the chain.
    function _keyOf(address expert) internal pure returns (bytes32) {
        return keccak256(abi.encode("X25519", expert));
    }

    function _nominateCall(bytes32 evaluation, address expert) internal pure returns (bytes memory) {
        return abi.encodeCall(IEvaluationRegistry.nominate, (evaluation, expert, _keyOf(expert)));
    }

    function _nominate(uint32 province, bytes32 evaluation, address expert) internal {
        _twice(province, address(evaluations), _nominateCall(evaluation, expert));
    }

    /// @notice Proposing the nomination is already refused with `why`.
    function _nominateRefused(uint32 province, bytes32 evaluation, address expert, bytes memory why) internal {
        _refused(lawyer[province], address(evaluations), _nominateCall(evaluation, expert), why);
    }

    /// @notice Five experts of three provinces: two of Shanghai, two of Zhejiang, one of Anhui.
    function _seatFive(bytes32 evaluation) internal returns (address[] memory experts) {
        uint32[5] memory provinces = [SHANGHAI, SHANGHAI, ZHEJIANG, ZHEJIANG, ANHUI];
        string[5] memory names = ["1", "2", "3", "4", "5"];
        experts = new address[](5);
        for (uint256 i; i < 5; ++i) {
            experts[i] = _expert(names[i]);
            _nominate(provinces[i], evaluation, experts[i]);
        }
    }

    function _opineCall(bytes32 evaluation, bool favourable, uint8 level, uint32 credits)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encodeCall(IEvaluationRegistry.opine, (evaluation, favourable, level, credits, REPORT));
    }

    /// @notice A favourable opinion.
    function _favour(address expert, bytes32 evaluation, uint8 level, uint32 credits) internal {
        _as(expert, address(evaluations), _opineCall(evaluation, true, level, credits));
    }

    function _disfavour(address expert, bytes32 evaluation) internal {
        _as(expert, address(evaluations), _opineCall(evaluation, false, 0, 0));
    }

    /// @notice Anhui closes it: any member may.
    function _close(bytes32 evaluation) internal {
        _as(lawyer[ANHUI], address(evaluations), abi.encodeCall(IEvaluationRegistry.close, (evaluation)));
    }

    /// @notice An evaluation that five experts in agreement made pass.
    function _passed(IEvaluationEvents.Subject memory subject, uint8 level, uint32 credits)
        internal
        returns (bytes32 evaluation)
    {
        evaluation = _open(subject);
        address[] memory experts = _seatFive(evaluation);
        for (uint256 i; i < experts.length; ++i) {
            _favour(experts[i], evaluation, level, credits);
        }
        _close(evaluation);
    }

    // ---- members

    /// @notice A fifth province joins, and `province` is expelled: four members stay.
    function _expel(uint32 province) internal {
        IConsortiumEvents.Founding memory joining = _founding(CHONGQING, "Chongqing");
        _byMotion(address(consortium), abi.encodeCall(consortium.admit, (joining)));
        _byMotion(address(consortium), abi.encodeCall(consortium.expel, (province)));
    }
}
