// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Days and months of UTC+8, the one civil time of all provinces (no daylight saving).
library Calendar {
    uint256 private constant OFFSET = 8 hours;
    uint256 private constant DAYS_OF_400_YEARS = 146_097;
    uint256 private constant DAYS_TO_1970 = 719_468; // from 0000-03-01, where the arithmetic starts its years

    /// @param time Seconds since 1970-01-01T00:00:00Z.
    /// @return Days since 1970-01-01, counted from midnight to midnight in UTC+8.
    function dayOf(uint256 time) internal pure returns (uint256) {
        return (time + OFFSET) / 1 days;
    }

    /// @param time Seconds since 1970-01-01T00:00:00Z.
    /// @return Months since January 1970 (which is 0) of the civil date in UTC+8, in the proleptic Gregorian calendar.
    function monthOf(uint256 time) internal pure returns (uint256) {
        // Years are counted from 1 March, so that the leap day is the last of its year and months before it have fixed lengths.
        uint256 day = dayOf(time) + DAYS_TO_1970;
        uint256 era = day / DAYS_OF_400_YEARS;
        uint256 dayOfEra = day % DAYS_OF_400_YEARS;
        uint256 yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        uint256 dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        uint256 monthFromMarch = (5 * dayOfYear + 2) / 153;
        // March of year 0 is month 2 of that year; January 1970 is month 1970 * 12.
        return (era * 400 + yearOfEra) * 12 + monthFromMarch + 2 - 1970 * 12;
    }
}
