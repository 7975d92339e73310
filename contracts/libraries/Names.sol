// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title The names under which the Directory lists the contracts (ASCII, left-aligned).
library Names {
    bytes32 internal constant CONSORTIUM = "Consortium";
    bytes32 internal constant DIRECTORY = "Directory";
    bytes32 internal constant INSTITUTION_REGISTRY = "InstitutionRegistry";
    bytes32 internal constant CREDENTIAL_REGISTRY = "CredentialRegistry";
    bytes32 internal constant EVALUATION_REGISTRY = "EvaluationRegistry";
    bytes32 internal constant AGREEMENT_REGISTRY = "AgreementRegistry";
    bytes32 internal constant CLAIM_BOOK = "ClaimBook";
    bytes32 internal constant TRANSFER_LEDGER = "TransferLedger";
}
