"""Measures commands from their start to their end, also those of another checkout of this project beside ours."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import register_files
from tests.benchmarks.figures import Command, Side
from tests.benchmarks.issues import issue
from tests.benchmarks.sinks import ROOT
from tests.benchmarks.task import environment
from tests.benchmarks.watch import watch

PLAN, APPROVE, IMPORT = "plan", "approve", "register import"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """A checkout with its own .venv. Whatever else has changed, its commands and its benchmark's installation are there."""

    side: Side
    folder: Path

    @property
    def python(self) -> Path:
        """The interpreter of its .venv."""
        return self.folder / ".venv" / "bin" / "python"

    def install(self, club: Path, people: int) -> None:
        """A club whose register its own code has filled with so many people, so that its database is its own too."""
        words = ["--folder", club, "--copies", people, "--only-register"]
        module = [self.python, "-m", "tests.benchmarks.installation"]
        command = [str(word) for word in (*module, *words)]
        subprocess.run(command, cwd=self.folder, env=environment(), check=True)

    def run(self, name: str, club: Path, *words: str | Path, people: int, number: int) -> Command:
        """The command over this club; `number` is the round."""
        command = [self.python, "-m", "mailer", "--config", club / "config.toml", *name.split(), *words]
        watched = watch(command, folder=self.folder, environment=environment())
        return Command(
            name=name,
            side=self.side,
            people=people,
            round=number,
            seconds=watched.seconds,
            cpu_seconds=watched.cpu_seconds,
            peak_kb=watched.peak_kb,
        )


def here() -> Checkout:
    """This project."""
    return Checkout(side=Side.HERE, folder=ROOT)


def there(folder: Path) -> Checkout:
    """Another checkout. Raises SystemExit when it has no .venv."""
    checkout = Checkout(side=Side.THERE, folder=folder.resolve())
    if not checkout.python.exists():
        raise SystemExit(f"{folder} has no .venv: run `make setup` there")
    return checkout


def in_turn(
    folder: Path, checkouts: list[Checkout], people: int, rounds: int, *, imported: bool = False
) -> Iterator[Command]:
    """Plan and approve in each checkout in turn, over a register of so many people; every round begins with a fresh copy.

    Their register is there before, or is `imported` from CSV by the first command, with a payment of each person.
    """
    folder.mkdir()
    members, payments = folder / "members.csv", folder / "payments.csv"
    register_files.write(members, payments, people if imported else 0, issue("en").paid)
    for checkout in checkouts:
        checkout.install(folder / checkout.side, 0 if imported else people)
    for number in range(1, rounds + 1):
        for checkout in checkouts if number % 2 else checkouts[::-1]:
            club = folder / "club"
            shutil.copytree(folder / checkout.side, club)
            if imported:
                words = ("--members", members, "--payments", payments, "--apply")
                yield checkout.run(IMPORT, club, *words, people=people, number=number)
            for name in (PLAN, APPROVE):
                yield checkout.run(name, club, _issue_of(club), people=people, number=number)
            shutil.rmtree(club)
    shutil.rmtree(folder)


def _issue_of(club: Path) -> str:
    """The issue in a club's folder, as commands name it: another checkout may have another one."""
    (file,) = (club / "issues").glob("*/en.md")
    head = dict(re.findall(r"^(newsletter|serial): (.+)$", file.read_text(), re.MULTILINE))
    return f"{head['newsletter']}/{head['serial']}"
