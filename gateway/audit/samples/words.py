"""What a check of an answer can find, in both languages."""

from __future__ import annotations

from typing import Final

FINDINGS: Final = {
    code: {"code": f"sample.found.{code}", "zh": zh, "en": en}
    for code, zh, en in (
        ("document", "不是证书文件，或其叶子无法重算", "this is no certificate, or its leaf cannot be recomputed"),
        ("leaf", "所交凭证不是该转换的凭证", "this is not the credential of the transfer"),
        ("verdict", "凭证核验不通过", "the credential does not verify"),
        ("status", "凭证其后被暂停、吊销或已到期", "the credential was suspended or revoked since, or has expired"),
        ("facts", "申请公开的事实与凭证不符", "the facts that the request opened are not the document's"),
        ("number", "证件号码不合规", "the document number is not one of its kind"),
        ("commitment", "凭证所承诺的证件号码不是此号码", "the credential does not commit to this number"),
        ("claim", "重算的成果标识与链上不符", "the claim recomputed is not the one on the chain"),
        ("person", "同一证件号码对应两个不同的个人密钥", "one document number comes with two different persons' keys"),
        ("paper", "同一证书编号对应两个不同的成果标识", "one certificate number stands for two different claims"),
    )
}
"""By code."""
