"""What can be wrong with a row, beyond what the domain's own values refuse: one class a reason.

They are never raised through a pipeline: a row is judged, and what is found is kept as findings.
"""

from __future__ import annotations

from gateway.domain.errors import AGAINST, HurenError


class RowReason(HurenError):
    """The family of what is wrong with a row, or worth saying about it."""

    code = "row"
    exit_code = AGAINST
    sensitive = True


class CellsMissing(RowReason):
    """A row that ends before its header does."""

    code = "row.cells.missing"
    zh = "本行只有 {value} 个单元格，缺少：{columns}"
    en = "the row has {value} cells only; missing: {columns}"
    hint_zh = "请补全各列（可为空的列也要保留分隔符）"
    hint_en = "fill the columns in; one that may be empty still needs its delimiter"


class CellsSurplus(RowReason):
    """A row that goes on after its header ends: usually a delimiter inside a cell."""

    code = "row.cells.surplus"
    zh = "本行有 {value} 个单元格，表头只有 {width} 个"
    en = "the row has {value} cells, its header {width}"
    hint_zh = "单元格内容含分隔符时请加双引号"
    hint_en = "put double quotes around a cell that holds a delimiter"


class CellEmpty(RowReason):
    """A cell that must be filled in."""

    code = "row.cell.empty"
    zh = "{column}不能为空"
    en = "the {column_en} must not be empty"
    hint_zh = "请填写{column}"
    hint_en = "fill in the {column_en}"


class CellTooLong(RowReason):
    """More characters than a certificate can show."""

    code = "row.cell.long"
    zh = "内容过长（{length} 个字符，上限 {limit}）"
    en = "too long ({length} characters, limit {limit})"
    hint_zh = "请核对该单元格"
    hint_en = "check the cell"


class FormulaInCell(RowReason):
    """A text that a spreadsheet would run as a formula."""

    code = "row.cell.formula"
    zh = "单元格是公式“{value}”，不是文字"
    en = "the cell is a formula, {value!r}, not text"
    hint_zh = "请填写实际内容（可“粘贴为数值”）"
    hint_en = "enter the content itself (paste as values)"


class NameMalformed(RowReason):
    """A name with digits, control characters or no letter in it."""

    code = "row.name"
    zh = "姓名“{value}”含有数字或无法显示的字符"
    en = "the name {value!r} has digits or characters that cannot be shown"
    hint_zh = "请对照证件核对姓名"
    hint_en = "compare the name with the document"


class UnknownDocumentType(RowReason):
    """A kind of document that the ledger has no letters for."""

    code = "row.document_type"
    zh = "证件类型“{value}”不存在"
    en = "there is no document type {value!r}"
    hint_zh = "可用：{known}；留空为居民身份证"
    hint_en = "known are: {known}; empty means a resident identity card"


class DateUnreadable(RowReason):
    """A date in a form that nobody can tell for certain."""

    code = "row.date.form"
    zh = "日期“{value}”无法识别"
    en = "the date {value!r} cannot be read"
    hint_zh = "请写成 2024-01-15"
    hint_en = "write it like 2024-01-15"


class DateDoesNotExist(RowReason):
    """A day that the calendar does not have."""

    code = "row.date.day"
    zh = "日期“{value}”不存在"
    en = "there is no such day as {value}"
    hint_zh = "请对照证书核对日期"
    hint_en = "compare the date with the certificate"


class AwardedInTheFuture(RowReason):
    """An award later than today in UTC+8."""

    code = "row.date.future"
    zh = "取得日期“{value}”晚于今天（{today}）"
    en = "the award date {value} is later than today ({today})"
    hint_zh = "请核对日期；尚未取得的成果不能登记"
    hint_en = "check the date; an outcome not yet awarded cannot be registered"


class EndsBeforeAward(RowReason):
    """A last day before the award."""

    code = "row.valid_until.early"
    zh = "有效期至“{value}”早于取得日期 {awarded}"
    en = "valid until {value} lies before the award on {awarded}"
    hint_zh = "请核对两个日期；长期有效请留空"
    hint_en = "check both dates; where there is no end, leave it empty"


class EndedAlready(RowReason):
    """Not an error: an outcome whose validity has ended by today; whoever verifies it will be told expired."""

    code = "row.valid_until.past"
    zh = "有效期至“{value}”已过（今天 {today}），核验时将显示已过期"
    en = "valid until {value} is past (today {today}): whoever verifies it will be told that it has expired"


class HoursMalformed(RowReason):
    """Hours that are no decimal number above zero."""

    code = "row.hours"
    zh = "学时“{value}”应为 0 至 {most} 之间、至多两位小数的数字"
    en = "the hours {value!r} must be a number above 0 and up to {most}, of at most two decimals"
    hint_zh = "请核对学时，可留空"
    hint_en = "check the hours; they may be left empty"


class CertificateNumberMalformed(RowReason):
    """A certificate number of another form than the centre has set."""

    code = "row.certificate_number"
    zh = "证书编号“{value}”不符合格式 {pattern}"
    en = "the certificate number {value!r} does not have the form {pattern}"
    hint_zh = "请对照证书核对编号"
    hint_en = "compare the number with the certificate"


class RowStandsTwice(RowReason):
    """A row equal to an earlier one of the same file."""

    code = "row.twice"
    zh = "与第 {line} 行重复"
    en = "the row repeats line {line}"
    hint_zh = "请删除多余的一行"
    hint_en = "remove one of the two"


