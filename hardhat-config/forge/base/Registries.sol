// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Consortium} from "../../../contracts/Consortium.sol";
import {CredentialRegistry} from "../../../contracts/CredentialRegistry.sol";
import {Directory} from "../../../contracts/Directory.sol";
import {InstitutionRegistry} from "../../../contracts/InstitutionRegistry.sol";
import {IConsortiumEvents} from "../../../contracts/interfaces/IConsortiumEvents.sol";
import {ICredentialEvents} from "../../../contracts/interfaces/ICredentialEvents.sol";
import {ICredentialRegistry} from "../../../contracts/interfaces/ICredentialRegistry.sol";
import {IDirectory} from "../../../contracts/interfaces/IDirectory.sol";
import {IGoverned} from "../../../contracts/interfaces/IGoverned.sol";
import {IInstitutionEvents} from "../../../contracts/interfaces/IInstitutionEvents.sol";
import {Names} from "../../../contracts/libraries/Names.sol";
import {Roles} from "../../../contracts/libraries/Roles.sol";
import {HeadsOracle} from "./HeadsOracle.sol";
import {Test} from "./Test.sol";
import {Vm} from "./Vm.sol";

/// @title Four provinces, two institutions and both registries, and the ways in which tests act on them.
/// @notice Shanghai accredits SOU, Jiangsu accredits JOU; each has one founding officer. Every province has an admin, an operator for daily
/// work and an operator for the law.
abstract contract Registries is Test {
    uint32 internal constant SHANGHAI = 310000;
    uint32 internal constant JIANGSU = 320000;
    uint32 internal constant ZHEJIANG = 330000;
    uint32 internal constant ANHUI = 340000;
    bytes32 internal constant SOU = "123100004250004560";
    bytes32 internal constant JOU = "123200004660001235";
    bytes32 internal constant AOU = "12340000485000321G";
    uint256 internal constant START = 1_790_000_000; // 2026-09-21
    uint32 internal constant QUOTA = 40_000;

    Consortium internal consortium;
    Directory internal directory;
    InstitutionRegistry internal institutions;
    CredentialRegistry internal credentials;

    mapping(uint32 province => address) internal admin;
    mapping(uint32 province => address) internal operator;
    mapping(uint32 province => address) internal lawyer;
    mapping(bytes32 institution => address) internal officer;
    mapping(address account => uint256) internal keyOf;

    function setUp() public virtual {
        vm.warp(START);
        uint64 nonce = vm.getNonce(address(this));
        address next = vm.computeCreateAddress(address(this), nonce + 1);
        consortium = new Consortium(IDirectory(next), false, _parameters());
        directory = new Directory(consortium);
        institutions = new InstitutionRegistry(consortium, directory, address(0));
        credentials = new CredentialRegistry(consortium, directory, address(0));
        bytes32[] memory names = new bytes32[](2);
        address[] memory targets = new address[](2);
        (names[0], targets[0]) = (Names.INSTITUTION_REGISTRY, address(institutions));
        (names[1], targets[1]) = (Names.CREDENTIAL_REGISTRY, address(credentials));
        IConsortiumEvents.Founding[] memory founding = new IConsortiumEvents.Founding[](4);
        founding[0] = _founding(SHANGHAI, "Shanghai");
        founding[1] = _founding(JIANGSU, "Jiangsu");
        founding[2] = _founding(ZHEJIANG, "Zhejiang");
        founding[3] = _founding(ANHUI, "Anhui");
        consortium.constitute(founding, names, targets);
        _accredit(SHANGHAI, SOU, "officer of SOU");
        _accredit(JIANGSU, JOU, "officer of JOU");
    }

    // ---- acting

    /// @notice The law operator of `province` proposes, its admin confirms.
    function _twice(uint32 province, address target, bytes memory call) internal {
        _as(lawyer[province], target, call);
        _as(admin[province], target, call);
    }

    /// @notice Calls as `account`; a revert is passed on.
    function _as(address account, address target, bytes memory call) internal {
        vm.prank(account);
        (bool done, bytes memory why) = target.call(call);
        if (!done) {
            assembly {
                revert(add(why, 32), mload(why))
            }
        }
    }

    /// @notice Calls as an executed motion does.
    function _byMotion(address target, bytes memory call) internal {
        _as(address(consortium), target, call);
    }

    function _law(uint32 province, bytes memory call) internal {
        _twice(province, address(institutions), call);
    }

    /// @notice The call of `account` is refused with exactly `why`.
    function _refused(address account, address target, bytes memory call, bytes memory why) internal {
        vm.prank(account);
        (bool done, bytes memory answer) = target.call(call);
        assertFalse(done, "accepted");
        assertEq(answer, why);
    }

    /// @notice The first call of a binding act of `province` is already refused with `why`.
    function _lawRefused(uint32 province, bytes memory call, bytes memory why) internal {
        _refused(lawyer[province], address(institutions), call, why);
    }

    /// @notice `account` holds no role for what it calls.
    function _unauthorised(address account, uint8 role) internal view returns (bytes memory) {
        return abi.encodeWithSelector(
            IConsortiumEvents.ConsortiumUnauthorised.selector, account, consortium.bindingOf(account).province, role
        );
    }

    function _scope() internal pure returns (IInstitutionEvents.Scope memory) {
        return IInstitutionEvents.Scope(0x0e, 10, 99_999);
    }

    function _accredit(uint32 province, bytes32 institution, string memory name) internal {
        address[] memory officers = new address[](1);
        officers[0] = _account(name);
        officer[institution] = officers[0];
        _law(province, abi.encodeCall(institutions.accredit, (institution, _scope(), officers)));
    }

    /// @notice A motion lists `successor` under `name`, and its time lock passes.
    function _succeed(bytes32 name, address successor) internal {
        _byMotion(address(directory), abi.encodeCall(directory.schedule, (name, successor)));
        skip(_parameters().timeLock);
    }

    /// @notice A motion expels `province` and makes `custodian` keep its records.
    function _replace(uint32 province, uint32 custodian) internal {
        _byMotion(address(consortium), abi.encodeCall(consortium.expel, (province)));
        _byMotion(address(consortium), abi.encodeCall(consortium.nameCustodian, (province, custodian)));
    }

    // ---- events and storage

    /// @notice Of the logs recorded, the last one of `emitter` is this event with these fields (all but actor, sequence and head), by
    /// `actor`; and `oracle`, which takes them all in, agrees with the heads stored.
    function _checkLogs(
        HeadsOracle oracle,
        address emitter,
        uint64 subject,
        address actor,
        bytes32 topic,
        bytes memory fields
    ) internal {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        oracle.absorb(logs, vm.getBlockTimestamp());
        uint256 last = logs.length;
        do {
            --last;
        } while (logs[last].emitter != emitter);
        assertEq(logs[last].topics[0], topic);
        (bytes memory given, address by, uint64 sequence, bytes32 head) = oracle.split(logs[last]);
        assertEq(given, fields);
        assertEq(by, actor);
        (bytes32 expectedHead, uint64 expectedSequence) = oracle.headOf(emitter, subject);
        assertEq(head, expectedHead);
        assertEq(sequence, expectedSequence);
        _checkHead(oracle, emitter, subject);
    }

    /// @notice The head stored is the one recomputed, by the view and by the slot of docs/storage.md.
    function _checkHead(HeadsOracle oracle, address emitter, uint64 subject) internal view {
        (bytes32 head, uint64 sequence) = oracle.headOf(emitter, subject);
        (bytes32 stored, uint64 count) = IGoverned(emitter).headOf(subject);
        assertEq(stored, head);
        assertEq(count, sequence);
        bytes32 slot = keccak256(abi.encode(subject, uint256(0)));
        if (sequence == 0) return; // never written here
        assertEq(vm.load(emitter, slot), head);
        assertEq(uint256(vm.load(emitter, bytes32(uint256(slot) + 1))), sequence);
    }

    // ---- anchoring

    function _batch(bytes32 institution, bytes32 root, uint32 leafCount)
        internal
        pure
        returns (ICredentialRegistry.Batch memory)
    {
        return ICredentialRegistry.Batch(institution, root, keccak256(abi.encode("manifest", root)), leafCount);
    }

    /// @notice An approval by the institution's first officer that holds for a day.
    function _approval(ICredentialRegistry.Batch memory batch)
        internal
        view
        returns (ICredentialRegistry.Approval memory)
    {
        return _approvalBy(officer[batch.institution], batch, uint64(vm.getBlockTimestamp() + 1 days));
    }

    function _approvalBy(address account, ICredentialRegistry.Batch memory batch, uint64 deadline)
        internal
        view
        returns (ICredentialRegistry.Approval memory)
    {
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256(
                    "Approval(bytes32 institution,bytes32 root,bytes32 manifest,uint32 leafCount,uint64 deadline)"
                ),
                batch.institution,
                batch.root,
                batch.manifest,
                batch.leafCount,
                deadline
            )
        );
        return ICredentialRegistry.Approval(
            deadline,
            signature(keyOf[account], _typedData(address(credentials), "Huren CredentialRegistry", structHash))
        );
    }

    /// @notice EIP-712 written out from the standard: keccak256(0x1901 ‖ domain separator ‖ hash of the struct).
    function _typedData(address target, string memory name, bytes32 structHash) internal view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(name)),
                keccak256("1"),
                block.chainid,
                target
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    function _anchor(uint32 province, ICredentialRegistry.Batch memory batch) internal {
        ICredentialRegistry.Approval memory approval = _approval(batch);
        vm.prank(operator[province]);
        credentials.anchor(batch, approval);
    }

    // ---- statuses

    function _setBatch(uint32 province, bytes32 institution, bytes32 root, ICredentialEvents.Status status) internal {
        ICredentialEvents.Reason reason =
            status == ICredentialEvents.Status.Valid ? ICredentialEvents.Reason.None : ICredentialEvents.Reason.Error;
        _twice(
            province,
            address(credentials),
            abi.encodeCall(credentials.setBatchStatus, (institution, root, status, reason))
        );
    }

    // ---- accounts

    /// @notice An account whose key the tests know.
    function _account(string memory name) internal returns (address account) {
        uint256 privateKey;
        (account, privateKey) = makeAccount(name);
        keyOf[account] = privateKey;
    }

    function _parameters() internal pure returns (IConsortiumEvents.Parameters memory) {
        return IConsortiumEvents.Parameters(365 days, 1 days, 7 days, 2 days, 90 days, 3 days);
    }

    function _founding(uint32 province, string memory name)
        internal
        returns (IConsortiumEvents.Founding memory founding)
    {
        admin[province] = _account(string.concat("admin of ", name));
        operator[province] = _account(string.concat("operator of ", name));
        lawyer[province] = _account(string.concat("lawyer of ", name));
        founding.province = province;
        founding.admin = admin[province];
        founding.recovery = _account(string.concat("recovery of ", name));
        founding.operators = new IConsortiumEvents.OperatorGrant[](2);
        uint8 daily = Roles.ANCHOR | Roles.ATTEST | Roles.STATUS | Roles.TRANSFER;
        founding.operators[0] = IConsortiumEvents.OperatorGrant(operator[province], daily, QUOTA);
        founding.operators[1] = IConsortiumEvents.OperatorGrant(lawyer[province], Roles.LAW | Roles.BATCH_STATUS, 0);
    }
}
