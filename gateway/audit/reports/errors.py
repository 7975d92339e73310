"""Why a list or a report cannot be made, or a file is not what it says."""

from __future__ import annotations

from gateway.audit.errors import AuditError
from gateway.domain.errors import AGAINST, USAGE


class ReportError(AuditError):
    """The family of what stands in the way of lists and reports."""

    code = "report"


class BlockAhead(ReportError):
    """A block that the index has not reached."""

    code = "report.block_ahead"
    zh = "索引只到区块 {newest}，尚无区块 {value}"
    en = "the index stands at block {newest}: it has no block {value} yet"
    hint_zh = "请等索引跟上（huren index status），或给出较早的区块"
    hint_en = "wait until it has caught up (huren index status), or name an earlier block"


class NoSuchBlock(ReportError):
    """The node does not have a block that the index has passed."""

    code = "report.no_block"
    exit_code = AGAINST
    zh = "节点没有区块 {value}"
    en = "the node has no block {value}"
    hint_zh = "请换一个保留全部区块头的节点（rpc_url）"
    hint_en = "ask a node that keeps all headers (rpc_url)"


class MonthAhead(ReportError):
    """A month that had not begun at the block."""

    code = "report.month_ahead"
    zh = "区块 {block} 时（{now}）尚未到 {value}"
    en = "{value} had not begun at block {block} ({now})"
    hint_zh = "请给出不晚于区块时间的月份，或更新的区块"
    hint_en = "name a month that had begun by then, or a newer block"


class MonthMissing(ReportError):
    """A monthly report without a month."""

    code = "report.month_missing"
    exit_code = USAGE
    zh = "PDF 月报须写明月份"
    en = "a monthly report (PDF) needs a month"
    hint_zh = "请加 --month，例如 --month 2026-10"
    hint_en = "add --month, for example --month 2026-10"


class UnknownForm(ReportError):
    """A file whose suffix names no form that can be written."""

    code = "report.form"
    exit_code = USAGE
    zh = "不能写成“{value}”这种文件"
    en = "cannot write a file called {value!r}"
    hint_zh = "文件名请以 {known} 结尾"
    hint_en = "let its name end in {known}"


class FontsMissing(ReportError):
    """The Chinese fonts that reports are set in are not installed."""

    code = "report.fonts"
    zh = "缺少中文字体包 {value}，无法排版月报"
    en = "the Chinese fonts ({value}) are missing: the monthly report cannot be set"
    hint_zh = "请重新执行 make setup，或 pip install {value}"
    hint_en = "run make setup again, or pip install {value}"


class SignatureMissing(ReportError):
    """There is no signature file, and the file alone does not say which block it is of."""

    code = "report.signature_missing"
    zh = "没有签名文件 {value}；只有 JSON 报告自带区块与哈希"
    en = "there is no signature file {value}; only a JSON report names its block and hash by itself"
    hint_zh = "请向出具方索取签名文件，并用 --signature 给出"
    hint_en = "ask whoever made the report for it, and name it with --signature"


class SignatureMalformed(ReportError):
    """Not a signature file of a report."""

    code = "report.signature_malformed"
    exit_code = USAGE
    zh = "{value} 不是报告的签名文件：{why}"
    en = "{value} is no signature file of a report: {why}"
    hint_zh = "请使用与报告一同出具的 *.sig.json"
    hint_en = "use the *.sig.json that came with the report"


class ReportMalformed(ReportError):
    """A JSON file that is no report."""

    code = "report.malformed"
    exit_code = USAGE
    zh = "{value} 不是本系统的报告：{why}"
    en = "{value} is no report of this system: {why}"
    hint_zh = "请使用 huren audit reports 写出的原文件"
    hint_en = "use the file as huren audit reports wrote it"
