"""What can go wrong with a roster as a whole, or with issuing it, as against with one of its rows."""

from __future__ import annotations

from gateway.domain.errors import HurenError


class IssuanceError(HurenError):
    """The family of everything that keeps a roster from being issued."""

    code = "issuance"


class RosterUnreadable(IssuanceError):
    """The family of files that are no roster."""

    code = "roster"


class RosterMissing(RosterUnreadable):
    """There is no such file, or it may not be read."""

    code = "roster.missing"
    zh = "无法读取名册文件“{value}”：{why}"
    en = "the roster {value!r} cannot be read: {why}"
    hint_zh = "请检查文件路径与权限"
    hint_en = "check the path and its permissions"


class RosterFormat(RosterUnreadable):
    """A file of another kind than CSV or XLSX."""

    code = "roster.format"
    zh = "“{value}”不是 CSV 或 XLSX 文件：{why}"
    en = "{value!r} is neither CSV nor XLSX: {why}"
    hint_zh = "请在电子表格软件中另存为 .xlsx 或 CSV（UTF-8）"
    hint_en = "save it as .xlsx or as CSV (UTF-8) in the spreadsheet program"


class RosterHeaderNotFound(RosterUnreadable):
    """No row reads as a header in any encoding and with any delimiter."""

    code = "roster.header"
    zh = "在“{value}”的前 {rows} 行中找不到表头"
    en = "no header row was found in the first {rows} rows of {value!r}"
    hint_zh = "表头需含：{columns}"
    hint_en = "the header must name: {columns}"


class RosterEncoding(RosterUnreadable):
    """Bytes that are not text in the encoding that the rest of the file is in."""

    code = "roster.encoding"
    zh = "“{value}”第 {line} 行附近有不属于 {encoding} 编码的字节（第 {offset} 字节）"
    en = "{value!r} has bytes that are not {encoding} near line {line} (byte {offset})"
    hint_zh = "请在电子表格软件中重新另存为 CSV（UTF-8）"
    hint_en = "save it again as CSV (UTF-8) in the spreadsheet program"


class RosterMalformed(RosterUnreadable):
    """A file that stops being a table part of the way."""

    code = "roster.malformed"
    zh = "“{value}”第 {line} 行起不是完整的表格：{why}"
    en = "{value!r} stops being a table at line {line}: {why}"
    hint_zh = "请检查该行的引号与分隔符"
    hint_en = "check the quotes and delimiters of that line"


class RosterEmpty(RosterUnreadable):
    """A header and nothing below it."""

    code = "roster.empty_file"
    zh = "名册“{value}”没有数据行"
    en = "the roster {value!r} has no rows"
    hint_zh = "请检查是否保存了正确的工作表"
    hint_en = "check that the right sheet was saved"