class CertificateNumberTwice(RowReason):
    """Two rows of one institution with one certificate number and different content."""

    code = "row.certificate_number.twice"
    zh = "证书编号“{value}”已在第 {line} 行使用，内容不同"
    en = "the certificate number {value!r} is used on line {line} for something else"
    hint_zh = "请核对两行的证书编号"
    hint_en = "check the numbers of both rows"


class OutcomeTwice(RowReason):
    """The same person and the same outcome on two rows: one claim cannot be issued twice."""

    code = "row.claim.twice"
    zh = "同一人的同一成果已在第 {line} 行"
    en = "the same outcome of the same person is on line {line}"
    hint_zh = "可重复取得的成果请在成果编码中写明届次"
    hint_en = "an outcome that can be repeated carries its edition in the code"


class ClaimInForce(RowReason):
    """The person holds this outcome already, in force, from whichever file."""

    code = "row.claim.issued"
    zh = "此人的成果“{value}”已登记且有效"
    en = "this person's outcome {value!r} is registered and in force"
    hint_zh = "如系更正，请在“替代证书编号”列填写原证书编号，新证书上链后即取代它"
    hint_en = (
        "if this corrects it, give the earlier number in a column “Replaces certificate”: the new one supersedes it "
        "once it is anchored"
    )


class CertificateNumberIssued(RowReason):
    """The certificate number was issued with other content."""

    code = "row.certificate_number.issued"
    zh = "证书编号“{value}”已签发，且内容与本行不同"
    en = "the certificate number {value!r} was issued with other content"
    hint_zh = "更正请用新的证书编号，并在“替代证书编号”列填写原证书编号"
    hint_en = "a correction needs a number of its own; give this one in a column “Replaces certificate”"


class InstitutionElsewhere(RowReason):
    """An institution that another province accredits."""

    code = "row.institution.province"
    zh = "机构“{value}”由{province}认证，不属于本省"
    en = "the institution {value} is accredited by {province_en}, not by this province"
    hint_zh = "请由认证该机构的省级学分银行签发"
    hint_en = "its own province's credit bank issues for it"


class InstitutionMoved(RowReason):
    """An institution that another province accredited first, whose key its learners' claims are computed with."""

    code = "row.institution.moved"
    zh = "机构“{value}”由{province}首次认证，其成果主张须由该中心的密钥计算"
    en = "{value} was first accredited by {province_en}, and its learners' claims are computed with that centre's key"
    hint_zh = "用本省密钥签发会使同一成果可被使用两次；请由原中心处理"
    hint_en = "issued with this province's key, one outcome could be used twice; let the former centre deal with it"


class InstitutionWithoutKey(RowReason):
    """An institution that this centre cannot sign for."""

    code = "row.institution.key"
    zh = "本中心没有机构“{value}”的签发密钥"
    en = "this centre holds no issuing key of {value}"
    hint_zh = "请核对代码；如确由本中心签发，请先登记机构与密钥"
    hint_en = "check the code; if this centre issues for it, accredit it and add its key first"


class InstitutionNotInForce(RowReason):
    """An institution whose accreditation is suspended or withdrawn."""

    code = "row.institution.standing"
    zh = "机构“{value}”的认证目前无效"
    en = "the accreditation of {value} is not in force"
    hint_zh = "请先恢复认证"
    hint_en = "reinstate the accreditation first"


class CategoryOutsideScope(RowReason):
    """A category that the institution is not accredited for."""

    code = "row.scope.category"
    zh = "类别“{value}”不在机构的认证范围内"
    en = "the category {value!r} is outside the institution's accreditation"
    hint_zh = "请核对类别，或先扩大认证范围"
    hint_en = "check the category, or widen the accreditation first"


class LevelOutsideScope(RowReason):
    """A regional level above the institution's highest."""

    code = "row.scope.level"
    zh = "等级“{value}”（区域 {level} 级）高于机构的认证上限 {highest} 级"
    en = "the level {value} (regional {level}) is above the institution's highest, {highest}"
    hint_zh = "请核对等级，或先扩大认证范围"
    hint_en = "check the level, or widen the accreditation first"


class CreditsOutsideScope(RowReason):
    """More credits than the institution may award for one outcome."""

    code = "row.scope.credits"
    zh = "学分“{value}”高于机构单项成果的认证上限 {most}"
    en = "the credits {value} are above the institution's most for one outcome, {most}"
    hint_zh = "请核对学分，或先扩大认证范围"
    hint_en = "check the credits, or widen the accreditation first"


class Normalised(RowReason):
    """Not an error: full-width or otherwise unusual characters were read as plain ones."""

    code = "row.normalised"
    zh = "“{value}”已按“{read}”读取（全角字符或小写字母已转换）"
    en = "{value!r} was read as {read!r} (full-width or small letters converted)"


class ColumnUnused(RowReason):
    """Not an error: a heading that nobody understands."""

    code = "roster.column.unused"
    zh = "表头“{value}”未使用"
    en = "the heading {value!r} is not used"
    sensitive = False


class ColumnRepeated(RowReason):
    """Two headings that mean the same column."""

    code = "roster.column.twice"
    zh = "有两个表头都表示“{value}”"
    en = "two headings mean the column {value}"
    hint_zh = "请删除其中一列"
    hint_en = "remove one of the columns"
    sensitive = False


class ColumnMissing(RowReason):
    """A column that the roster cannot do without."""

    code = "roster.column.missing"
    zh = "缺少列“{value}”"
    en = "the column {value} is missing"
    hint_zh = "请补充该列，表头可用中文或英文"
    hint_en = "add it, under its Chinese or English heading"
    sensitive = False
