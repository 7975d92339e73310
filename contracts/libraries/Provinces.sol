// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title The province-level codes of GB/T 2260 (municipalities, provinces, autonomous and special administrative regions).
library Provinces {
    // Bit i stands for code i * 10000: 11-15, 21-23, 31-37, 41-46, 50-54, 61-65, 71, 81-82.
    uint256 private constant CODES = (0x1f << 11) | (0x7 << 21) | (0x7f << 31) | (0x3f << 41) | (0x1f << 50)
        | (0x1f << 61) | (0x1 << 71) | (0x3 << 81);

    /// @return Whether `code` is a six-digit province-level code, such as 310000 for Shanghai.
    function isProvince(uint32 code) internal pure returns (bool) {
        return code % 10_000 == 0 && (CODES >> (code / 10_000)) & 1 == 1;
    }
}
