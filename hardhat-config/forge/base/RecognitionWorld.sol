// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {AgreementRegistry} from "../../../contracts/AgreementRegistry.sol";
import {ClaimBook} from "../../../contracts/ClaimBook.sol";
import {CredentialRegistry} from "../../../contracts/CredentialRegistry.sol";
import {TransferLedger} from "../../../contracts/TransferLedger.sol";
import {IAgreementEvents} from "../../../contracts/interfaces/IAgreementEvents.sol";
import {IClaimBook} from "../../../contracts/interfaces/IClaimBook.sol";
import {IConsortiumEvents} from "../../../contracts/interfaces/IConsortiumEvents.sol";
import {ICredentialEvents} from "../../../contracts/interfaces/ICredentialEvents.sol";
import {ICredentialRegistry} from "../../../contracts/interfaces/ICredentialRegistry.sol";
import {Names} from "../../../contracts/libraries/Names.sol";
import {HeadsOracle} from "./HeadsOracle.sol";
import {RecognitionGhost} from "./RecognitionGhost.sol";

/// @title What goes on around transfers: certificates are suspended, revoked, reissued, anchored again; institutions, officers, agreements,
/// members and contracts come and go, the last two by motions that are voted on.
abstract contract RecognitionWorld is RecognitionGhost {
    uint256 private constant MOST_SUCCESSIONS = 4;

    address[] internal officersOfZou;
    uint256 private _successions;
    uint256 private _motions;
    uint32 private _gone;

    function setUp() public override {
        super.setUp();
        _byMotion(address(consortium), abi.encodeCall(consortium.admit, (_founding(CHONGQING, "Chongqing"))));
        for (uint256 person; person < PERSONS; ++person) {
            for (uint256 edition; edition < EDITIONS; ++edition) {
                Held memory held = _issue(person, edition);
                papers[person][edition].leaf = held.batch.leaves[held.index];
                sheets[person][edition][0] = Sheet(held.batch.nodes[0], JIANGSU, 0, 1 << 3);
            }
        }
        laws.push(agreement);
        officersOfZou.push(officer[ZOU]);
        (windows[ZOU], windows[SOU]) = (1, 1);
        _watch();
    }

    // ---- certificates

    function setLeaf(uint256 who, uint256 person, uint256 edition, uint256 to) external {
        (person, edition, to) = (person % PERSONS, edition % EDITIONS, _status(to));
        ICredentialEvents.Reason reason = to == 0 ? ICredentialEvents.Reason.None : ICredentialEvents.Reason.Error;
        Held memory held = _paper(person, edition, 0);
        bytes memory call = _statusCall(held.batch, held.index, ICredentialEvents.Status(to), reason);
        if (!_try(operator[_mostly(who, JIANGSU)], address(credentials), call)) return;
        papers[person][edition].status = uint8(to);
        ++done["setLeaf"];
    }

    function setBatch(uint256 who, uint256 person, uint256 edition, uint256 sheet, uint256 to) external {
        (person, edition, sheet, to) = (person % PERSONS, edition % EDITIONS, sheet % 2, _status(to));
        Sheet storage batch = sheets[person][edition][sheet];
        uint32 province = _mostly(who, JIANGSU);
        ICredentialEvents.Reason reason = to == 0 ? ICredentialEvents.Reason.None : ICredentialEvents.Reason.Error;
        bytes memory call =
            abi.encodeCall(credentials.setBatchStatus, (JOU, batch.root, ICredentialEvents.Status(to), reason));
        if (!_lawful(province, address(credentials), call)) return;
        batch.status = uint8(to);
        ++done["setBatch"];
    }

    function supersede(uint256 who, uint256 person, uint256 edition, uint256 sheet) external {
        (person, edition, sheet) = (person % PERSONS, edition % EDITIONS, sheet % 2);
        if (sheets[person][1 - edition][sheet].root == 0) return;
        Held memory old = _paper(person, edition, 0);
        Held memory next = _paper(person, 1 - edition, sheet);
        Paper storage paper = papers[person][edition];
        bool revoked = paper.status == 2;
        bytes memory call = _supersedeCall(old.batch, old.index, next.batch, next.index);
        if (!_try(operator[_mostly(who, JIANGSU)], address(credentials), call) || revoked) return;
        (paper.status, paper.successor, paper.proven) = (2, uint8(2 - edition), uint8(sheet));
        ++done["supersede"];
    }

    function anchorAgain(uint256 person, uint256 edition) external {
        (person, edition) = (person % PERSONS, edition % EDITIONS);
        uint32 province = institutions.provinceOf(JOU);
        Held memory held = _paper(person, edition, 1);
        ICredentialRegistry.Batch memory batch = _toBatch(held.batch);
        bytes memory call = abi.encodeCall(credentials.anchor, (batch, _approval(batch)));
        if (!_try(operator[province], address(credentials), call)) return;
        sheets[person][edition][1] = Sheet(batch.root, province, 0, 0);
        ++done["anchorAgain"];
    }

    function attest(uint256 who, uint256 person, uint256 edition) external {
        Sheet storage sheet = sheets[person % PERSONS][edition % EDITIONS][1];
        ICredentialRegistry.BatchRef[] memory refs = new ICredentialRegistry.BatchRef[](1);
        refs[0] = ICredentialRegistry.BatchRef(JOU, sheet.root);
        if (sheet.root == 0) return;
        if (!_try(operator[provinces[who % 5]], address(credentials), abi.encodeCall(credentials.attest, (refs)))) {
            return;
        }
        sheet.attested |= uint8(1 << who % 5);
        ++done["attest"];
    }

    // ---- institutions

    function suspendOrResume(uint256 which) external {
        bytes32 institution = [JOU, ZOU, SOU][which % 3];
        uint32 province = institutions.provinceOf(institution);
        if (_accredited(institution) && which % 8 != 0) return;
        bool did = _accredited(institution)
            ? _try(lawyer[province], address(institutions), abi.encodeCall(institutions.suspend, (institution)))
            : _lawful(province, address(institutions), abi.encodeCall(institutions.resume, (institution)));
        if (did) ++done["suspendOrResume"];
    }

    /// @notice Zhejiang appoints another officer of ZOU, or retires one.
    function changeOfficers(uint256 which) external {
        bool appoints = which % 2 == 0;
        address account = appoints
            ? _account(string.concat("officer ", vm.toString(officersOfZou.length)))
            : officersOfZou[which / 2 % officersOfZou.length];
        bytes memory call = appoints
            ? abi.encodeCall(institutions.appointOfficer, (ZOU, account, 0))
            : abi.encodeCall(institutions.retireOfficer, (ZOU, account, 0));
        if (!_lawful(ZHEJIANG, address(institutions), call)) return;
        if (appoints) officersOfZou.push(account);
        ++done["changeOfficers"];
    }

    function declare(uint256 who, uint256 which, uint256 window) external {
        bytes32 institution = which % 2 == 0 ? ZOU : SOU;
        window %= 3;
        address account = _someOfficer(who);
        uint32 province = institutions.provinceOf(institution);
        bool may = window != 0 && window >= windows[institution] && _accredited(institution)
            && consortium.canAct(province) && institutions.officerInForceAt(institution, account, _time())
            && institutions.officer(institution, account).validFrom + 3 days <= _time();
        bytes memory call = _declareCall(institution, ADMINISTRATION, IClaimBook.Window(window), uint32(which));
        bool did = _try(account, address(book), call);
        _compare("declare", may, did);
        if (did) windows[institution] = uint8(window);
    }

    // ---- agreements

    function conclude(uint256 who) external {
        if (laws.length == 3) return;
        uint32 province = provinces[who % 3];
        IAgreementEvents.Terms memory terms = _lawOfTransfers();
        bytes32 next = agreements.agreementId(terms);
        if (!_try(lawyer[province], address(agreements), _proposeCall(terms))) return;
        laws.push(next);
        _approveByThree(next);
        ++done["conclude"];
    }

    /// @notice A party objects, withdraws, or all approve again.
    function unsettle(uint256 who, uint256 which, uint256 what) external {
        bytes32 law = laws[which % laws.length];
        what %= 6;
        if (what > 1) return _approveByThree(law);
        if (what == 1 && who % 4 != 0) return; // it is for ever
        bytes memory call = what == 0 ? _objectCall(law) : _withdrawCall(law);
        if (_lawful(provinces[who % 5], address(agreements), call)) ++done[what == 0 ? "object" : "withdraw"];
    }

    // ---- the consortium

    /// @notice Somebody opens a motion, the members vote as `ballots` says, anybody tries to carry it out.
    function move(uint256 opener, uint256 what, uint256 ballots) external {
        (address target, bytes memory data) = _decree(what);
        uint256 nonce = ++_motions;
        bytes memory call = abi.encodeCall(consortium.openMotion, (target, data, nonce));
        if (!_lawful(provinces[opener % 5], address(consortium), call)) return;
        skip(_parameters().motionNotice);
        bytes32 id = consortium.motionId(target, data, nonce);
        uint256 inFavour;
        for (uint256 i; i < 5; ++i) {
            bool yes = ballots % 4 != 0 || ballots >> (8 + i) & 1 == 1;
            bool cast = _lawful(provinces[i], address(consortium), abi.encodeCall(consortium.vote, (id, yes)));
            if (cast && yes) ++inFavour;
        }
        bool carried = 3 * inFavour >= 2 * consortium.members().length;
        call = abi.encodeCall(consortium.execute, (target, data, nonce));
        if (_try(operator[provinces[ballots % 5]], address(consortium), call, true)) {
            if (!carried) ++passedWithTooFew;
            ++done["execute"];
            _follow(target, data);
        } else if (carried) {
            (, bytes memory why) = address(consortium).call(call);
            if (bytes4(why) == IConsortiumEvents.ConsortiumMotionNotCarried.selector) ++blockedByTooFew;
        } else {
            ++done["failed motion"];
        }
    }

    function wait(uint256 time) external {
        skip(bound(time, 1, 20 days));
    }

    // ---- how

    function _decree(uint256 what) private returns (address, bytes memory) {
        uint32 province = provinces[(what >> 8) % 5];
        uint256 choice = what % 8;
        if (institutions.provinceOf(JOU) != JIANGSU && what >> 40 & 1 == 0) choice = 3;
        if (choice == 0 && what >> 48 & 1 == 0) {
            return (address(consortium), abi.encodeCall(consortium.pause, (province)));
        }
        if (choice < 2) return (address(consortium), abi.encodeCall(consortium.unpause, (province)));
        if (choice == 2 && what >> 16 & 3 == 0) {
            return (address(consortium), abi.encodeCall(consortium.expel, (province)));
        }
        if (choice == 3) {
            // JOU goes away, and comes home.
            uint32 to = institutions.provinceOf(JOU) == JIANGSU ? province : JIANGSU;
            return (address(institutions), abi.encodeCall(institutions.move, (JOU, to)));
        }
        if (choice == 4) {
            return (address(agreements), _settleCall(laws[(what >> 16) % laws.length], what >> 24 & 1 == 0));
        }
        if (choice < 7 || _successions == MOST_SUCCESSIONS) {
            return (address(consortium), abi.encodeCall(consortium.nameCustodian, (_gone, province)));
        }
        return _successor((what >> 16) % 4);
    }

    function _successor(uint256 which) private returns (address, bytes memory) {
        bytes32 name =
            [Names.TRANSFER_LEDGER, Names.CLAIM_BOOK, Names.CREDENTIAL_REGISTRY, Names.AGREEMENT_REGISTRY][which];
        address next;
        if (which == 0) next = address(new TransferLedger(consortium, directory, address(ledger)));
        else if (which == 1) next = address(new ClaimBook(consortium, directory, address(book)));
        else if (which == 2) next = address(new CredentialRegistry(consortium, directory, address(credentials)));
        else next = address(new AgreementRegistry(consortium, directory, address(agreements)));
        return (address(directory), abi.encodeCall(directory.schedule, (name, next)));
    }

    /// @dev What has to be known of a motion that was carried out.
    function _follow(address target, bytes memory data) private {
        bytes4 decree = bytes4(data);
        if (decree == consortium.expel.selector) {
            _gone = abi.decode(_arguments(data), (uint32));
            ++done["expel"];
        }
        if (decree == consortium.pause.selector) ++done["pause"];
        if (decree == institutions.move.selector) ++done["moveInstitution"];
        if (target != address(directory)) return;
        ++_successions;
        ++done["succeed"];
        (bytes32 name, address next) = abi.decode(_arguments(data), (bytes32, address));
        address last = directory.resolve(name);
        skip(_parameters().timeLock);
        for (uint256 i; i <= 7; ++i) {
            oracle.continues(next, last, subject(i));
        }
        oracle.follow(next);
        if (name == Names.TRANSFER_LEDGER) ledger = TransferLedger(next);
        else if (name == Names.CLAIM_BOOK) book = ClaimBook(next);
        else if (name == Names.CREDENTIAL_REGISTRY) credentials = CredentialRegistry(next);
        else agreements = AgreementRegistry(next);
    }

    /// @notice The subjects whose heads move: five provinces, the consortium, two pairs.
    function subject(uint256 index) public view returns (uint64) {
        if (index < 5) return provinces[index];
        if (index == 5) return 0;
        return uint64(JIANGSU) << 32 | (index == 6 ? ZHEJIANG : SHANGHAI);
    }

    /// @dev A certificate in one of its batches.
    function _paper(uint256 person, uint256 edition, uint256 sheet) internal view returns (Held memory held) {
        if (sheet == 0) return _sealTwo(_clerk(person, edition));
        Certificate[] memory alone = new Certificate[](1);
        alone[0] = _clerk(person, edition);
        held.batch = _seal(JOU, alone);
    }

    /// @dev Three times of four `province`, otherwise any.
    function _mostly(uint256 who, uint32 province) internal view returns (uint32) {
        return who % 4 != 0 ? province : provinces[(who >> 8) % 5];
    }

    /// @dev Valid or suspended, and seldom revoked: that is for ever.
    function _status(uint256 to) private pure returns (uint256) {
        return to % 8 == 0 ? 2 : to % 2;
    }

    /// @dev An officer, or somebody who is none.
    function _someOfficer(uint256 who) internal view returns (address) {
        uint256 choice = who % 8;
        if (choice == 0) return operator[provinces[(who >> 8) % 5]];
        if (choice == 1) return officer[JOU];
        if (choice < 4) return officer[SOU];
        return officersOfZou[(who >> 8) % officersOfZou.length];
    }

    function _approveByThree(bytes32 law) private {
        for (uint256 i; i < 3; ++i) {
            _lawful(provinces[i], address(agreements), _approveCall(law));
        }
    }

    /// @dev From here on; where the set-up left the heads is read from the contracts.
    function _watch() private {
        oracle = new HeadsOracle();
        address[5] memory all =
            [address(institutions), address(credentials), address(agreements), address(book), address(ledger)];
        for (uint256 i; i < 5; ++i) {
            for (uint256 j; j <= 7; ++j) {
                oracle.begin(all[i], subject(j));
            }
        }
        vm.recordLogs();
    }

    function _arguments(bytes memory data) private pure returns (bytes memory rest) {
        rest = new bytes(data.length - 4);
        for (uint256 i; i < rest.length; ++i) {
            rest[i] = data[i + 4];
        }
    }
}
