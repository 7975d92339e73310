// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Facts} from "../../contracts/libraries/Facts.sol";
import {Leaf} from "../../contracts/libraries/Leaf.sol";
import {Test} from "./base/Test.sol";

/// @dev Calls the libraries as a contract would: with calldata, from outside.
contract LeafHarness {
    function open(uint8 mask, uint256[] calldata values, bytes32[] calldata salts, bytes32[] calldata digests)
        external
        pure
        returns (bytes32 facts, uint256[7] memory opened)
    {
        return Leaf.open(mask, values, salts, digests);
    }

    function requireInRange(uint8 mask, uint256[7] calldata values, uint256 anchorMonth) external pure {
        Facts.requireInRange(mask, values, anchorMonth);
    }
}

/// @title The leaf law beside the known answers of leaf.json, and what an opening may not be.
contract LeafTest is Test {
    LeafHarness private _harness;
    string private _json;
    uint256 private constant CREDENTIALS = 7;
    uint256[][CREDENTIALS] private _values;
    bytes32[][CREDENTIALS] private _salts;
    bytes32[][CREDENTIALS] private _digests;
    bytes32[CREDENTIALS] private _factsHash;

    function setUp() public {
        _harness = new LeafHarness();
        _json = vm.readFile("tests/vectors/leaf.json");
        for (uint256 c; c < CREDENTIALS; ++c) {
            _salts[c] = vm.parseJsonBytes32Array(_json, _path(c, "factSalts"));
            _digests[c] = vm.parseJsonBytes32Array(_json, _path(c, "factDigests"));
            _factsHash[c] = _word(c, "facts");
            _values[c].push(uint256(_word(c, "outcome")));
            _values[c].push(uint256(_word(c, "claim")));
            string[5] memory names = ["category", "level", "credits", "gradeStep", "awardedMonth"];
            for (uint256 k; k < names.length; ++k) {
                _values[c].push(vm.parseJsonUint(_json, _path(c, names[k])));
            }
        }
    }

    // --- known answers ---------------------------------------------------------------------------------------------

    /// "s(i) = sha256(salt ‖ uint8 i)"
    function test_saltOfEachFact_equalsTheKnownAnswer() public view {
        for (uint256 c; c < CREDENTIALS; ++c) {
            bytes32 salt = _word(c, "salt");
            bytes32[] memory salts = vm.parseJsonBytes32Array(_json, _path(c, "factSalts"));
            assertEq(salts.length, 7);
            for (uint256 k; k < 7; ++k) {
                assertEq(sha256(abi.encodePacked(salt, uint8(0xf0 + k))), salts[k]);
            }
        }
    }

    /// "commitment = keccak256(abi.encode(keccak256("huren.credential.v1"), sha256(JCS(body)), sha256(field_0 ‖ … ‖ field_8)))"
    function test_commitment_equalsTheKnownAnswer() public view {
        for (uint256 c; c < CREDENTIALS; ++c) {
            bytes32 body = sha256(bytes(vm.parseJsonString(_json, _path(c, "bodyJcs"))));
            assertEq(body, _word(c, "bodySha256"));
            bytes32[] memory fields = vm.parseJsonBytes32Array(_json, _path(c, "fieldDigests"));
            assertEq(fields.length, 9);
            assertEq(
                keccak256(abi.encode(keccak256("huren.credential.v1"), body, sha256(abi.encodePacked(fields)))),
                _word(c, "commitment")
            );
        }
    }

    /// "fact_k = keccak256(abi.encode(s(0xf0 + k), uint256 value))"
    function test_digestOfEachFact_equalsTheKnownAnswer() public view {
        for (uint256 c; c < CREDENTIALS; ++c) {
            (uint256[] memory values, bytes32[] memory salts, bytes32[] memory digests) = _facts(c);
            for (uint256 k; k < 7; ++k) {
                assertEq(Leaf.digestOf(salts[k], values[k]), digests[k]);
            }
        }
    }

    /// "facts = keccak256(abi.encode(keccak256("huren.facts.v1"), fact_0, …, fact_6))"
    function test_facts_equalTheKnownAnswer() public view {
        for (uint256 c; c < CREDENTIALS; ++c) {
            (,, bytes32[] memory digests) = _facts(c);
            bytes32[7] memory all;
            for (uint256 k; k < 7; ++k) {
                all[k] = digests[k];
            }
            assertEq(Leaf.factsOf(all), _word(c, "facts"));
        }
    }

    /// "leaf = keccak256(bytes.concat(keccak256(abi.encode(keccak256("huren.leaf.v1"), commitment, institution, facts))))"
    function test_leaf_equalsTheKnownAnswer() public view {
        for (uint256 c; c < CREDENTIALS; ++c) {
            bytes32 leaf = Leaf.leafOf(_word(c, "commitment"), _word(c, "institution"), _word(c, "facts"));
            assertEq(leaf, _word(c, "leaf"));
        }
    }

    /// "claim: bytes32 …", "outcome: bytes32, keccak256 of its code": what a fact holds is the word itself.
    function test_outcome_isTheHashOfItsCode() public view {
        for (uint256 c; c < CREDENTIALS; ++c) {
            string memory code = vm.parseJsonString(_json, _path(c, "outcomeCode"));
            assertEq(keccak256(bytes(code)), _word(c, "outcome"));
        }
    }

    /// Facts that differ from the document give another leaf: the "refuse" list's facts never open under the true facts hash.
    function test_refusedFacts_hashToTheirOwnLeafOnly() public view {
        for (uint256 r; r < 6; ++r) {
            string memory at = string.concat(".refuse[", vm.toString(r), "]");
            bytes32 salt = vm.parseJsonBytes32(_json, string.concat(at, ".salt"));
            uint256[7] memory values = [
                uint256(vm.parseJsonBytes32(_json, string.concat(at, ".openedFacts.outcome"))),
                uint256(vm.parseJsonBytes32(_json, string.concat(at, ".openedFacts.claim"))),
                vm.parseJsonUint(_json, string.concat(at, ".openedFacts.category")),
                vm.parseJsonUint(_json, string.concat(at, ".openedFacts.level")),
                vm.parseJsonUint(_json, string.concat(at, ".openedFacts.credits")),
                vm.parseJsonUint(_json, string.concat(at, ".openedFacts.gradeStep")),
                vm.parseJsonUint(_json, string.concat(at, ".openedFacts.awardedMonth"))
            ];
            bytes32[7] memory digests;
            for (uint256 k; k < 7; ++k) {
                digests[k] = Leaf.digestOf(sha256(abi.encodePacked(salt, uint8(0xf0 + k))), values[k]);
            }
            bytes32 facts = Leaf.factsOf(digests);
            assertEq(facts, vm.parseJsonBytes32(_json, string.concat(at, ".facts")));
            assertNotEq(facts, _word(0, "facts"));
            bytes32 commitment = vm.parseJsonBytes32(_json, string.concat(at, ".commitment"));
            bytes32 institution = vm.parseJsonBytes32(_json, string.concat(at, ".institution"));
            assertEq(
                Leaf.leafOf(commitment, institution, facts), vm.parseJsonBytes32(_json, string.concat(at, ".leaf"))
            );
        }
    }

    // --- openings --------------------------------------------------------------------------------------------------

    /// "An opening is a mask (≤ 0x7f), exactly one salt per opened fact in ascending order, and the digests of the others."
    function test_open_givesTheSameFactsForEveryMask() public view {
        for (uint256 mask; mask <= 0x7f; ++mask) {
            (uint256[] memory values, bytes32[] memory salts, bytes32[] memory digests) = _opening(1, uint8(mask));
            (bytes32 facts, uint256[7] memory opened) = _harness.open(uint8(mask), values, salts, digests);
            assertEq(facts, _factsHash[1]);
            (uint256[] memory all,,) = _facts(1);
            for (uint256 k; k < 7; ++k) {
                assertEq(opened[k], mask >> k & 1 == 1 ? all[k] : 0);
            }
        }
    }

    /// "An opening is a mask (≤ 0x7f)"
    function test_open_revertsWith_maskBeyondSevenFacts() public {
        (uint256[] memory values, bytes32[] memory salts, bytes32[] memory digests) = _opening(0, 0x7f);
        vm.expectRevert(abi.encodeWithSelector(Leaf.LeafMaskOutOfRange.selector, 0x80));
        _harness.open(0x80, values, salts, digests);
        vm.expectRevert(abi.encodeWithSelector(Leaf.LeafMaskOutOfRange.selector, 0xff));
        _harness.open(0xff, values, salts, digests);
    }

    /// "exactly one salt per opened fact in ascending order, and the digests of the others"
    /// One element too few or too many in any of the three lists is refused, whatever the mask.
    function testFuzz_open_revertsWith_anyMisshapenList(uint8 mask, uint8 list, bool more) public {
        mask = uint8(bound(mask, 0, 0x7f));
        (uint256[] memory values, bytes32[] memory salts, bytes32[] memory digests) = _opening(2, mask);
        uint256 which = list % 3;
        uint256 length = which == 0 ? values.length : which == 1 ? salts.length : digests.length;
        vm.assume(more || length > 0);
        uint256 changed = more ? length + 1 : length - 1;
        if (which == 0) values = new uint256[](changed);
        else if (which == 1) salts = new bytes32[](changed);
        else digests = new bytes32[](changed);
        vm.expectRevert(
            abi.encodeWithSelector(
                Leaf.LeafOpeningMisshapen.selector, mask, values.length, salts.length, digests.length
            )
        );
        _harness.open(mask, values, salts, digests);
    }

    function testFuzz_open_bindsEveryValueAndSalt(uint8 mask, uint256 at, uint256 change) public view {
        mask = uint8(bound(mask, 1, 0x7f));
        change = bound(change, 1, type(uint256).max);
        (uint256[] memory values, bytes32[] memory salts, bytes32[] memory digests) = _opening(3, mask);
        at = bound(at, 0, values.length - 1);
        values[at] ^= change;
        (bytes32 facts,) = _harness.open(mask, values, salts, digests);
        assertNotEq(facts, _factsHash[3]);
        values[at] ^= change;
        salts[at] = bytes32(uint256(salts[at]) ^ change);
        (facts,) = _harness.open(mask, values, salts, digests);
        assertNotEq(facts, _factsHash[3]);
    }

    function testFuzz_leaf_bindsEachOfItsParts(bytes32 commitment, bytes32 institution, bytes32 facts, uint256 change)
        public
        pure
    {
        change = bound(change, 1, type(uint256).max);
        bytes32 leaf = Leaf.leafOf(commitment, institution, facts);
        assertNotEq(leaf, Leaf.leafOf(bytes32(uint256(commitment) ^ change), institution, facts));
        assertNotEq(leaf, Leaf.leafOf(commitment, bytes32(uint256(institution) ^ change), facts));
        assertNotEq(leaf, Leaf.leafOf(commitment, institution, bytes32(uint256(facts) ^ change)));
    }

    // --- ranges ----------------------------------------------------------------------------------------------------

    /// "Out-of-range values revert where they are opened."
    function testFuzz_requireInRange_agreesWithTheTableOfRanges(uint8 mask, uint256 seed, uint256 anchorMonth)
        public
        view
    {
        mask = uint8(bound(mask, 0, 0x7f));
        anchorMonth = bound(anchorMonth, 0, 4000);
        uint256[7] memory values;
        bool good = true;
        for (uint256 k; k < 7; ++k) {
            // Around the edges: small numbers, the grade's 255, the credits' limit, the anchor's month.
            uint256 pick = uint256(keccak256(abi.encode(seed, k)));
            uint256[5] memory near = [pick % 24, 254 + pick % 3, 99_998 + pick % 3, anchorMonth + pick % 2, pick];
            values[k] = near[(pick >> 128) % 5];
            if (mask >> k & 1 == 0) values[k] = 0; // closed
            else if (!_exists(k, values[k], anchorMonth)) good = false;
        }
        try _harness.requireInRange(mask, values, anchorMonth) {
            assertTrue(good);
        } catch (bytes memory why) {
            assertFalse(good);
            assertEq(bytes32(bytes4(why)), bytes32(Facts.FactOutOfRange.selector));
        }
    }

    /// "category: 1 academic, 2 vocational, 3 community and culture. level: the regional framework's, 1–10."
    function test_requireInRange_revertsWith_categoryAndLevelAtTheirEdges() public {
        _refuses(Facts.CATEGORY, 0, 3);
        _refuses(Facts.CATEGORY, 4, 3);
        _accepts(Facts.CATEGORY, 1);
        _accepts(Facts.CATEGORY, 3);
        _refuses(Facts.LEVEL, 0, 10);
        _refuses(Facts.LEVEL, 11, 10);
        _accepts(Facts.LEVEL, 1);
        _accepts(Facts.LEVEL, 10);
    }

    /// "credits: hundredths, 1–99,999." "grade step: 0–20 in steps of 5 %, rounded down, 255 = ungraded"
    function test_requireInRange_revertsWith_creditsAndGradeAtTheirEdges() public {
        _refuses(Facts.CREDITS, 0, 99_999);
        _refuses(Facts.CREDITS, 100_000, 99_999);
        _accepts(Facts.CREDITS, 1);
        _accepts(Facts.CREDITS, 99_999);
        _refuses(Facts.GRADE, 21, 20);
        _refuses(Facts.GRADE, 254, 20);
        _refuses(Facts.GRADE, 256, 20);
        _accepts(Facts.GRADE, 0);
        _accepts(Facts.GRADE, 20);
        _accepts(Facts.GRADE, 255);
    }

    /// "awarded month: months since 1970-01, UTC+8; awards before 1970 or after the anchor are refused."
    function test_requireInRange_revertsWith_monthBefore1970OrAfterTheAnchor() public {
        _refuses(Facts.MONTH, 649, 648);
        _refuses(Facts.MONTH, type(uint256).max, 648); // minus one: December 1969
        _accepts(Facts.MONTH, 648);
        _accepts(Facts.MONTH, 0);
    }

    // --- helpers ---------------------------------------------------------------------------------------------------

    function _exists(uint256 k, uint256 value, uint256 anchorMonth) private pure returns (bool) {
        if (k == 2) return value == 1 || value == 2 || value == 3;
        if (k == 3) return value > 0 && value < 11;
        if (k == 4) return value > 0 && value < 100_000;
        if (k == 5) return value < 21 || value == 255;
        if (k == 6) return value <= anchorMonth;
        return true;
    }

    function _refuses(uint256 index, uint256 value, uint256 most) private {
        uint256[7] memory values;
        values[index] = value;
        vm.expectRevert(abi.encodeWithSelector(Facts.FactOutOfRange.selector, index, value, most));
        _harness.requireInRange(uint8(1 << index), values, 648);
        _harness.requireInRange(0, values, 648); // closed: nothing is said about it
    }

    function _accepts(uint256 index, uint256 value) private view {
        uint256[7] memory values;
        values[index] = value;
        _harness.requireInRange(uint8(1 << index), values, 648);
    }

    function _opening(uint256 credential, uint8 mask)
        private
        view
        returns (uint256[] memory values, bytes32[] memory salts, bytes32[] memory digests)
    {
        (uint256[] memory allValues, bytes32[] memory allSalts, bytes32[] memory allDigests) = _facts(credential);
        uint256 opened;
        for (uint256 k; k < 7; ++k) {
            opened += mask >> k & 1;
        }
        values = new uint256[](opened);
        salts = new bytes32[](opened);
        digests = new bytes32[](7 - opened);
        opened = 0;
        for (uint256 k; k < 7; ++k) {
            if (mask >> k & 1 == 1) {
                values[opened] = allValues[k];
                salts[opened++] = allSalts[k];
            } else {
                digests[k - opened] = allDigests[k];
            }
        }
    }

    function _facts(uint256 c)
        private
        view
        returns (uint256[] memory values, bytes32[] memory salts, bytes32[] memory digests)
    {
        return (_values[c], _salts[c], _digests[c]);
    }

    function _word(uint256 credential, string memory name) private view returns (bytes32) {
        return vm.parseJsonBytes32(_json, _path(credential, name));
    }

    function _path(uint256 credential, string memory name) private pure returns (string memory) {
        return string.concat(".credentials[", vm.toString(credential), "].", name);
    }
}
