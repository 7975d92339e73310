// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {CredentialRegistry} from "../../../contracts/CredentialRegistry.sol";
import {ICredentialEvents} from "../../../contracts/interfaces/ICredentialEvents.sol";
import {ICredentialRegistry} from "../../../contracts/interfaces/ICredentialRegistry.sol";
import {IInstitutionEvents} from "../../../contracts/interfaces/IInstitutionEvents.sol";
import {Facts} from "../../../contracts/libraries/Facts.sol";
import {Names} from "../../../contracts/libraries/Names.sol";
import {Certificates} from "./Certificates.sol";
import {HeadsOracle} from "./HeadsOracle.sol";

/// @title Does to the registries whatever five provinces may try, beside a model of who may; each disagreement is counted.
/// @notice Eight certificates of one institution, pairwise of one claim, in batches of any of them; the institution moves, members are
/// paused and expelled, contracts are succeeded, time passes.
contract RegistryHandler is Certificates {
    struct Kept {
        uint256 members; // mask over the certificates
        bytes32 root;
        uint32 province;
        uint8 status;
        uint32 setBy;
    }

    uint256 public constant CERTIFICATES = 8;
    uint32 internal constant CHONGQING = 500000;

    HeadsOracle public oracle;
    uint32[5] public provinces = [SHANGHAI, JIANGSU, ZHEJIANG, ANHUI, CHONGQING];
    mapping(uint32 province => address) internal officerOf;

    // the model
    Kept[] public batches;
    uint8[8] public status;
    uint32[8] public setBy;
    bytes32[8] public successor;
    bool[8] public everRevoked;
    bytes32[8] public leaf;
    mapping(bytes32 root => bool) public anchored;

    // what was seen
    uint256 public disagreements;
    string public firstDisagreement;
    mapping(string action => uint256) public done;
    uint256 private _successions;
    uint256 private _keys;

    function setUp() public override {
        super.setUp();
        oracle = new HeadsOracle();
        _byMotion(address(consortium), abi.encodeCall(consortium.admit, (_founding(CHONGQING, "Chongqing"))));
        for (uint256 i = 1; i <= 5; ++i) {
            uint32 province = provinces[i % 5]; // and back to Shanghai
            _byMotion(address(institutions), abi.encodeCall(institutions.move, (SOU, province)));
            officerOf[province] = _account(string.concat("officer in ", vm.toString(province)));
            _law(province, abi.encodeCall(institutions.appointOfficer, (SOU, officerOf[province], 0)));
        }
        skip(3 days);
        for (uint256 i; i < CERTIFICATES; ++i) {
            leaf[i] = _leafOf(_made(i));
        }
        oracle.follow(address(credentials));
        vm.recordLogs();
    }

    /// @notice The registry in force.
    function registry() external view returns (CredentialRegistry) {
        return credentials;
    }

    function batchCount() external view returns (uint256) {
        return batches.length;
    }

    // ---- actions

    function anchor(uint256 mask) external {
        mask = bound(mask, 1, (1 << CERTIFICATES) - 1);
        Sealed memory made = _sealed(mask);
        uint32 province = institutions.provinceOf(SOU);
        ICredentialRegistry.Batch memory batch = _toBatch(made);
        bool may = consortium.canAct(province) && _standing() == IInstitutionEvents.Standing.Accredited
            && !anchored[batch.root];
        ICredentialRegistry.Approval memory approval =
            _approvalBy(officerOf[province], batch, uint64(vm.getBlockTimestamp() + 1));
        bool did = _try(operator[province], abi.encodeCall(credentials.anchor, (batch, approval)));
        _compare("anchor", may, did);
        if (!did) return;
        anchored[batch.root] = true;
        batches.push(Kept(mask, batch.root, province, 0, 0));
    }

    function attest(uint256 who, uint256 which) external {
        if (batches.length == 0) return;
        Kept storage kept = batches[which % batches.length];
        uint32 province = provinces[who % 5];
        ICredentialRegistry.BatchRef[] memory refs = new ICredentialRegistry.BatchRef[](1);
        refs[0] = ICredentialRegistry.BatchRef(SOU, kept.root);
        bool did = _try(operator[province], abi.encodeCall(credentials.attest, (refs)));
        _compare("attest", consortium.canAct(province) && province != kept.province, did);
    }

    function setLeaf(uint256 who, uint256 which, uint256 index, uint256 to) external {
        if (batches.length == 0) return;
        Kept storage kept = batches[which % batches.length];
        uint32 province = provinces[who % 5];
        uint256 certificate = _member(kept.members, index);
        to %= 3;
        bool may = _may(province, kept.province, status[certificate], setBy[certificate], uint8(to));
        bool did = _try(operator[province], _leafCall(_sealed(kept.members), certificate, to));
        _compare("setLeaf", may, did);
        if (!did || status[certificate] == to) return;
        status[certificate] = uint8(to);
        setBy[certificate] = province;
        if (to == 2) everRevoked[certificate] = true;
    }

    function setBatch(uint256 who, uint256 which, uint256 to) external {
        if (batches.length == 0) return;
        Kept storage kept = batches[which % batches.length];
        uint32 province = provinces[who % 5];
        to %= 3;
        bool may = _may(province, kept.province, kept.status, kept.setBy, uint8(to));
        bytes memory call = abi.encodeCall(
            credentials.setBatchStatus,
            (
                SOU,
                kept.root,
                ICredentialEvents.Status(to),
                to == 0 ? ICredentialEvents.Reason.None : ICredentialEvents.Reason.Fraud
            )
        );
        bool did = _try(lawyer[province], call);
        did = _try(admin[province], call) && did;
        _compare("setBatch", may, did);
        if (!did || kept.status == to) return;
        kept.status = uint8(to);
        kept.setBy = province;
    }

    /// @dev Certificates 2i and 2i + 1 share a claim; two of different pairs do not.
    function supersede(uint256 who, uint256 which, uint256 index, uint256 other, uint256 at) external {
        if (batches.length == 0) return;
        which %= batches.length;
        other %= batches.length;
        _supersede(
            provinces[who % 5],
            which,
            _member(batches[which].members, index),
            other,
            _member(batches[other].members, at)
        );
    }

    function _supersede(uint32 province, uint256 which, uint256 old, uint256 other, uint256 next) private {
        bool already = status[old] == 2 && successor[old] == leaf[next];
        bool may = old / 2 == next / 2 && old != next && consortium.canAct(province)
            && _acts(province, batches[which].province);
        if (!already) may = may && status[old] != 2 && status[next] == 0 && batches[other].status == 0;
        bytes memory call = _successionCall(batches[which].members, old, batches[other].members, next);
        bool did = _try(operator[province], call);
        _compare("supersede", may, did);
        if (!did || already) return;
        status[old] = 2;
        setBy[old] = province;
        successor[old] = leaf[next];
        everRevoked[old] = true;
    }

    // ---- the world around

    function move(uint256 to) external {
        uint32 province = provinces[to % 5];
        (bool moved,) =
            _callAs(address(consortium), address(institutions), abi.encodeCall(institutions.move, (SOU, province)));
        if (moved) ++done["move"];
    }

    function suspendOrResume() external {
        uint32 province = institutions.provinceOf(SOU);
        if (_standing() == IInstitutionEvents.Standing.Accredited) {
            _callAs(lawyer[province], address(institutions), abi.encodeCall(institutions.suspend, (SOU)));
        } else {
            bytes memory call = abi.encodeCall(institutions.resume, (SOU));
            _callAs(lawyer[province], address(institutions), call);
            _callAs(admin[province], address(institutions), call);
        }
    }

    function pause(uint256 who) external {
        bytes memory call = abi.encodeCall(consortium.pause, (provinces[who % 5]));
        (bool paused,) = _callAs(address(consortium), address(consortium), call);
        if (paused) ++done["pause"];
    }

    function expel(uint256 who, uint256 custodian) external {
        uint32 province = provinces[who % 5];
        (bool gone,) = _callAs(address(consortium), address(consortium), abi.encodeCall(consortium.expel, (province)));
        if (!gone) return;
        ++done["expel"];
        bytes memory call = abi.encodeCall(consortium.nameCustodian, (province, provinces[custodian % 5]));
        _callAs(address(consortium), address(consortium), call);
    }

    function wait(uint256 time) external {
        skip(bound(time, 1, 20 days));
    }

    function succeed() external {
        if (_successions == 3) return;
        ++_successions;
        CredentialRegistry next = new CredentialRegistry(consortium, directory, address(credentials));
        for (uint256 i; i < 5; ++i) {
            oracle.continues(address(next), address(credentials), provinces[i]);
        }
        oracle.follow(address(next));
        _succeed(Names.CREDENTIAL_REGISTRY, address(next));
        credentials = next;
        ++done["succeed"];
    }

    // ---- the model's law

    /// @dev "Valid ⇄ Suspended, either → Revoked (final). Acting: the province of the batch proven or the institution's current one; only
    /// the setter or its custodian lifts a suspension", already in that state = skipped.
    function _may(uint32 province, uint32 anchoring, uint8 from, uint32 by, uint8 to) private view returns (bool) {
        if (!consortium.canAct(province)) return false;
        if (to != 0 && !_acts(province, anchoring)) return false;
        if (from == to) return true;
        if (from == 2) return false;
        return to != 0 || province == by || consortium.custodianOf(by) == province;
    }

    function _acts(uint32 province, uint32 anchoring) internal view returns (bool) {
        uint32 current = institutions.provinceOf(SOU);
        return province == anchoring || province == current || consortium.custodianOf(anchoring) == province
            || consortium.custodianOf(current) == province;
    }

    // ---- helpers

    function _standing() private view returns (IInstitutionEvents.Standing) {
        return institutions.accreditationAt(SOU, uint64(vm.getBlockTimestamp())).standing;
    }

    function _made(uint256 index) internal pure returns (Certificate memory made) {
        made = _certificate(SOU, index);
        made.values[Facts.CLAIM] = uint256(keccak256(abi.encode("claim", index / 2)));
    }

    function _sealed(uint256 mask) internal pure returns (Sealed memory) {
        uint256 count;
        for (uint256 i; i < CERTIFICATES; ++i) {
            count += mask >> i & 1;
        }
        Certificate[] memory made = new Certificate[](count);
        count = 0;
        for (uint256 i; i < CERTIFICATES; ++i) {
            if (mask >> i & 1 == 1) made[count++] = _made(i);
        }
        return _seal(SOU, made);
    }

    /// @dev The certificate that stands `index`-th in the mask, counted round.
    function _member(uint256 mask, uint256 index) private pure returns (uint256 certificate) {
        certificate = index % CERTIFICATES;
        while (mask >> certificate & 1 == 0) {
            certificate = (certificate + 1) % CERTIFICATES;
        }
    }

    function positionOf(uint256 mask, uint256 certificate) public view returns (uint256 at) {
        bytes32[] memory leaves = _sealed(mask).leaves;
        while (leaves[at] != leaf[certificate]) {
            ++at;
        }
    }

    /// @notice What the registry in force proves of a certificate under a batch.
    function provenOf(uint256 which, uint256 certificate) external view returns (ICredentialRegistry.Proven memory) {
        uint256 mask = batches[which].members;
        return _proven(_sealed(mask), positionOf(mask, certificate), 0);
    }

    function _leafCall(Sealed memory made, uint256 certificate, uint256 to) private view returns (bytes memory) {
        uint256 at;
        while (made.leaves[at] != leaf[certificate]) {
            ++at;
        }
        ICredentialEvents.Reason reason = to == 0 ? ICredentialEvents.Reason.None : ICredentialEvents.Reason.Error;
        return _statusCall(made, at, ICredentialEvents.Status(to), reason);
    }

    function _successionCall(uint256 from, uint256 old, uint256 to, uint256 next) private view returns (bytes memory) {
        return _supersedeCall(_sealed(from), positionOf(from, old), _sealed(to), positionOf(to, next));
    }

    function _try(address account, bytes memory call) private returns (bool did) {
        (did,) = _callAs(account, address(credentials), call);
        // A revert of the oracle must not undo the action, and with it go unseen.
        try oracle.absorb(vm.getRecordedLogs(), vm.getBlockTimestamp()) {}
        catch {
            _disagree("a head does not follow");
        }
    }

    function _callAs(address account, address target, bytes memory call)
        private
        returns (bool did, bytes memory answer)
    {
        vm.prank(account);
        (did, answer) = target.call(call);
    }

    function _compare(string memory action, bool may, bool did) private {
        if (did) ++done[action];
        if (may != did) _disagree(string.concat(action, may ? " was refused" : " was accepted"));
    }

    function _disagree(string memory what) private {
        if (disagreements++ == 0) firstDisagreement = what;
    }
}
