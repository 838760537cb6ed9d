"""Who is measured: how each contender is started, and why one is left out where it is not installed."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tests.benchmarks import prototype
from tests.benchmarks.installation import Setting
from tests.benchmarks.signed import Signed
from tests.benchmarks.task import Measured, Task, report_of, script
from tests.benchmarks.watch import watch
from tests.servers import program

NODE = Path(__file__).parent / "node"
OURS = "ours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """A client that sends. `absent` is why not, or nothing. `setting` is how ours is set up, None for the others."""

    key: str
    name: str
    run: Callable[[Task], Measured]
    absent: Callable[[], str] = str
    setting: Setting | None = None


def _ours(key: str, name: str, setting: Setting) -> Contender:
    def run(task: Task) -> Measured:
        return report_of(script("ours", "--folder", task.club, "--signed", setting.signed))

    return Contender(key=key, name=name, run=run, setting=setting)


def _python(module: str, *more: str) -> Callable[[Task], Measured]:
    def run(task: Task) -> Measured:
        numbers = ("--port", task.port, "--copies", task.copies, "--connections", task.connections)
        return report_of(script(module, *numbers, "--folder", task.letter, *more))

    return run


def _node(encoding: str) -> Callable[[Task], Measured]:
    def run(task: Task) -> Measured:
        words = map(str, (task.port, task.copies, task.connections, task.letter))
        return report_of(["node", str(NODE / "pool.js"), *words, encoding])

    return run


def _smtp_source(task: Task) -> Measured:
    """It reports nothing, so it is watched; -d keeps its connections, -N gives each recipient a number."""
    path = program("smtp-source")
    assert path, "smtp-source is there"
    numbers = ["-s", str(task.connections), "-m", str(task.copies)]
    letter = ["-f", "bulletin@club.example", "-t", "reader@club-1.example", "-F", str(task.letter / "letter.eml")]
    watched = watch([path, "-d", "-N", *numbers, *letter, f"127.0.0.1:{task.port}"])
    seconds, cpu_seconds = watched.seconds, watched.cpu_seconds
    return Measured(copies=task.copies, seconds=seconds, cpu_seconds=cpu_seconds, peak_kb=watched.peak_kb)


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
    contender.key: contender
    for contender in (
        _ours(OURS, "**Club Mailer**, ledger on", Setting()),
        _ours("ours-2", "Club Mailer, two processes", Setting(processes=2)),
        _ours("ours-ed25519", "Club Mailer, Ed25519", Setting(signed=Signed.ED25519)),
        _ours("ours-rsa", "Club Mailer, RSA-2048", Setting(signed=Signed.RSA)),
        _ours("ours-rsa-2", "Club Mailer, RSA-2048, two processes", Setting(signed=Signed.RSA, processes=2)),
        _ours("ours-both", "Club Mailer, RSA-2048 and Ed25519", Setting(signed=Signed.BOTH)),
        _ours(
            "ours-both-2", "Club Mailer, RSA-2048 and Ed25519, two processes", Setting(signed=Signed.BOTH, processes=2)
        ),
        _ours("ours-starttls", "Club Mailer, STARTTLS", Setting(security="starttls")),
        _ours("ours-starttls-2", "Club Mailer, STARTTLS, two processes", Setting(security="starttls", processes=2)),
        Contender(
            key="smtp-source",
            name="smtp-source (C; nothing personal, nothing recorded)",
            run=_smtp_source,
            absent=lambda: _no_program("smtp-source", "postfix"),
        ),
        Contender(
            key="prototype",
            name="the design's prototype (Python; no retries, limits, time-outs)",
            run=prototype.run,
            absent=prototype.absent,
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
