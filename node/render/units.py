"""How the machine's own supervisor runs a member's node: a systemd unit, or one service of a compose file.

Both start one process, ours, which runs the chain client and the Kubo daemon as its children. It ends them cleanly when
it is told to end, and for that it is given more time than a chain client was ever seen to need.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

    from node.description import Description
    from node.local import Local

STOP_SECONDS: Final = 180
"""Given to both programs to write down what they hold, before they are killed."""
_OPEN_FILES: Final = 65_536

_UNIT: Final = """\
# 由 huren-node render 写成 / written by huren-node render
# 目录须归用户 huren 所有 / the folder belongs to the user huren: chown -R huren:huren DIR
# 安装 / install: cp huren-node.service /etc/systemd/system/ && systemctl enable --now huren-node
[Unit]
Description=互认链节点 {name} {province} / node of the network {name}
Wants=network-online.target
After=network-online.target time-sync.target
StartLimitIntervalSec=0

[Service]
User=huren
Group=huren
UMask=0077
# Java 以此读写中文路径 / by this Java knows paths that are not ASCII
Environment=LC_ALL=C.UTF-8
WorkingDirectory={place}
ExecStart={python} -P -m node.supervisor --dir {argument}
# 以 huren-node down 停止的不再启动 / what huren-node down ended stays down
Restart=on-failure
RestartSec=5
KillMode=mixed
TimeoutStopSec={stop}
LimitNOFILE={files}
NoNewPrivileges=true
PrivateTmp=true
PrivateDevices=true
ProtectHome=read-only
ProtectKernelModules=true
ProtectKernelTunables=true
ProtectControlGroups=true
ProtectSystem=strict
ReadWritePaths={word}
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictSUIDSGID=true
LockPersonality=true

[Install]
WantedBy=multi-user.target
"""

_COMPOSE: Final = """\
# 由 huren-node render 写成 / written by huren-node render
# 镜像由运营方构建，内含本软件与节点程序 / the image is the operator's own: this software and the node's programs
# 运行 / run: HUREN_IMAGE=… HUREN_USER=$(stat -c %u:%g ..) docker compose -f compose.yaml up -d
name: {project}
services:
  node:
    image: ${{HUREN_IMAGE:?the image with this software, geth or Besu, and Kubo}}
    # 密钥仅目录所有者可读，容器须以其身份运行 / the keys are their owner's alone, so the container runs as that owner
    user: "${{HUREN_USER:?uid:gid of the owner of this folder}}"
    command: ["python", "-P", "-m", "node.supervisor", "--dir", "/huren"]
    # Java 以此读写中文路径 / by this Java knows paths that are not ASCII
    environment:
      LC_ALL: C.UTF-8
    # 端口绑定由 local.toml 决定，须与主机一致 / local.toml says on which addresses ports are opened: the host's own
    network_mode: host
    init: true
    restart: unless-stopped
    stop_grace_period: {stop}s
    read_only: true
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    # Besu 从 /tmp 装载本机库 / Besu loads native libraries from /tmp
    tmpfs: ["/tmp:exec,mode=1777"]
    volumes:
      - type: bind
        source: ..
        target: /huren
    ulimits:
      nofile: {files}
    healthcheck:
      test: ["CMD", "huren-node", "status", "--dir", "/huren"]
      interval: 30s
      timeout: 20s
      start_period: 120s
"""


def unit(description: Description, local: Local, folder: Path, python: Path) -> str:
    """Return the unit of systemd (systemd.unit(5), systemd.exec(5)).

    Args:
        description: the network.
        local: this machine's settings.
        folder: the member's folder, absolute.
        python: the interpreter with this software.
    """
    return _UNIT.format(
        name=description.name,
        province=local.province,
        place=_specified(folder),
        python=_argument(python),
        argument=_argument(folder),
        word=_word(folder),
        stop=STOP_SECONDS,
        files=_OPEN_FILES,
    )


def compose(description: Description, local: Local) -> str:
    """Return the compose file (Compose Specification); the folder is the one above it."""
    return _COMPOSE.format(project=f"{description.name}-{local.province}", stop=STOP_SECONDS, files=_OPEN_FILES)


def _specified(path: Path) -> str:
    """Return a path where the whole line is one, in which quotes would be part of it; % begins a specifier."""
    return str(path).replace("%", "%%")


def _word(path: Path) -> str:
    """Return a path as one word of a list, quoted where blanks would part it (systemd.syntax(7), Quoting)."""
    text = _specified(path)
    return json.dumps(text, ensure_ascii=False) if any(sign in text for sign in " \t\"'\\;") else text


def _argument(path: Path) -> str:
    """Return a path as one word of a command line, in which $ begins a variable (systemd.service(5), Command lines)."""
    return _word(path).replace("$", "$$")
