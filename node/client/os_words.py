"""What the operating system says of why it refused, in Chinese: its own sentences are English alone."""

from __future__ import annotations

import errno
import os
from typing import Final

_SENTENCES: Final = {
    os.strerror(number): zh
    for number, zh in (
        (errno.ENOENT, "没有该文件或文件夹"),
        (errno.EACCES, "没有权限"),
        (errno.EPERM, "不允许这样操作"),
        (errno.EISDIR, "是文件夹"),
        (errno.ENOTDIR, "不是文件夹"),
        (errno.EEXIST, "已存在"),
        (errno.ENOTEMPTY, "文件夹不为空"),
        (errno.ENOSPC, "磁盘已满"),
        (errno.EDQUOT, "超过磁盘配额"),
        (errno.EFBIG, "文件过大"),
        (errno.EROFS, "文件系统只读"),
        (errno.EIO, "读写出错"),
        (errno.EMFILE, "打开的文件过多"),
        (errno.ENAMETOOLONG, "名称过长"),
        (errno.ELOOP, "符号链接层数过多"),
        (errno.EXDEV, "不在同一文件系统"),
        (errno.ETXTBSY, "程序正在运行"),
        (errno.EADDRINUSE, "地址已被占用"),
        (errno.EADDRNOTAVAIL, "本机没有该地址"),
        (errno.ECONNREFUSED, "连接被拒绝"),
        (errno.ECONNRESET, "连接被对方断开"),
        (errno.ETIMEDOUT, "连接超时"),
        (errno.EHOSTUNREACH, "无法到达对方主机"),
        (errno.ENETUNREACH, "网络不可达"),
    )
}


def in_chinese(sentence: str) -> str:
    """A Chinese sentence in which the system's own words stand in Chinese too; what is not known stays as it is."""
    for en, zh in _SENTENCES.items():
        sentence = sentence.replace(en, zh)
    return sentence
