"""Says on what the figures were taken: processor, system and the versions of everybody who took part."""

import json
import os
import platform
import ssl
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from mailer.gateways.clock import SystemClock
from mailer.store.sqlite import dbapi
from tests.benchmarks.contenders import NODE
from tests.benchmarks.sinks import ROOT
from tests.servers import program


def about(work: Path) -> dict[str, str]:
    """Words for words; nothing that names a place on the machine. `work` is where the ledger lay."""
    return {
        "date": f"{SystemClock().now():%Y-%m-%d}",
        "commit": commit(ROOT),
        "cores": str(len(os.sched_getaffinity(0))),
        "processor": _processor(),
        "kernel": f"{platform.system()} {platform.release().partition('-')[0]}",
        "file system of the ledger": _file_system(work),
        "Python": platform.python_version(),
        "OpenSSL": ssl.OPENSSL_VERSION.split()[1],
        "SQLite": dbapi().sqlite_version,
        "Postfix": _said("postconf", "-d", "-h", "mail_version"),
        "Node.js": _said("node", "--version").removeprefix("v"),
        "nodemailer": _nodemailer(),
        "aiosmtplib": _package("aiosmtplib"),
        "Django": _package("django"),
    }


def commit(checkout: Path) -> str:
    """Which one is checked out there, and whether its files differ from it."""
    return _said("git", "-C", str(checkout), "describe", "--always", "--dirty")


def _said(name: str, *words: str) -> str:
    path = program(name)
    if path is None:
        return "none"
    return subprocess.run([path, *words], capture_output=True, text=True, check=False).stdout.strip() or "none"


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def _file_system(folder: Path) -> str:
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    over = [(place, kind) for place, kind in mounts if folder.resolve().is_relative_to(place)]
    return max(over, key=lambda one: len(one[0]))[1]


def _nodemailer() -> str:
    file = NODE / "node_modules" / "nodemailer" / "package.json"
    return json.loads(file.read_text())["version"] if file.is_file() else "none"


def _package(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"
