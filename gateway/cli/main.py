"""The entry point of ``huren``: the tree of commands, each imported when it is called."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Final, Protocol, cast

import typer
from typer.core import TyperGroup

from gateway.domain.errors import HurenError
from node.client import terminal
from node.client.errors import NodeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from typer._click import Command, Context, HelpFormatter  # typer carries its own copy of click

COMMANDS: Final[dict[str, dict[str, str]]] = {
    "serve": {"serve": "启动网关：接口、发送与索引 / run the gateway: API, sender and indexer"},
    "issue": {
        "issue": "签发名册（CSV、XLSX）中的证书 / issue the certificates of a roster (CSV, XLSX)",
        "export": "导出证书文件（*.huren.json） / write certificate files (*.huren.json)",
    },
    "verify": {"verify": "核验证书文件或哈希 / verify a certificate file or a hash"},
    "trust": {
        "trust": "信任文件：离线核验所依据，导出、查看、比对 / trust files, for verification with no network: "
        "export, show, check"
    },
    "present": {"present": "出示部分字段 / make a partial certificate that shows some fields"},
    "find": {"find": "按姓名、证件号或证书编号查找 / find by name, document number or certificate number"},
    "status": {
        "suspend": "暂停凭证或批次 / suspend credentials, or a batch",
        "reinstate": "恢复被暂停的凭证或批次 / lift the suspension of credentials, or of a batch",
        "revoke": "吊销凭证或批次，不可撤回 / revoke credentials, or a batch, for good",
    },
    "supersede": {"supersede": "以新证书取代旧证书 / let a corrected certificate take the place of an earlier one"},
    "account": {"account": "学习者账户 / learners' accounts"},
    "institution": {"institution": "机构：认证、审核人、密钥 / institutions: accreditation, officers, keys"},
    "agreement": {
        "agreement": "互认协议：核对、提出、批准、异议、退出 / agreements: check, propose, approve, object, withdraw"
    },
    "transfer": {"transfer": "学分转换：申请、决定、查看 / transfers of credits: request, decide, show"},
    "programme": {"programme": "专业：登记可转入学分的专业 / programmes in which transferred credits count"},
    "evaluation": {
        "evaluation": "成果评估：发起、提名专家、发表意见、结束 / evaluations: open, nominate, opine, close"
    },
    "options": {
        "options": "可转换的学分：何处、按哪条规则、几学分 / what an outcome would give: where, under which rule"
    },
    "statement": {
        "statement": "对账单：学习者、机构、中心；学习者数据导出 / statements of learners, institutions, centres; "
        "a learner's export"
    },
    "pending": {
        "pending": "待确认事项：等待本省另一账户确认的约束性行为 / binding acts that wait for a second account"
    },
    "audit": {"audit": "审计：完整性、清单、报告、疑点、抽查 / audit: completeness, lists, reports, findings, samples"},
    "token": {"token": "访问令牌：谁可以通过接口访问 / access tokens: who may ask over HTTP"},
    "webhook": {"webhook": "事件通知：以签名消息告知其他系统 / webhooks: signed messages to other systems"},
    "key": {"key": "本中心的密钥 / this centre's keys"},
    "index": {"index": "索引：跟随链上事件 / the index of all provinces' events"},
    "backup": {
        "backup": "备份：生成、核对，恢复密钥 / backups: make and check them, the key that opens them",
        "restore": "由备份恢复到新目录 / restore a backup into a new folder",
        "recover": "恢复之后：查清备份以来在链上做过什么 / after a restore: what was done on the chain since",
    },
    "documents": {
        "documents": "文档：清单与证书包，缺损与修复 / manifests and packs: what is lacking or damaged, and its repair"
    },
    "job": {"job": "进行中的工作 / what is going on"},
}
"""Modules of this package, each with ``register(app)``, in the order in which ``huren --help`` lists them; the commands
of each, with the line that the list shows: together they take seconds to import, so only the called one's module is."""

_HELP: Final = "互认：学分银行之间的学习成果互认 / mutual recognition of learning outcomes between credit banks"
_MODULES: Final = {command: module for module, commands in COMMANDS.items() for command in commands}


class _Module(Protocol):
    def register(self, app: typer.Typer) -> None: ...


class Commands(TyperGroup):
    """The root: knows its commands by name and line, and imports one when it is asked for."""

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002 - the signature is click's
        """Return all names."""
        return list(_MODULES)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """Return a command, None where there is no such one."""
        if cmd_name in _MODULES and cmd_name not in self.commands:
            self.commands.update(_imported(_MODULES[cmd_name]))
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands, importing none."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[module][name]) for name, module in _MODULES.items()])


def _imported(module: str) -> dict[str, Command]:
    app = terminal.program("huren", _HELP)
    cast("_Module", importlib.import_module(f"gateway.cli.{module}")).register(app)
    group = typer.main.get_group(app)
    terminal.told_whole(group)
    return dict(group.commands)


def build() -> typer.Typer:
    """Return the whole command tree."""
    return terminal.program("huren", _HELP, Commands)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code."""
    return terminal.run(typer.main.get_command(build()), arguments, "huren", (HurenError, NodeError))


def main() -> None:
    """Console script ``huren``."""
    sys.exit(run(sys.argv[1:]))
