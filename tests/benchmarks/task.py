"""What a contender is asked to do, and what it says that it took."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.sinks import ROOT


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
    """What a run took. `peak_kb` in KiB; `cpu_seconds` of the client alone, with every process that it has."""

    copies: int
    seconds: float
    cpu_seconds: float
    peak_kb: int


def environment() -> dict[str, str]:
    """Ours, without what would be a setting of the service."""
    return {name: value for name, value in os.environ.items() if not name.startswith("MAILER_")}


def script(module: str, *words: object) -> list[str]:
    """The command of a module of this folder."""
    return [sys.executable, "-m", f"tests.benchmarks.{module}", *map(str, words)]


def report_of(command: list[str]) -> Measured:
    """What a contender reports of itself."""
    ended = subprocess.run(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, check=True, text=True)
    return Measured(**json.loads(ended.stdout.splitlines()[-1]))
