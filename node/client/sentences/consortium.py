"""Errors of Consortium and Directory, of what every contract has in common, and of Solidity itself."""

from __future__ import annotations

CONSORTIUM: dict[str, tuple[str, str]] = {
    "Error": ("{message}", "{message}"),
    "Panic": ("合约内部检查失败（代码 {code}）", "a check inside the contract failed (code {code})"),
    "Superseded": (
        "合约 {name} 已由 {current} 接替，请更新部署文件",
        "the contract {name} has been followed by {current}; update the deployment file",
    ),
    "NotByMotion": (
        "{name} 的这一操作只能由联盟动议执行（调用者 {caller}）",
        "only a motion of the consortium does this in {name} (called by {caller})",
    ),
    "ConsortiumNotDeployer": (
        "只有部署账户可以成立联盟（调用者 {caller}）",
        "only the deployer constitutes the consortium (called by {caller})",
    ),
    "ConsortiumAlreadyConstituted": ("联盟已于 {time} 成立", "the consortium was constituted at {time}"),
    "ConsortiumInvalidParameter": (
        "参数 {parameter} 的值 {value} 超出范围",
        "the parameter {parameter} is out of range: {value}",
    ),
    "ConsortiumTooFewMembers": (
        "成员只有 {members} 个，至少要 {minimum} 个",
        "{members} members are too few, {minimum} are needed",
    ),
    "ConsortiumInvalidProvince": (
        "{province} 不是省级行政区划代码",
        "{province} is not the code of a province",
    ),
    "ConsortiumNotMember": ("{province} 不是联盟成员", "{province} is not a member"),
    "ConsortiumAlreadyMember": ("{province} 已是联盟成员", "{province} is a member already"),
    "ConsortiumPaused": (
        "成员 {province} 被暂停至 {until}",
        "the member {province} is paused until {until}",
    ),
    "ConsortiumNotPaused": ("成员 {province} 没有被暂停", "the member {province} is not paused"),
    "ConsortiumQuorumLost": (
        "这样只剩 {unpaused} 个可行动的成员，少于通过动议所需的 {threshold} 个",
        "that would leave {unpaused} members able to act, fewer than the {threshold} that a motion needs",
    ),
    "ConsortiumNoticeGiven": (
        "成员 {province} 已通知退出，{until} 生效",
        "the member {province} has given notice and leaves at {until}",
    ),
    "ConsortiumNoNotice": ("成员 {province} 没有通知退出", "the member {province} has given no notice"),
    "ConsortiumInvalidCustodian": (
        "{custodian} 不能保管 {province} 的记录",
        "{custodian} cannot keep the records of {province}",
    ),
    "ConsortiumInvalidAccount": ("账户 {account} 不能使用", "the account {account} cannot be used"),
    "ConsortiumAccountBound": (
        "账户 {account} 已永久属于 {province}（{family}），请换一个新账户",
        "the account {account} belongs to {province} for ever (as {family}); use a new account",
    ),
    "ConsortiumUnauthorised": (
        "账户 {account} 无权代表 {province} 行使“{role}”",
        "the account {account} may not act for {province} as {role}",
    ),
    "ConsortiumInvalidRoles": (
        "账户 {account} 的权限“{roles}”无效",
        "the roles of {account} are not possible: {roles}",
    ),
    "ConsortiumNotOperator": ("账户 {account} 不是操作员", "the account {account} is not an operator"),
    "ConsortiumDuplicateOperator": ("操作员 {account} 列出了两次", "the operator {account} is listed twice"),
    "ConsortiumTooManyOperators": (
        "成员 {province} 的操作员太多（{operators} 个）",
        "the member {province} has too many operators ({operators})",
    ),
    "ConsortiumNoSecondAccount": (
        "成员 {province} 没有第二个可确认法律行为的账户，请先设立具有“法律行为”权限的操作员",
        "the member {province} has no second account to confirm binding acts: name an operator with the role law",
    ),
    "ConsortiumRecoveryPending": (
        "成员 {province} 正在恢复管理员，{readyAt} 可完成，在此之前不能更改",
        "a recovery of {province} is pending until {readyAt}; until then nothing can be changed",
    ),
    "ConsortiumNoRecovery": ("成员 {province} 没有进行中的恢复", "no recovery of {province} is pending"),
    "ConsortiumRecoveryNotReady": (
        "成员 {province} 的恢复要到 {readyAt} 才能完成",
        "the recovery of {province} can be completed at {readyAt}",
    ),
    "ConsortiumNoHandOver": (
        "成员 {province} 没有可接受的管理员移交",
        "no hand-over of {province} is open",
    ),
    "ConsortiumOperatorsMismatch": (
        "成员 {province} 的操作员名单与先前公布的不同（公布 {announced}，现为 {given}）",
        "the operators of {province} are not those announced ({announced}, now {given})",
    ),
    "ConsortiumUnknownCaller": (
        "{caller} 不是目录中的现行合约",
        "{caller} is not a contract that the Directory lists now",
    ),
    "ConsortiumActAlreadyProposed": (
        "账户 {proposer} 已提出此行为，须由同一成员的另一账户确认（{act}）",
        "{proposer} has proposed this act; another account of the member confirms it ({act})",
    ),
    "ConsortiumNoPendingAct": ("没有待确认的行为（{act}）", "no such act is pending ({act})"),
    "ConsortiumMotionExists": ("动议已存在（{motion}）", "there is such a motion already ({motion})"),
    "ConsortiumUnknownMotion": ("没有这个动议（{motion}）", "there is no such motion ({motion})"),
    "ConsortiumMotionNotOpen": (
        "动议 {opensAt} 才开始表决（{motion}）",
        "the motion takes votes from {opensAt} on ({motion})",
    ),
    "ConsortiumMotionClosed": (
        "动议已于 {closesAt} 截止（{motion}）",
        "the motion closed at {closesAt} ({motion})",
    ),
    "ConsortiumMotionExecuted": ("动议已执行（{motion}）", "the motion has been carried out ({motion})"),
    "ConsortiumMotionNotCarried": (
        "动议未通过：赞成 {inFavour}，需要 {threshold}（{motion}）",
        "the motion has not passed: {inFavour} in favour, {threshold} needed ({motion})",
    ),
    "ConsortiumInvalidTarget": (
        "{target} 不是动议可以调用的合约",
        "{target} is not a contract that a motion may call",
    ),
    "DirectoryUnauthorised": (
        "只有联盟合约可以建立目录（调用者 {caller}）",
        "only the Consortium constitutes the Directory (called by {caller})",
    ),
    "DirectoryConstituted": ("目录已于 {time} 建立", "the Directory was constituted at {time}"),
    "DirectoryLengths": (
        "{names} 个名称与 {targets} 个地址不对应",
        "there are {names} names for {targets} addresses",
    ),
    "DirectoryNameMismatch": (
        "{target} 自称 {found}，不能登记为 {name}",
        "{target} says that its name is {found}, it cannot be listed as {name}",
    ),
    "DirectoryPredecessorMismatch": (
        "{target} 接续的是 {found}，而现行合约是 {expected}",
        "{target} continues {found}, and the contract to be continued is {expected}",
    ),
    "DirectoryNotAContract": ("{target} 上没有合约", "no contract lies at {target}"),
    "DirectoryAlreadyListed": (
        "{target} 已登记为 {name}",
        "{target} is listed already, as {name}",
    ),
    "DirectoryEntryPending": (
        "{name} 已有将于 {from} 生效的条目 {target}，请先取消",
        "{target} is to take effect as {name} at {from}; cancel that first",
    ),
    "DirectoryNothingPending": ("{name} 没有待生效的条目", "nothing waits to take effect as {name}"),
}
