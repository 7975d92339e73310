"""What a province's credit bank runs: issuance, verification, accounts; its API and command line."""
