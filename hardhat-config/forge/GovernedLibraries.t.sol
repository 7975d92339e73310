// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Calendar} from "../../contracts/libraries/Calendar.sol";
import {Heads} from "../../contracts/libraries/Heads.sol";
import {Provinces} from "../../contracts/libraries/Provinces.sol";
import {Roles} from "../../contracts/libraries/Roles.sol";
import {Test} from "./base/Test.sol";

/// @title The small libraries beside known answers and plain counting.
contract GovernedLibrariesTest is Test {
    /// "days and months are those of UTC+8"
    function test_dayOf_changesAtMidnightInShanghai() public pure {
        assertEq(Calendar.dayOf(0), 0); // 1970-01-01T08:00 there
        assertEq(Calendar.dayOf(16 hours - 1), 0);
        assertEq(Calendar.dayOf(16 hours), 1);
        assertEq(Calendar.dayOf(1_767_196_799), 20_453); // 2025-12-31T23:59:59+08:00
        assertEq(Calendar.dayOf(1_767_196_800), 20_454); // 2026-01-01T00:00:00+08:00
    }

    /// "days and months are those of UTC+8"
    function test_monthOf_knownAnswers() public pure {
        assertEq(Calendar.monthOf(0), 0); // 1970-01
        assertEq(Calendar.monthOf(951_753_599), 30 * 12 + 1); // 2000-02-28T23:59:59+08:00
        assertEq(Calendar.monthOf(951_753_600), 30 * 12 + 1); // 2000-02-29, a leap day of a century
        assertEq(Calendar.monthOf(951_840_000), 30 * 12 + 2); // 2000-03-01
        assertEq(Calendar.monthOf(1_767_196_799), 55 * 12 + 11); // 2025-12-31T23:59:59+08:00
        assertEq(Calendar.monthOf(1_767_196_800), 56 * 12); // 2026-01-01T00:00:00+08:00
        assertEq(Calendar.monthOf(4_107_513_600), 130 * 12 + 2); // 2100-03-01, no leap day before it
        assertEq(Calendar.monthOf(4_107_513_599), 130 * 12 + 1); // 2100-02-28T23:59:59+08:00
    }

    /// Five hundred years of months, one after the other, with the lengths that a calendar has.
    function test_monthOf_countsEveryMonthOfFiveHundredYears() public pure {
        uint8[12] memory lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        uint256 day;
        for (uint256 month = 0; month < 500 * 12; month++) {
            uint256 year = 1970 + month / 12;
            bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            uint256 length = lengths[month % 12] + (leap && month % 12 == 1 ? 1 : 0);
            uint256 first = day == 0 ? 0 : day * 1 days - 8 hours;
            assertEq(Calendar.monthOf(first), month);
            day += length;
            assertEq(Calendar.monthOf(day * 1 days - 8 hours - 1), month);
        }
    }

    /// "GB/T 2260 (310000 Shanghai, 320000 Jiangsu, 330000 Zhejiang, 340000 Anhui; 500000 Chongqing joins later)"
    function test_isProvince_theThirtyFour() public pure {
        uint32[34] memory codes = [
            uint32(110000),
            120000,
            130000,
            140000,
            150000,
            210000,
            220000,
            230000,
            310000,
            320000,
            330000,
            340000,
            350000,
            360000,
            370000,
            410000,
            420000,
            430000,
            440000,
            450000,
            460000,
            500000,
            510000,
            520000,
            530000,
            540000,
            610000,
            620000,
            630000,
            640000,
            650000,
            710000,
            810000,
            820000
        ];
        uint256 found;
        for (uint32 code = 0; code < 1_000_000; code += 10_000) {
            if (Provinces.isProvince(code)) assertEq(code, codes[found++]);
        }
        assertEq(found, 34);
    }

    function testFuzz_isProvince_neverWhatIsNoMultipleOfTenThousand(uint32 code) public pure {
        if (code % 10_000 != 0 || code > 820_000) assertFalse(Provinces.isProvince(code));
    }

    /// "Roles of operators: anchor, attest, status, batch status, law, transfer": one account may hold all six, and no seventh.
    function test_isMask_exactlyTheMasksOfTheSixRoles() public pure {
        for (uint256 mask; mask <= type(uint8).max; ++mask) {
            assertEq(Roles.isMask(uint8(mask)), mask != 0 && mask < 64);
        }
    }

    function testFuzz_isOne_exactlyTheSixRoles(uint8 role) public pure {
        bool one = role == 1 || role == 2 || role == 4 || role == 8 || role == 16 || role == 32;
        assertEq(Roles.isOne(role), one);
        assertEq(Roles.isMask(role), role >= 1 && role <= 63);
    }

    /// "head' = keccak256(abi.encode(head, sequence, kind, block.timestamp, actor, keccak256(fields)))"
    function testFuzz_heads_areTheSentence(
        bytes32 head,
        uint64 sequence,
        uint16 kind,
        uint64 time,
        address actor,
        bytes32 fields
    ) public {
        vm.warp(time);
        assertEq(
            Heads.next(head, sequence, kind, actor, fields),
            keccak256(
                bytes.concat(
                    head,
                    bytes32(uint256(sequence)),
                    bytes32(uint256(kind)),
                    bytes32(uint256(time)),
                    bytes32(uint256(uint160(actor))),
                    fields
                )
            )
        );
    }

    /// "first head = keccak256(abi.encode(chainId, contract, subject))"
    function testFuzz_heads_beginWithChainContractAndSubject(address emitter, uint64 subject) public {
        vm.chainId(31_337_310);
        assertEq(
            Heads.initial(emitter, subject),
            keccak256(
                bytes.concat(
                    bytes32(uint256(31_337_310)), bytes32(uint256(uint160(emitter))), bytes32(uint256(subject))
                )
            )
        );
    }
}
