// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Uscc} from "../../contracts/libraries/Uscc.sol";
import {Test} from "./base/Test.sol";

contract UsccHarness {
    function requireShape(bytes32 code) external pure {
        Uscc.requireShape(code);
    }

    function requireValid(bytes32 code) external pure {
        Uscc.requireValid(code);
    }

    function provinceOf(bytes32 code) external pure returns (uint32) {
        return Uscc.provinceOf(code);
    }
}

/// @title "institution: bytes32, the 18 ASCII characters of its unified social credit code (GB 32100), left-aligned, zero-padded"
contract UsccTest is Test {
    UsccHarness private _harness;
    bytes private constant ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";

    function setUp() public {
        _harness = new UsccHarness();
    }

    function test_knownAnswers_areValid() public view {
        string memory json = vm.readFile("tests/vectors/identifiers.json");
        string[] memory codes = vm.parseJsonStringArray(json, ".gb32100_valid");
        assertGt(codes.length, 1);
        for (uint256 i; i < codes.length; ++i) {
            _harness.requireValid(_code(codes[i]));
        }
        assertEq(string(ALPHABET), vm.parseJsonString(json, ".gb32100_alphabet"));
    }

    function test_knownAnswers_areRefused() public {
        string[] memory codes =
            vm.parseJsonStringArray(vm.readFile("tests/vectors/identifiers.json"), ".gb32100_invalid");
        assertGt(codes.length, 3);
        for (uint256 i; i < codes.length; ++i) {
            vm.expectRevert();
            _harness.requireValid(_code(codes[i]));
        }
    }

    /// Every pair of digits is read as it stands; whether such a province exists is another question.
    function test_province_isAnyTwoDigits() public view {
        for (uint256 number; number < 100; ++number) {
            bytes memory code = bytes("12..");
            code[2] = bytes1(uint8(0x30 + number / 10));
            code[3] = bytes1(uint8(0x30 + number % 10));
            assertEq(_harness.provinceOf(_code(string(code))), number * 10_000);
        }
    }

    /// The institutions of leaf.json and the provinces of GB/T 2260 that they name.
    function test_province_isReadFromThirdAndFourthCharacter() public view {
        assertEq(_harness.provinceOf(_code("123100004250004560")), 310000);
        assertEq(_harness.provinceOf(_code("123200004660001235")), 320000);
        assertEq(_harness.provinceOf(_code("12340000485000321G")), 340000);
        assertEq(_harness.provinceOf(_code("12A4")), 0);
        assertEq(_harness.provinceOf(_code("123A")), 0);
        assertEq(_harness.provinceOf(_code("12/0")), 0);
        assertEq(_harness.provinceOf(_code("120/")), 0);
        _harness.requireValid(_code("12340000485000321G"));
    }

    function test_requireShape_revertsWith_anyLengthBut18() public {
        bytes32 code = _code("91350100M000100Y43");
        _harness.requireShape(code);
        bytes32[5] memory others = [
            bytes32(0),
            _code("91350100M000100Y4"),
            _code("91350100M000100Y433"),
            code >> 8, // right-aligned
            code | bytes32(uint256(1)) // something hidden in the padding
        ];
        for (uint256 i; i < others.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(Uscc.UsccMisshapen.selector, others[i]));
            _harness.requireShape(others[i]);
            vm.expectRevert(abi.encodeWithSelector(Uscc.UsccMisshapen.selector, others[i]));
            _harness.requireValid(others[i]);
        }
    }

    /// Every byte but the 31 of the alphabet is refused, at every one of the 18 positions.
    function testFuzz_requireValid_revertsWith_aCharacterOutsideTheAlphabet(uint8 character, uint256 position) public {
        vm.assume(character != 0 && !_inAlphabet(bytes1(character)));
        position = bound(position, 1, 18);
        bytes32 code = _put(_code("91350100M000100Y43"), position - 1, bytes1(character));
        vm.expectRevert(abi.encodeWithSelector(Uscc.UsccCharacter.selector, code, position));
        _harness.requireValid(code);
    }

    /// 31 is prime and no weight is a multiple of it: one wrong character, or two neighbours exchanged, is always found.
    function testFuzz_requireValid_findsOneWrongCharacterAndExchangedNeighbours(
        uint256 seed,
        uint256 position,
        uint256 other
    ) public {
        bytes32 code = _random(seed);
        _harness.requireValid(code);
        position = bound(position, 0, 16);
        bytes1 wrong = ALPHABET[other % 31];
        if (wrong != code[position]) {
            bytes32 changed = _put(code, position, wrong);
            vm.expectRevert(abi.encodeWithSelector(Uscc.UsccCheckCharacter.selector, changed));
            _harness.requireValid(changed);
        }
        if (code[position] != code[position + 1]) {
            bytes32 exchanged = _put(_put(code, position, code[position + 1]), position + 1, code[position]);
            vm.expectRevert(abi.encodeWithSelector(Uscc.UsccCheckCharacter.selector, exchanged));
            _harness.requireValid(exchanged);
        }
    }

    /// @dev The check character by brute force: the one of 31 that makes the weighted sum of all 18 a multiple of 31.
    function _random(uint256 seed) private pure returns (bytes32 code) {
        uint256 sum;
        uint256 weight = 1;
        for (uint256 i; i < 17; ++i) {
            uint256 value = uint256(keccak256(abi.encode(seed, i))) % 31;
            code = _put(code, i, ALPHABET[value]);
            sum += value * weight;
            weight = weight * 3 % 31;
        }
        uint256 check;
        while ((sum + check) % 31 != 0) {
            ++check;
        }
        return _put(code, 17, ALPHABET[check]);
    }

    function _inAlphabet(bytes1 character) private pure returns (bool found) {
        for (uint256 i; i < 31; ++i) {
            if (ALPHABET[i] == character) found = true;
        }
    }

    function _put(bytes32 code, uint256 at, bytes1 character) private pure returns (bytes32) {
        uint256 shift = 8 * (31 - at);
        return bytes32(uint256(code) & ~(uint256(0xff) << shift) | uint256(uint8(character)) << shift);
    }

    function _code(string memory text) private pure returns (bytes32 code) {
        return bytes32(bytes(text));
    }
}
