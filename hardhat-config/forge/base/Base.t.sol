// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Test} from "./Test.sol";
import {Vm} from "./Vm.sol";

/// @dev Something to call: counts up for its owner, refuses everybody else.
contract Counter {
    error CounterNotOwner(address caller);

    event CounterRaised(address indexed by, uint256 count);

    address public immutable owner = msg.sender;
    uint256 public count;

    function raise() external {
        if (msg.sender != owner) revert CounterNotOwner(msg.sender);
        count += 1;
        emit CounterRaised(msg.sender, count);
    }

    function raiseForEverybody() external {
        count += 2;
    }
}

/// @title The base of the tests is itself tested: each helper does what its name says, and an assertion can fail.
contract BaseTest is Test {
    Counter private _counter;

    function setUp() public {
        _counter = new Counter();
    }

    function test_bound_keepsWhatLiesWithin() public pure {
        assertEq(bound(7, 5, 9), 7);
        assertEq(bound(0, 0, type(uint256).max), 0);
    }

    function testFuzz_bound_neverLeavesItsRange(uint256 value, uint256 low, uint256 high) public pure {
        vm.assume(low <= high);
        uint256 bounded = bound(value, low, high);
        assertGe(bounded, low);
        assertLe(bounded, high);
    }

    function test_assertEq_failsOnDifferentValues() public {
        vm.expectRevert();
        this.compare(1, 2);
        this.compare(2, 2);
    }

    function compare(uint256 left, uint256 right) external pure {
        assertEq(left, right);
    }

    function test_prank_isRefusedWithTheCallersAddress() public {
        address stranger = makeAddr("stranger");
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(Counter.CounterNotOwner.selector, stranger));
        _counter.raise();
        _counter.raise();
        assertEq(_counter.count(), 1);
    }

    function test_expectEmit_andRecordedLogsSeeTheEvent() public {
        vm.expectEmit(address(_counter));
        emit Counter.CounterRaised(address(this), 1);
        _counter.raise();

        vm.recordLogs();
        _counter.raise();
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs.length, 1);
        assertEq(logs[0].topics[0], Counter.CounterRaised.selector);
        assertEq(abi.decode(logs[0].data, (uint256)), 2);
    }

    function test_signature_recoversToItsAccount() public {
        (address account, uint256 privateKey) = makeAccount("officer");
        bytes32 digest = keccak256("a digest");
        bytes memory signed = signature(privateKey, digest);
        assertEq(signed.length, 65);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(privateKey, digest);
        assertEq(ecrecover(digest, v, r, s), account);
        assertEq(signed, abi.encodePacked(r, s, v));
    }

    function test_skip_movesClockAndBlock() public {
        uint256 time = vm.getBlockTimestamp();
        uint256 number = vm.getBlockNumber();
        skip(14 days);
        skip(1 hours);
        assertEq(vm.getBlockTimestamp(), time + 14 days + 1 hours);
        assertEq(vm.getBlockNumber(), number + 2);
    }

    function test_store_isReadByLoad() public {
        vm.store(address(_counter), 0, bytes32(uint256(41)));
        _counter.raise();
        assertEq(uint256(vm.load(address(_counter), 0)), 42);
    }
}

/// @title The invariant runner respects targets: with `raise` alone, called by its owner alone, the count is what we counted.
contract InvariantTargetsTest is Test {
    Counter private _counter;

    function setUp() public {
        _counter = new Counter();
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = Counter.raise.selector;
        targetSelector(address(_counter), selectors);
        targetContract(address(_counter));
        targetSender(makeAddr("somebody else"));
    }

    function invariant_aStrangerNeverRaisesTheCount() public view {
        assertEq(_counter.count(), 0);
    }
}
