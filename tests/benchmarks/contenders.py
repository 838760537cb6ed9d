"""Who is measured: how each contender is started, and why one is left out where it is not installed."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from threading import Event
from time import perf_counter

from tests.benchmarks.meter import peak_kb
from tests.benchmarks.sinks import ROOT
from tests.servers import program

NODE = Path(__file__).parent / "node"
OURS = "ours"
LOOK = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One run: so many copies to this port over so many connections. `letter` is the peers' folder, `club` ours."""

    port: int
    copies: int
    connections: int
    letter: Path
    club: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a run took. `peak_kb` in KiB; `cpu_seconds` of the client alone."""

    copies: int
    seconds: float
    cpu_seconds: float
    peak_kb: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """Somebody who sends. `absent` says why not, or nothing."""

    key: str
    name: str
    run: Callable[[Task], Measured]
    absent: Callable[[], str]


def environment() -> dict[str, str]:
    """Ours, without what would be a setting of the service."""
    return {name: value for name, value in os.environ.items() if not name.startswith("MAILER_")}


def script(module: str, *words: object) -> list[str]:
    """The command of a module of this folder."""
    return [sys.executable, "-m", f"tests.benchmarks.{module}", *map(str, words)]


def said(command: list[str]) -> Measured:
    """What a contender reports of itself."""
    done = subprocess.run(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, check=True, text=True)
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def _ours(task: Task) -> Measured:
    return said(script("ours", "--folder", task.club))


def _python(module: str, *more: str) -> Callable[[Task], Measured]:
    def run(task: Task) -> Measured:
        numbers = ("--port", task.port, "--copies", task.copies, "--connections", task.connections)
        return said(script(module, *numbers, "--folder", task.letter, *more))

    return run


def _node(encoding: str) -> Callable[[Task], Measured]:
    def run(task: Task) -> Measured:
        words = map(str, (task.port, task.copies, task.connections, task.letter))
        return said(["node", str(NODE / "pool.js"), *words, encoding])

    return run


def _smtp_source(task: Task) -> Measured:
    """It says nothing of itself, so it is watched; -d keeps its connections, -N gives each recipient a number."""
    found = program("smtp-source")
    assert found, "smtp-source is there"
    numbers = ["-s", str(task.connections), "-m", str(task.copies)]
    letter = ["-f", "bulletin@club.example", "-t", "reader@club-1.example", "-F", str(task.letter / "letter.eml")]
    began, peak = perf_counter(), 0
    process = subprocess.Popen([found, "-d", "-N", *numbers, *letter, f"127.0.0.1:{task.port}"])
    pause = Event()
    while True:
        peak = max(peak, peak_kb(process.pid))
        ended, status, used = os.wait4(process.pid, os.WNOHANG)
        if ended:
            break
        pause.wait(LOOK)
    seconds = perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"smtp-source ended with {process.returncode}")
    return Measured(copies=task.copies, seconds=seconds, cpu_seconds=used.ru_utime + used.ru_stime, peak_kb=peak)


def _no_program(name: str, package: str) -> str:
    return "" if program(name) else f"{package} is not installed"


def _no_nodemailer() -> str:
    if shutil.which("node") is None:
        return "nodejs is not installed"
    return "" if (NODE / "node_modules" / "nodemailer").is_dir() else "nodemailer is not installed"


def _no_module(name: str) -> Callable[[], str]:
    return lambda: "" if find_spec(name) else f"{name} is not installed"


def _nodemailer(key: str, setting: str, encoding: str) -> Contender:
    return Contender(key=key, name=f"nodemailer, pool, {setting}", run=_node(encoding), absent=_no_nodemailer)


CONTENDERS = {
    one.key: one
    for one in (
        Contender(key=OURS, name="**Club Mailer**, ledger on", run=_ours, absent=lambda: ""),
        Contender(
            key="smtp-source",
            name="smtp-source (C; nothing personal, nothing recorded)",
            run=_smtp_source,
            absent=lambda: _no_program("smtp-source", "postfix"),
        ),
        _nodemailer("nodemailer-qp", "quoted-printable forced", "quoted-printable"),
        _nodemailer("nodemailer-base64", "base64 forced", "base64"),
        _nodemailer("nodemailer-default", "its default", "default"),
        Contender(
            key="aiosmtplib-ready",
            name="aiosmtplib, one ready-made message",
            run=_python("peer_aiosmtplib", "--ready-made"),
            absent=_no_module("aiosmtplib"),
        ),
        Contender(
            key="aiosmtplib",
            name="aiosmtplib + EmailMessage",
            run=_python("peer_aiosmtplib"),
            absent=_no_module("aiosmtplib"),
        ),
        Contender(key="django", name="Django, one connection", run=_python("peer_django"), absent=_no_module("django")),
    )
}
