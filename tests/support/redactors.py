"""Redactors of three people: on Linux, on Windows, and one with a Chinese name."""
from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath

from reports.redact.redact import Redactor

KEY = "sk-proj-Zq81hT0aLmXw52RbVn7d"
ENV = {
    "HOME": "/home/wang.xiaoming",
    "USER": "wang.xiaoming",
    "GITHUB_TOKEN": "plain-looking-value",
    "MY_API_KEY": "äö/geheim+1",
    "OLLAMA_API_KEY": "ollama",
    "HTTPS_PROXY": "http://wang:Pa55word@proxy.school.cn:8080",
}
LINUX = Redactor(ENV, Path("/home/wang.xiaoming"), host="lab-pc-17.school.cn", secrets=["given-secret"])
WINDOWS = Redactor(
    {"USERPROFILE": r"C:\Users\Jane Doe"}, PureWindowsPath(r"C:\Users\Jane Doe"), user="Jane Doe", host="DESKTOP-8XK2"
)
CHINESE = Redactor({}, PurePosixPath("/Users/王小明"), user="王小明", host="MacBook-Pro")
