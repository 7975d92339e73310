"""What can go wrong with a roster as a whole, or with issuing it, as against with one of its rows."""

from __future__ import annotations

from gateway.domain.errors import AGAINST, USAGE, HurenError


class IssuanceError(HurenError):
    """The family of everything that keeps a roster from being issued."""

    code = "issuance"


class RosterUnreadable(IssuanceError):
    """The family of files that are no roster."""

    code = "roster"
    exit_code = USAGE


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


class RosterDamaged(RosterUnreadable):
    """A workbook that its reader stumbles over, or that unpacks to more than a roster can be."""

    code = "roster.damaged"
    zh = "工作簿“{value}”已损坏或大得不合理：{why}"
    en = "the workbook {value!r} is damaged, or larger than a roster can be: {why}"
    hint_zh = "请在电子表格软件中打开并重新另存，或另存为 CSV（UTF-8）"
    hint_en = "open it in the spreadsheet program and save it again, or as CSV (UTF-8)"


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


class IssuingBusy(IssuanceError):
    """Another process of this gateway is issuing."""

    code = "issuance.busy"
    zh = "本中心正在签发另一份名册"
    en = "this gateway is issuing another roster"
    hint_zh = "请等待其完成后重试"
    hint_en = "wait until it is done and try again"


class StatusListChanged(IssuanceError):
    """Places of a status list were given out by someone who does not hold the lock."""

    code = "issuance.status_list"
    zh = "机构 {value} 的状态列表被另一进程改动，本批未签发"
    en = "another process changed the status list of {value}; this batch was not issued"
    hint_zh = "请重新运行同一命令，已签发的不会重复"
    hint_en = "run the same command again; what is issued stays issued once"


class WorkerDied(IssuanceError):
    """A worker process ended by itself, for instance because memory ran out."""

    code = "issuance.worker"
    zh = "签名进程意外退出（退出码 {value}），本批未签发"
    en = "a signing process ended unexpectedly (exit code {value}); this batch was not issued"
    hint_zh = "请检查内存后重新运行同一命令，已签发的不会重复"
    hint_en = "check memory and run the same command again; what is issued stays issued once"


class WorkerFailed(IssuanceError):
    """A worker process could not do its part."""

    code = "issuance.worker_failed"
    zh = "签名进程出错，本批未签发：{value}"
    en = "a signing process failed, this batch was not issued: {value}"
    hint_zh = "请将此信息告知维护人员；重新运行同一命令不会重复签发"
    hint_en = "tell whoever maintains this gateway; running the command again issues nothing twice"


class NotApproved(IssuanceError):
    """The institution's officer declined the batch."""

    code = "issuance.not_approved"
    exit_code = AGAINST
    zh = "机构 {value} 的负责人未批准本批（{rows} 行）"
    en = "the officer of {value} did not approve the batch ({rows} rows)"
    hint_zh = "未签发；核对名册后可重新运行，无人可问时（脚本、--json）须加 --yes"
    hint_en = "nothing of it was issued; check the roster and run again, with --yes where nobody can be asked"


class NotAnchored(IssuanceError):
    """A certificate file needs the anchor, and the chain does not have it yet."""

    code = "issuance.not_anchored"
    zh = "批次 {value} 尚未上链"
    en = "the batch {value} is not anchored yet"
    hint_zh = "请确认网关在运行（huren serve），稍后重试；huren job list 可查看进度"
    hint_en = "check that the gateway runs (huren serve) and try again later; huren job list tells how far it is"


class InstitutionNameless(IssuanceError):
    """An institution whose name this centre does not know."""

    code = "issuance.institution"
    zh = "本中心未登记机构 {value} 的名称"
    en = "this centre has no name on file for the institution {value}"
    hint_zh = "请先登记：huren institution accredit"
    hint_en = "register it first: huren institution accredit"


class NoStatusList(IssuanceError):
    """A status list that this centre does not publish."""

    code = "issuance.no_status_list"
    exit_code = AGAINST
    zh = "本中心没有状态列表 {value}"
    en = "this centre publishes no status list {value}"
    hint_zh = "状态列表由发证省份的网关发布，地址见证书 credentialStatus"
    hint_en = "the issuing province's gateway publishes it: the certificate's credentialStatus has the address"


class UnknownBatch(IssuanceError):
    """A batch that this centre did not issue."""

    code = "issuance.batch"
    exit_code = AGAINST
    zh = "本中心没有批次 {value}"
    en = "this centre has no batch {value}"
    hint_zh = "huren issue 的输出列出批次编号"
    hint_en = "the output of huren issue lists the numbers of batches"


class UnknownCredential(IssuanceError):
    """A leaf that this centre did not issue."""

    code = "issuance.credential"
    exit_code = AGAINST
    zh = "本中心未签发证书 {value}"
    en = "this centre did not issue the certificate {value}"
    hint_zh = "请核对证书哈希；或持有人账户已注销"
    hint_en = "check the hash; or the learner's account was deleted"


class NothingToExport(IssuanceError):
    """A roster that became no batch under this file's digest."""

    code = "issuance.no_export"
    exit_code = AGAINST
    zh = "名册 {value} 没有以此文件签发的批次"
    en = "no batch was issued from the roster {value}"
    hint_zh = "若其各行经另一文件签发，请用该文件、--batch 或 --number"
    hint_en = "if its rows were issued from another file, name that file, --batch or --number"
