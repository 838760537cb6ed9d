"""Shows that time grows with the copies and memory does not: mailings and imports of growing size.

`--beside FOLDER` runs the commands of another checkout in turn with ours, on the same machine.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from tests.benchmarks import commands, installation, machine, page, sinks
from tests.benchmarks.figures import Command, Results, Scaled
from tests.benchmarks.goals import GOALS, line
from tests.benchmarks.scenes import BY_KEY, Servers
from tests.benchmarks.task import environment, report_of, script

SIZES = (10**3, 10**4, 10**5, 10**6)
IMPORTS = (1_000, 20_000)  # people
SINKS = (BY_KEY["csink"], BY_KEY["smtp-sink"])  # the first that is there
CONNECTIONS = 20
ROUNDS = 3


def main(words: Sequence[str] | None = None) -> int:
    """Print, and write the page. 1 when a ratio is far from its goal."""
    given = _given(words)
    beside = commands.there(given.beside) if given.beside else None
    checkouts = [commands.here(), *([beside] if beside else [])]
    with tempfile.TemporaryDirectory(prefix="club-mailer-bench-") as work:
        folder = Path(work)
        about = machine.about(folder) | {"beside": machine.commit(beside.folder) if beside else ""}
        sizes = [size for size in SIZES if size <= given.to]
        scaled = [_measured(folder / "mailing", size) for size in sizes]
        run = []
        for people in [people for people in IMPORTS if people <= given.to]:
            run += _shown(commands.in_turn(folder / "commands", checkouts, people, given.rounds, imported=True))
        if beside and sizes[-1] not in IMPORTS:
            run += _shown(commands.in_turn(folder / "commands", checkouts, sizes[-1], given.rounds))
    about["method"] = (
        "Mailings: one run of each size, English, sent by a process of its own; the register was filled before. "
        f"Commands: {given.rounds} rounds, medians, with their start."
    )
    results = replace(page.kept(), scaled=scaled, commands=run, about_scaling=about)
    if not given.no_page:
        page.write(results)
    return _verdict(results)


def _given(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=int, default=SIZES[-1], help="the largest number of copies")
    parser.add_argument(
        "--beside", type=Path, metavar="FOLDER", help="another checkout of this project, with its .venv"
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"of the commands, instead of {ROUNDS}")
    parser.add_argument("--no-page", action="store_true", help="write nothing into docs/")
    return parser.parse_args(words)


def _measured(folder: Path, size: int) -> Scaled:
    mailing = measure(folder, size)
    shutil.rmtree(folder)
    each = mailing.seconds / size * 1e6
    sys.stdout.write(
        f"{size:9,} copies {mailing.seconds:9.1f} s {each:8,.0f} µs a copy; plan {mailing.plan:.1f} s, "
        f"approve {mailing.approve:.1f} s, send {mailing.send:.1f} s with {mailing.send_mb:.0f} MB\n"
    )
    sys.stdout.flush()
    return mailing


def absent(folder: Path) -> str:
    """Why no sink is there to send to; empty when one is."""
    servers = Servers(folder)
    return " and ".join(why) if all(why := [servers.absent(scene) for scene in SINKS]) else ""


def measure(folder: Path, size: int) -> Scaled:
    """Fill a register, then plan, approve and send to csink, else to smtp-sink; csink's log proves what arrived."""
    folder.mkdir()
    club, servers = folder / "club", Servers(folder)
    installation.prepare(club, "en", size, only_register=True)
    begun = subprocess.run(
        script("steps", "--folder", club),
        cwd=sinks.ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    scene = next(scene for scene in SINKS if not servers.absent(scene))
    with servers.play(scene) as sink:
        installation.point(club, port=sink.port, connections=CONNECTIONS)
        sent = report_of(script("ours", "--folder", club))
    if sink.log is not None:
        sinks.prove(sink.log, size)
    steps = json.loads(begun.stdout.splitlines()[-1])
    return Scaled(copies=sent.copies, **steps, send=sent.seconds, send_kb=sent.peak_kb)


def _shown(run: Iterable[Command]) -> list[Command]:
    """The commands, each of them printed as soon as it has ended."""
    ended = []
    for command in run:
        ended.append(command)
        sys.stdout.write(
            f"round {command.round} {command.people:9,} people {command.name:16} {command.side:6} "
            f"{command.seconds:8.1f} s, processor {command.cpu_seconds:8.1f} s {command.peak_mb:5.0f} MB\n"
        )
        sys.stdout.flush()
    return ended


def _verdict(results: Results) -> int:
    goals = [goal for goal in GOALS if goal.scaling]
    for goal in goals:
        says, wanted, reached, enough = line(goal, results)
        sys.stdout.write(f"{says:70} {wanted:22} {reached:22} {enough.replace('*', '')}\n")
    far = [goal.says for goal in goals if goal.far(results)]
    if far:
        sys.stderr.write(f"far from the goal: {'; '.join(far)}\n")
    return 1 if far else 0


if __name__ == "__main__":
    sys.exit(main())
