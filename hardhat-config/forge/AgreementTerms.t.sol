// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAgreementEvents} from "../../contracts/interfaces/IAgreementEvents.sol";
import {IAgreementRegistry} from "../../contracts/interfaces/IAgreementRegistry.sol";
import {IConsortium} from "../../contracts/interfaces/IConsortium.sol";
import {Roles} from "../../contracts/libraries/Roles.sol";
import {Agreements} from "./base/Agreements.sol";

/// @title "Terms: type tag, chain, registry, nonce, parties (≥ 2 provinces), rules, validity, approve-by date, notice periods (never below the
/// consortium's minimum), digest of the legal text, the agreement they supersede. agreementId = keccak256(abi.encode(terms))."
contract AgreementTermsTest is Agreements {
    /// "which terms of mutual recognition every named province has approved"
    function test_propose_writesDownTheTerms() public {
        IAgreementEvents.Terms memory terms = _terms();
        bytes32 agreement = _propose(terms);
        assertEq(agreement, keccak256(abi.encode(terms)));
        IAgreementEvents.Outline memory outline = agreements.outlineOf(agreement);
        assertEq(abi.encode(outline.parties), abi.encode(terms.parties));
        assertEq(outline.rules, 2);
        assertEq(outline.from, terms.from);
        assertEq(outline.until, terms.until);
        assertEq(outline.publicNotice, terms.publicNotice);
        assertEq(outline.withdrawalNotice, terms.withdrawalNotice);
        assertEq(outline.supersedes, bytes32(0));
        for (uint32 i; i < 2; ++i) {
            assertEq(abi.encode(agreements.ruleOf(agreement, i)), abi.encode(terms.rules[i]));
        }
        assertEq(agreements.ruleOf(agreement, 2).denominator, 0);
        _is(agreement, IAgreementEvents.State.Proposed);
        _was(agreement, _time() - 1, IAgreementEvents.State.Unknown);
        assertEq(agreements.roundOf(agreement).number, 1);
    }

    function test_anUnknownAgreementIsUnknown() public view {
        bytes32 agreement = keccak256("nothing");
        _is(agreement, IAgreementEvents.State.Unknown);
        assertEq(agreements.outlineOf(agreement).parties.length, 0);
        assertEq(agreements.roundOf(agreement).number, 0);
        assertFalse(agreements.approvedBy(agreement, SHANGHAI));
        assertFalse(agreements.objectedBy(agreement, SHANGHAI));
        assertEq(agreements.successorOf(agreement), bytes32(0));
    }

    /// Each field of the terms, and each of a rule, is part of what is agreed on.
    function testFuzz_termsDifferingByOneByteAreAnotherAgreement(uint256 at, uint8 by) public {
        IAgreementEvents.Terms memory terms = _terms();
        bytes memory encoded = abi.encode(terms);
        bytes32 agreement = agreements.agreementId(terms);
        assertEq(agreement, keccak256(encoded));
        at = bound(at, 0, encoded.length - 1);
        encoded[at] = bytes1(uint8(encoded[at]) ^ uint8(bound(by, 1, 255)));
        try this.idOf(encoded) returns (bytes32 other) {
            // A changed offset may still be read as terms; only the canonical encoding is hashed.
            assertTrue(other != agreement);
        } catch {} // no terms at all
    }

    function idOf(bytes calldata encoded) external view returns (bytes32) {
        return agreements.agreementId(abi.decode(encoded, (IAgreementEvents.Terms)));
    }

    function test_identicalTermsAreRefused() public {
        IAgreementEvents.Terms memory terms = _terms();
        bytes32 agreement = _propose(terms);
        bytes memory why = abi.encodeWithSelector(IAgreementRegistry.AgreementKnown.selector, agreement);
        _no(JIANGSU, _proposeCall(terms), why);
        _no(SHANGHAI, _proposeCall(terms), why);
    }

    /// "Withdrawn, lapsed and superseded are final: terms come back only as new terms."
    function test_identicalTermsAreRefusedAfterWithdrawal() public {
        IAgreementEvents.Terms memory terms = _terms();
        bytes32 agreement = _propose(terms);
        _withdraw(ZHEJIANG, agreement);
        _is(agreement, IAgreementEvents.State.Withdrawn);
        _no(JIANGSU, _proposeCall(terms), abi.encodeWithSelector(IAgreementRegistry.AgreementKnown.selector, agreement));
        terms.nonce += 100;
        _is(_propose(terms), IAgreementEvents.State.Proposed);
    }

    /// "Withdrawn, lapsed and superseded are final: terms come back only as new terms."
    /// Lapsed in each of the three ways: not approved in time, an objection not settled in time, or settled against it.
    function test_identicalTermsAreRefusedAfterALapse() public {
        for (uint256 way; way < 3; ++way) {
            IAgreementEvents.Terms memory terms = _terms();
            bytes32 agreement = _propose(terms);
            if (way != 0) {
                _approveByAll(agreement);
                _object(ZHEJIANG, agreement);
            }
            if (way == 2) _byMotion(address(agreements), abi.encodeCall(agreements.settle, (agreement, 2, false)));
            else skip(OBJECTION_LIFE);
            _is(agreement, IAgreementEvents.State.Lapsed);
            bytes memory why = abi.encodeWithSelector(IAgreementRegistry.AgreementKnown.selector, agreement);
            _no(JIANGSU, _proposeCall(terms), why);
            _no(SHANGHAI, _proposeCall(terms), why);
        }
    }

    function test_onlyAPartyProposes() public {
        IAgreementEvents.Terms memory terms = _terms();
        bytes32 agreement = agreements.agreementId(terms);
        bytes memory call = _proposeCall(terms);
        _no(ANHUI, call, _notParty(agreement, ANHUI));
        _refused(operator[JIANGSU], address(agreements), call, _unauthorised(operator[JIANGSU], Roles.LAW));
        _refused(address(this), address(agreements), call, _unauthorised(address(this), Roles.LAW));
        _as(admin[SHANGHAI], address(agreements), call);
        _is(agreement, IAgreementEvents.State.Proposed);
    }

    // ---- the parties

    function test_partiesAreTwoToSixteenMembersAscending() public {
        IAgreementEvents.Terms memory terms = _terms();
        terms.parties = new uint32[](1);
        terms.parties[0] = JIANGSU;
        _invalid(terms, "parties", 1);
        terms.parties = new uint32[](17);
        _invalid(terms, "parties", 17);
        terms.parties = _parties();
        terms.parties[1] = SHANGHAI;
        _invalid(terms, "parties", SHANGHAI); // twice
        (terms.parties[0], terms.parties[1]) = (JIANGSU, SHANGHAI);
        _invalid(terms, "parties", SHANGHAI); // descending
        terms.parties = _parties();
        terms.parties[2] = 350000;
        _invalid(terms, "parties", 350000); // no member
        terms.parties[2] = ZHEJIANG;
        _byMotion(address(consortium), abi.encodeCall(IConsortium.pause, (ZHEJIANG)));
        _propose(terms); // a paused member is one
        terms.nonce += 100;
        _admit(CHONGQING, "Chongqing");
        _byMotion(address(consortium), abi.encodeCall(IConsortium.expel, (ANHUI)));
        terms.parties[2] = ANHUI;
        _invalid(terms, "parties", ANHUI); // a member no more
    }

    /// As many parties as there can be, and the approval of each is needed.
    function test_sixteenPartiesAgree() public {
        uint32[16] memory all = [
            uint32(110000),
            120000,
            130000,
            140000,
            150000,
            210000,
            220000,
            230000,
            SHANGHAI,
            JIANGSU,
            ZHEJIANG,
            ANHUI,
            350000,
            360000,
            370000,
            410000
        ];
        IAgreementEvents.Terms memory terms = _terms();
        terms.parties = new uint32[](16);
        for (uint256 i; i < 16; ++i) {
            if (!consortium.isMember(all[i])) _admit(all[i], vm.toString(uint256(all[i])));
            terms.parties[i] = all[i];
        }
        bytes32 agreement = _propose(terms);
        for (uint256 i; i < 16; ++i) {
            _is(agreement, IAgreementEvents.State.Proposed);
            _approve(all[15 - i], agreement);
            assertTrue(agreements.approvedBy(agreement, all[15 - i]));
        }
        _is(agreement, IAgreementEvents.State.Notice);
    }

    // ---- the other terms

    function test_typeTagChainAndRegistryAreTheirOwn() public {
        IAgreementEvents.Terms memory terms = _terms();
        terms.typeTag = keccak256("huren.agreement.v2");
        _invalid(terms, "typeTag", uint256(terms.typeTag));
        terms = _terms();
        terms.chainId += 1;
        _invalid(terms, "chainId", terms.chainId);
        terms = _terms();
        terms.registry = address(institutions);
        _invalid(terms, "registry", uint160(terms.registry));
    }

    function test_theLegalTextIsNamed() public {
        IAgreementEvents.Terms memory terms = _terms();
        terms.text = 0;
        _invalid(terms, "text", 0);
    }

    /// "notice periods (never below the consortium's minimum)"
    function test_noticesAreNeverBelowTheMinimum() public {
        (uint64 leastPublic, uint64 leastWithdrawal) = agreements.leastNotices();
        assertEq(leastPublic, 7 days); // "(default 7 days)"
        assertEq(leastWithdrawal, 30 days);
        IAgreementEvents.Terms memory terms = _terms();
        terms.publicNotice = leastPublic - 1;
        _invalid(terms, "publicNotice", leastPublic - 1);
        terms = _terms();
        terms.withdrawalNotice = leastWithdrawal - 1;
        _invalid(terms, "withdrawalNotice", leastWithdrawal - 1);
        terms.withdrawalNotice = 3650 days + 1;
        _invalid(terms, "withdrawalNotice", 3650 days + 1);
        terms.withdrawalNotice = 3650 days;
        _propose(terms);
        terms.withdrawalNotice = leastWithdrawal;
        _propose(terms);
    }

    function test_validityIsAWindowThatEndsBeforeTheYear36812() public {
        IAgreementEvents.Terms memory terms = _terms();
        terms.until = terms.from;
        _invalid(terms, "until", terms.until);
        terms.until = uint64(type(uint40).max) + 1;
        _invalid(terms, "until", terms.until);
        terms.until = type(uint40).max;
        _is(_propose(terms), IAgreementEvents.State.Proposed);
    }

    /// Approved on the last day, it must still come into force.
    function test_approveByIsAheadAndLeavesTimeForTheNotice() public {
        IAgreementEvents.Terms memory terms = _terms();
        terms.approveBy = _time();
        _invalid(terms, "approveBy", terms.approveBy);
        terms.approveBy = terms.until - terms.publicNotice;
        _invalid(terms, "approveBy", terms.approveBy);
        terms.approveBy -= 1;
        _propose(terms);
        terms.approveBy = _time() + 1;
        _propose(terms);
        terms.approveBy = type(uint64).max;
        _invalid(terms, "approveBy", terms.approveBy);
        terms.approveBy = _time() + 1;
        terms.publicNotice = type(uint64).max;
        _invalid(terms, "approveBy", terms.approveBy);
    }

    function test_rulesAreOneToSixtyFour() public {
        IAgreementEvents.Terms memory terms = _terms();
        IAgreementEvents.Rule memory rule = terms.rules[1];
        terms.rules = new IAgreementEvents.Rule[](0);
        _invalid(terms, "rules", 0);
        terms.rules = new IAgreementEvents.Rule[](65);
        _invalid(terms, "rules", 65);
        terms.rules = new IAgreementEvents.Rule[](64);
        for (uint256 i; i < 64; ++i) {
            terms.rules[i] = rule;
        }
        bytes32 agreement = _propose(terms);
        assertEq(agreements.ruleOf(agreement, 63).denominator, 1);
        assertEq(agreements.outlineOf(agreement).rules, 64);
    }

    function test_nothingIsDoneWithAnUnknownAgreement() public {
        bytes32 agreement = keccak256("nothing");
        _no(JIANGSU, abi.encodeCall(agreements.approve, (agreement, 1)), _unknown(agreement));
        _no(JIANGSU, abi.encodeCall(agreements.revokeApproval, (agreement, 1)), _unknown(agreement));
        _no(JIANGSU, abi.encodeCall(agreements.object, (agreement, 0)), _unknown(agreement));
        _no(JIANGSU, abi.encodeCall(agreements.withdraw, (agreement)), _unknown(agreement));
        bytes memory call = abi.encodeCall(agreements.settle, (agreement, 1, true));
        _refused(address(consortium), address(agreements), call, _unknown(agreement));
    }

    function _invalid(IAgreementEvents.Terms memory terms, bytes32 field, uint256 value) private {
        _no(
            JIANGSU, _proposeCall(terms), abi.encodeWithSelector(IAgreementRegistry.TermsInvalid.selector, field, value)
        );
    }

    function _unknown(bytes32 agreement) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IAgreementRegistry.AgreementUnknown.selector, agreement);
    }

    function _notParty(bytes32 agreement, uint32 province) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IAgreementRegistry.AgreementNotParty.selector, agreement, province);
    }
}
