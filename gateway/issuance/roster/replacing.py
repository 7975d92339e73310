"""What can be wrong with the column that names the certificate which a row replaces."""

from __future__ import annotations

from gateway.issuance.roster.reasons import RowReason


class ReplacesItself(RowReason):
    """The row names its own certificate number."""

    code = "row.replaces.itself"
    zh = "证书编号“{value}”不能替代它自己"
    en = "the certificate number {value!r} cannot replace itself"
    hint_zh = "更正后的证书须用新的证书编号；本列填写原证书编号"
    hint_en = "a corrected certificate has a number of its own; this column takes the earlier one's"


class ReplacedUnknown(RowReason):
    """No certificate of this number was issued here for the institution."""

    code = "row.replaces.unknown"
    zh = "本机构没有编号为“{value}”的证书"
    en = "the institution has no certificate {value!r}"
    hint_zh = "请用 huren find 核对原证书编号"
    hint_en = "look the earlier number up with huren find"


class ReplacesAnother(RowReason):
    """The certificate is another person's, or of another outcome."""

    code = "row.replaces.another"
    zh = "证书“{value}”不是此人的同一成果，不能由本行替代"
    en = "the certificate {value!r} is not this person's for the same outcome: the row cannot replace it"
    hint_zh = "请核对证件号、成果编码与原证书编号；证件号本身有误的，请撤销原证书后重新签发"
    hint_en = (
        "check number, outcome and the earlier certificate; where the document number itself was wrong, revoke that "
        "certificate and issue this row without the column"
    )


class ReplacedNotInForce(RowReason):
    """The certificate is revoked already."""

    code = "row.replaces.revoked"
    zh = "证书“{value}”已被吊销，无需替代"
    en = "the certificate {value!r} is revoked already: there is nothing to replace"
    hint_zh = "如需重新签发，请将本列留空"
    hint_en = "to issue anew, leave this column empty"
