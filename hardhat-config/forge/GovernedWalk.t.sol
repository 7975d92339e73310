// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Governed} from "../../contracts/base/Governed.sol";
import {IConsortium} from "../../contracts/interfaces/IConsortium.sol";
import {IDirectory} from "../../contracts/interfaces/IDirectory.sol";
import {IGoverned} from "../../contracts/interfaces/IGoverned.sol";
import {Names} from "../../contracts/libraries/Names.sol";
import {Registries} from "./base/Registries.sol";

/// @notice A Directory that follows another, with a list of its own; whoever asks may name a successor to it.
contract RelistingDirectory is Governed {
    mapping(bytes32 name => address) public resolve;
    address public successor;

    constructor(IConsortium consortium_, address predecessor_)
        Governed(Names.DIRECTORY, consortium_, IDirectory(address(this)), predecessor_)
    {}

    function list(bytes32 name, address target) external {
        resolve[name] = target;
    }

    function follow(address next) external {
        successor = next;
    }

    function isCurrent(address target) external view returns (bool) {
        return resolve[IGoverned(target).NAME()] == target;
    }
}

/// @title "contracts find each other through it": every contract of the law looks into the Directory in force, however many there were.
contract GovernedWalkTest is Registries {
    RelistingDirectory private _second;
    RelistingDirectory private _third;

    function setUp() public override {
        super.setUp();
        _second = new RelistingDirectory(consortium, address(directory));
        _third = new RelistingDirectory(consortium, address(_second));
        _succeed(Names.DIRECTORY, address(_second));
    }

    /// "No proxies. Directory changes by motion …; contracts find each other through it"
    function test_inForce_isWhatTheDirectoryInForceSays() public {
        _isRefused(Names.INSTITUTION_REGISTRY, address(0)); // the second Directory lists nothing yet
        _second.list(Names.INSTITUTION_REGISTRY, makeAddr("another registry"));
        _isRefused(Names.INSTITUTION_REGISTRY, makeAddr("another registry"));
        _listEverything(_second);
        _suspends(SHANGHAI, SOU);
        _second.follow(address(_third));
        _isRefused(Names.INSTITUTION_REGISTRY, address(0));
        _listEverything(_third);
        _suspends(JIANGSU, JOU);
    }

    /// The Consortium, too, learns of its successor from the Directory in force.
    function test_successorOfTheConsortium_isThatOfTheDirectoryInForce() public {
        _listEverything(_second);
        assertEq(consortium.successor(), address(0));
        _second.list(Names.CONSORTIUM, address(_third)); // any address will do
        assertEq(consortium.successor(), address(_third));
        _second.list(Names.CONSORTIUM, address(consortium));
        _second.follow(address(_third));
        _third.list(Names.CONSORTIUM, address(_second));
        assertEq(consortium.successor(), address(_second));
    }

    /// The CredentialRegistry finds the InstitutionRegistry there: one that knows no institution refuses the anchor.
    function test_registries_findEachOtherThroughTheDirectoryInForce() public {
        _listEverything(_second);
        _anchor(SHANGHAI, _batch(SOU, keccak256("root"), 3));
        assertEq(credentials.anchorOf(SOU, keccak256("root")).leafCount, 3);
        _second.list(Names.INSTITUTION_REGISTRY, address(this)); // knows anything but `anchoringTerms`
        vm.expectRevert();
        this.anchorAgain();
    }

    function anchorAgain() external {
        _anchor(SHANGHAI, _batch(SOU, keccak256("another root"), 3));
    }

    function _listEverything(RelistingDirectory listing) private {
        listing.list(Names.CONSORTIUM, address(consortium));
        listing.list(Names.DIRECTORY, address(listing));
        listing.list(Names.INSTITUTION_REGISTRY, address(institutions));
        listing.list(Names.CREDENTIAL_REGISTRY, address(credentials));
    }

    function _isRefused(bytes32 name, address current) private {
        _refused(
            admin[SHANGHAI],
            address(institutions),
            abi.encodeCall(institutions.suspend, (SOU)),
            abi.encodeWithSelector(IGoverned.Superseded.selector, name, current)
        );
    }

    function _suspends(uint32 province, bytes32 institution) private {
        uint32 version = institutions.versionAt(institution, uint64(vm.getBlockTimestamp()));
        _as(admin[province], address(institutions), abi.encodeCall(institutions.suspend, (institution)));
        assertEq(institutions.versionAt(institution, uint64(vm.getBlockTimestamp())), version + 1);
    }
}
