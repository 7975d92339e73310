"""Why somebody is not let in. None of these says anything of a token but its number."""

from __future__ import annotations

from gateway.domain.errors import AGAINST, USAGE, HurenError


class AccessError(HurenError):
    """The family of everything that is wrong with a token or its making."""

    code = "access"


class Unauthorised(AccessError):
    """Nobody is known to ask: answered 401."""

    exit_code = AGAINST


class Forbidden(AccessError):
    """Who asks is known, and may not: answered 403."""

    exit_code = AGAINST


class TokenMissing(Unauthorised):
    """A route that takes a token was asked without one."""

    code = "access.token_missing"
    zh = "该接口须凭令牌访问"
    en = "this takes a token"
    hint_zh = "请加请求头 Authorization: Bearer hrn_…；令牌由本中心签发（huren token create）"
    hint_en = "send Authorization: Bearer hrn_…; the centre makes tokens (huren token create)"


class TokenMalformed(Unauthorised):
    """What was sent cannot be a token. The value is its length."""

    code = "access.token_form"
    zh = "令牌不完整或有误（{value} 个字符）"
    en = "that is no whole token ({value} characters)"
    hint_zh = "令牌以 hrn_ 开头，共 53 个字符；请整段复制"
    hint_en = "a token begins with hrn_ and has 53 characters: copy all of it"


class TokenUnknown(Unauthorised):
    """A token that this gateway never made."""

    code = "access.token_unknown"
    zh = "本网关没有这个令牌"
    en = "this gateway does not know that token"
    hint_zh = "请确认所访问的是签发该令牌的网关"
    hint_en = "check that this is the gateway that made it"


class TokenRevoked(Unauthorised):
    """A token that was revoked. The value is its number."""

    code = "access.token_revoked"
    zh = "令牌 {value} 已吊销"
    en = "the token {value} was revoked"
    hint_zh = "请向中心申请新的令牌"
    hint_en = "ask the centre for a new one"


class TokenExpired(Unauthorised):
    """A token past its time. The value is its number."""

    code = "access.token_expired"
    zh = "令牌 {value} 已过期"
    en = "the token {value} has expired"
    hint_zh = "请向中心申请新的令牌"
    hint_en = "ask the centre for a new one"


class TooManyAttempts(AccessError):
    """Too many tokens that were none, from one address."""

    code = "access.attempts"
    zh = "无效令牌的尝试过多，请 {value} 秒后再试"
    en = "too many tokens that were none: try again in {value} seconds"
    hint_zh = "请核对令牌后再试"
    hint_en = "check the token first"


class RoleForbidden(Forbidden):
    """A role that may not ask this. The value is the role."""

    code = "access.role"
    zh = "角色“{value}”不可访问该接口（可访问的角色：{allowed}）"
    en = "the role {value!r} may not ask this (who may: {allowed})"
    hint_zh = "角色与路由的对照表见 docs/api.md"
    hint_en = "docs/api.md has the table of roles and routes"


class OutOfScope(Forbidden):
    """Something that belongs to another institution or account."""

    code = "access.scope"
    zh = "令牌只用于本机构或本人的事项，{value} 不在其内"
    en = "the token is for its own institution or account alone: {value} is not among what is theirs"
    hint_zh = "请向有权限的中心工作人员查询"
    hint_en = "ask the staff of the centre, who may see it"


class ScopeMissing(AccessError):
    """A token that must be bound to something, and is not."""

    code = "access.scope_missing"
    exit_code = USAGE
    zh = "角色“{value}”的令牌须限定范围：请给出 --{option}"
    en = "a token of the role {value!r} is bound to something: give --{option}"
    hint_zh = "officer 须给出 --institution，learner 须给出 --account"
    hint_en = "officer takes --institution, learner takes --account"


class ScopeUnwanted(AccessError):
    """A token that is bound to nothing was given something."""

    code = "access.scope_unwanted"
    exit_code = USAGE
    zh = "角色“{value}”的令牌不带 --{option}"
    en = "a token of the role {value!r} takes no --{option}"
    hint_zh = "--institution 只用于 officer，--account 只用于 learner"
    hint_en = "--institution is for officer alone, --account for learner"


class InstitutionUnknown(AccessError):
    """An institution that nobody accredited."""

    code = "access.institution"
    exit_code = AGAINST
    zh = "索引中没有机构 {value}"
    en = "the index knows no institution {value}"
    hint_zh = "请核对代码；机构须已认证，且索引已跟上（huren institution list）"
    hint_en = "check the code; it must be accredited and the index must have followed (huren institution list)"


class AccountUnknown(AccessError):
    """An account that is not there, or was deleted."""

    code = "access.account"
    exit_code = AGAINST
    zh = "没有账户 {value}，或已注销"
    en = "there is no account {value}, or it was deleted"
    hint_zh = "账户号由 huren find 给出"
    hint_en = "huren find gives an account's number"


class TokenIdUnknown(AccessError):
    """A number that no token has."""

    code = "access.token_id"
    exit_code = AGAINST
    zh = "没有编号为 {value} 的令牌"
    en = "no token has the number {value}"
    hint_zh = "请查看 huren token list"
    hint_en = "see huren token list"
