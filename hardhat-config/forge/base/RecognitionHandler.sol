// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAgreementEvents} from "../../../contracts/interfaces/IAgreementEvents.sol";
import {IClaimBook} from "../../../contracts/interfaces/IClaimBook.sol";
import {IInstitutionRegistry} from "../../../contracts/interfaces/IInstitutionRegistry.sol";
import {ITransferEvents} from "../../../contracts/interfaces/ITransferEvents.sol";
import {RecognitionWorld} from "./RecognitionWorld.sol";

/// @title What anybody may try with transfers, beside a model of who may; each disagreement is counted. No function here reverts.
contract RecognitionHandler is RecognitionWorld {
    // ---- actions

    function request(uint256 who, uint256 person, uint256 edition, uint256 sheet, uint256 seed) external {
        Entry memory entry;
        (entry.person, entry.edition, entry.sheet) = (person % PERSONS, edition % EDITIONS, sheet % 8 == 0 ? 1 : 0);
        uint32 province = _mostly(who, JIANGSU);
        ITransferEvents.Application memory application = _application(uint32(seed % 2));
        application.agreement = laws[(seed >> 8) % laws.length];
        application.deadline = _time() + uint64(1 days + (seed >> 16) % 40 days);
        bool again = (seed >> 64) % 8 == 0 && entries.length != 0; // a consent that served before
        if (again) application.consent = entries[0].asked.details.consent;
        Held memory held = _paper(entry.person, entry.edition, entry.sheet);
        entry.asked.details = _detailsOf(held, application);
        entry.deadline = application.deadline;
        bool may = !spent[application.consent] && _mayRequest(province, entry);
        bytes memory call = _requestCall(held, application);
        bool did = _try(operator[province], address(ledger), call);
        _compare("request", may, did);
        if (did) _requested(entry);
    }

    function accept(uint256 which, uint256 who, uint256 credits, uint256 enrolment) external {
        if (entries.length == 0) return;
        Entry storage entry = entries[_openOr(which)];
        address account = _decider(entry, who);
        credits = credits % 5 == 0 ? bound(credits, 0, entry.quoted + 1) : entry.quoted;
        bytes32 pseudonym = bytes32(enrolment % 4 == 0 ? enrolment / 4 % 3 : 1); // zero is none
        bytes32 target = entry.asked.details.targetInstitution;
        bool may = _mayDecide(entry, account) && _isGood(entry) && _accredited(JOU) && _accredited(target)
            && credits != 0 && credits <= entry.quoted && pseudonym != 0;
        uint256 cap = target == ZOU ? CAP : 600;
        if (may && _held(target, pseudonym) + credits > cap) {
            may = false;
            ++done["capped"];
        }
        bool did = _try(account, address(ledger), _acceptCall(entry.asked, pseudonym, uint32(credits)));
        _compare("accept", may, did);
        if (!did) return;
        (entry.stage, entry.awarded, entry.decidedAt) = (ACCEPTED, uint32(credits), _time());
        entry.enrolment = pseudonym;
        uses[entry.person] = 2;
        _count(target, pseudonym, _time(), int256(credits));
        if (_held(target, pseudonym) > cap) ++capsBroken;
    }

    function reject(uint256 which, uint256 who, uint256 reason) external {
        if (entries.length == 0) return;
        Entry storage entry = entries[_openOr(which)];
        address account = _decider(entry, who);
        ITransferEvents.Return given = ITransferEvents.Return(reason % 8);
        bool may = _mayDecide(entry, account) && reason % 8 != 0 && reason % 8 < 6;
        bool did = _try(account, address(ledger), _rejectCall(entry.asked, given));
        _compare("reject", may, did);
        if (did) _returned(entry, uint8(given));
    }

    function cancel(uint256 which, uint256 who) external {
        if (entries.length == 0) return;
        Entry storage entry = entries[_openOr(which)];
        uint32 province = _mostly(who, JIANGSU);
        bool may = entry.stage == REQUESTED && consortium.canAct(province) && _speaksFor(province, JIANGSU);
        bool did = _try(operator[province], address(ledger), _cancelCall(entry.asked));
        _compare("cancel", may, did);
        if (did) _returned(entry, uint8(ITransferEvents.Return.Cancelled));
    }

    function expire(uint256 which, uint256 who) external {
        if (entries.length == 0) return;
        Entry storage entry = entries[_openOr(which)];
        bool may = entry.stage == REQUESTED && _time() >= entry.deadline + GRACE;
        bool did = _try(operator[provinces[who % 5]], address(ledger), _expireCall(entry.asked), true);
        _compare("expire", may, did);
        if (did) _returned(entry, uint8(ITransferEvents.Return.Expired));
    }

    function reverse(uint256 which, uint256 who) external {
        if (entries.length == 0) return;
        Entry storage entry = entries[_acceptedOr(which)];
        uint32 province = who % 8 == 0 ? provinces[(who >> 8) % 5] : (who % 2 == 0 ? JIANGSU : entry.asked.ref.target);
        bool forSource = _speaksFor(province, JIANGSU);
        bool forTarget = _speaksFor(province, entry.asked.ref.target);
        (uint8 own, uint8 batch) = _fate(entry);
        bool both = (forSource || entry.sourceReverses) && (forTarget || entry.targetReverses);
        bool ends = both || (forTarget && (own == 2 || batch == 2));
        bool before = forSource ? entry.sourceReverses : entry.targetReverses;
        bool may =
            consortium.canAct(province) && (forSource || forTarget) && entry.stage == ACCEPTED && (ends || !before);
        bool did = _both(operator[province], province, address(ledger), _reverseCall(entry.asked));
        _compare(ends ? "reverse" : "agree", may, did);
        if (!did) return;
        if (!ends) {
            if (forSource) entry.sourceReverses = true;
            else entry.targetReverses = true;
            return;
        }
        entry.stage = REVERSED;
        bool isSpent = !both && own == 2;
        uses[entry.person] = isSpent ? 3 : 0;
        if (isSpent) ++done["spend"];
        _count(entry.asked.details.targetInstitution, entry.enrolment, entry.decidedAt, -int256(uint256(entry.awarded)));
    }

    function appeal(uint256 which, uint256 who) external {
        if (entries.length == 0) return;
        Entry storage entry = entries[which % entries.length];
        uint32 province = _mostly(who, JIANGSU);
        bool may = consortium.canAct(province) && _speaksFor(province, JIANGSU) && entry.stage == RETURNED
            && entry.reason < 6 && entry.appeal == 0 && _time() < entry.decidedAt + 30 days + GRACE;
        bytes memory call = abi.encodeCall(ledger.appeal, (entry.asked.ref, bytes32(who)));
        bool did = _try(operator[province], address(ledger), call);
        _compare("appeal", may, did);
        if (did) entry.appeal = 1;
    }

    function decideAppeal(uint256 which, uint256 who, bool upheld) external {
        if (entries.length == 0) return;
        Entry storage entry = entries[which % entries.length];
        uint32 target = entry.asked.ref.target;
        uint32 province = _mostly(who, target);
        bool may = consortium.canAct(province) && _speaksFor(province, target) && entry.appeal == 1;
        bytes memory call = abi.encodeCall(ledger.decideAppeal, (entry.asked.ref, upheld, bytes32("decision")));
        bool did = _both(operator[province], province, address(ledger), call);
        _compare("decideAppeal", may, did);
        if (did) entry.appeal = upheld ? 2 : 3;
    }

    function retire(uint256 who, uint256 person) external {
        if (person % 4 != 0) return; // it is for ever
        person = person / 4 % PERSONS;
        uint32 province = _mostly(who, JIANGSU);
        bool may =
            consortium.canAct(province) && _speaksFor(province, institutions.provinceOf(JOU)) && uses[person] == 0;
        bool did = _both(operator[province], province, address(ledger), _retireCall(JOU, _claimOf(person)));
        _compare("retire", may, did);
        if (did) uses[person] = 4;
    }

    // ---- the model's law

    function _mayRequest(uint32 province, Entry memory entry) private view returns (bool) {
        ITransferEvents.Details memory asked = entry.asked.details;
        uint32 target = asked.rule == CLERKS ? ZHEJIANG : SHANGHAI;
        return consortium.canAct(province) && province == JIANGSU && institutions.provinceOf(JOU) == JIANGSU
            && _accredited(JOU) && _isGood(entry) && _isAttested(entry, province)
            && agreements.stateAt(asked.agreement, _time()) == IAgreementEvents.State.Active
            && _accredited(asked.targetInstitution) && institutions.provinceOf(asked.targetInstitution) == target
            && uses[entry.person] == 0;
    }

    function _mayDecide(Entry storage entry, address account) private view returns (bool) {
        bytes32 institution = entry.asked.details.targetInstitution;
        IInstitutionRegistry.Tenure memory tenure = institutions.officer(institution, account);
        return entry.stage == REQUESTED && _time() < entry.deadline + GRACE && tenure.validFrom != 0
            && tenure.validFrom + 3 days <= _time() && tenure.province == entry.asked.ref.target
            && institutions.officerInForceAt(institution, account, _time()) && consortium.canAct(tenure.province);
    }

    function _isGood(Entry memory entry) private view returns (bool) {
        Sheet storage sheet = sheets[entry.person][entry.edition][entry.sheet];
        return sheet.root != 0 && sheet.status == 0 && papers[entry.person][entry.edition].status == 0;
    }

    /// @dev By a province that neither anchored the batch nor asks.
    function _isAttested(Entry memory entry, uint32 asking) private view returns (bool) {
        Sheet storage sheet = sheets[entry.person][entry.edition][entry.sheet];
        for (uint256 i; i < 5; ++i) {
            bool other = provinces[i] != sheet.province && provinces[i] != asking;
            if (other && sheet.attested >> i & 1 == 1) return true;
        }
        return false;
    }

    function _requested(Entry memory entry) private {
        ITransferEvents.Details memory asked = entry.asked.details;
        uint32 target = asked.rule == CLERKS ? ZHEJIANG : SHANGHAI;
        uint64 number = sums[uint64(JIANGSU) << 32 | target].requested;
        entry.asked.ref = ITransferEvents.Ref(JIANGSU, target, number);
        entry.stage = REQUESTED;
        entry.quoted = asked.rule == CLERKS ? QUOTED : 500;
        entry.lawAtRequest = agreements.stateAt(asked.agreement, _time());
        entries.push(entry);
        uses[entry.person] = 1;
        spent[asked.consent] = true;
    }

    function _returned(Entry storage entry, uint8 reason) private {
        (entry.stage, entry.reason, entry.decidedAt) = (RETURNED, reason, _time());
        uses[entry.person] = 0;
    }

    /// @dev Mostly the target institution's first officer.
    function _decider(Entry storage entry, uint256 who) private view returns (address) {
        return who % 3 != 0 ? officer[entry.asked.details.targetInstitution] : _someOfficer(who / 3);
    }

    /// @dev Mostly the last that is at that stage, otherwise any.
    function _openOr(uint256 which) private view returns (uint256) {
        return _lastAt(which, REQUESTED);
    }

    function _acceptedOr(uint256 which) private view returns (uint256) {
        return _lastAt(which, ACCEPTED);
    }

    function _lastAt(uint256 which, uint8 stage) private view returns (uint256) {
        for (uint256 i = entries.length; i > 0 && which % 4 != 0; --i) {
            if (entries[i - 1].stage == stage) return i - 1;
        }
        return which % entries.length;
    }

    // ---- for the invariants

    function transfers() external view returns (uint256) {
        return entries.length;
    }

    function transfer(uint256 index) external view returns (Entry memory) {
        return entries[index];
    }

    function standing(uint256 index)
        external
        view
        returns (ITransferEvents.Standing known, ITransferEvents.Standing told)
    {
        Entry storage entry = entries[index];
        return (_standing(entry), ledger.standingOf(entry.asked.ref, entry.asked.details));
    }

    function kept(uint256 index) external view returns (ITransferEvents.Transfer memory) {
        return ledger.transferOf(entries[index].asked.ref);
    }

    function claim(uint256 person) external view returns (uint8) {
        return uint8(book.claimOf(JOU, _claimOf(person)).use);
    }

    function totals(uint32 target)
        external
        view
        returns (ITransferEvents.Totals memory known, ITransferEvents.Totals memory told)
    {
        return (sums[uint64(JIANGSU) << 32 | target], ledger.totalsOf(JIANGSU, target));
    }

    /// @return known What the ghost counted for an enrolment, in this year and in all.
    /// @return told What the book says.
    function windowsOf(bytes32 institution, bytes32 enrolment)
        external
        view
        returns (uint256[2] memory known, uint256[2] memory told)
    {
        bytes32 key = keccak256(abi.encode(institution, enrolment));
        known = [counts[key][_year(_time())], counts[key][0]];
        (told[0], told[1]) = book.usedBy(IClaimBook.Account(institution, ADMINISTRATION, enrolment), _time());
    }

    function statusOf(uint256 person, uint256 edition) external view returns (uint8 known, uint8 told) {
        Paper storage paper = papers[person][edition];
        return (paper.status, uint8(credentials.leafState(JOU, paper.leaf).status));
    }

    /// @notice The contracts in force whose heads are followed.
    function contracts() external view returns (address[5] memory) {
        return [address(institutions), address(credentials), address(agreements), address(book), address(ledger)];
    }
}
