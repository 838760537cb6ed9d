"""Measures our sending beside its peers, in interleaved rounds on one machine: `make bench`, or with --quick a rough one."""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks import installation, machine, page, sinks
from tests.benchmarks.contenders import CONTENDERS, OURS
from tests.benchmarks.figures import Results, Run
from tests.benchmarks.goals import GOALS, line
from tests.benchmarks.issues import SEED, Length
from tests.benchmarks.scenes import SCENES, Scene, Servers
from tests.benchmarks.sinks import ROOT
from tests.benchmarks.task import Task, environment, script

ROUNDS, QUICK_ROUNDS = 5, 2
ROUGH = "A quick run with few copies and two rounds: it shows that everything works, the figures are rough."


class Turn(NamedTuple):
    """A contender's run in one scene and language."""

    scene: Scene
    language: str
    contender: str
    copies: int

    @property
    def letter(self) -> str:
        """The folder with what the peers send."""
        return f"{self.language}-{self.scene.length}"

    @property
    def ready(self) -> str:
        """The folder with a mailing of ours that was begun."""
        return f"ready-{self.letter}-{self.copies}"

    @property
    def is_ours(self) -> bool:
        """Whether it is our own sender."""
        return CONTENDERS[self.contender].setting is not None


def main(words: Sequence[str] | None = None) -> int:
    """Run, print, write; 1 when a ratio is far from its goal."""
    given = _given(words)
    if given.rewrite:
        page.write(page.kept())
        return 0
    with tempfile.TemporaryDirectory(prefix="club-mailer-bench-") as folder:
        results = measure(Path(folder), given)
    goals = [goal for goal in GOALS if not goal.scaling]
    for goal in goals:
        says, wanted, reached, enough = line(goal, results)
        sys.stdout.write(f"{says:66} {wanted:22} {reached:22} {enough.replace('*', '')}\n")
    if not given.no_page:
        page.write(results)
    far = [goal.says for goal in goals if goal.far(results)]
    if far:
        sys.stderr.write(f"far from the goal: {'; '.join(far)}\n")
    return 1 if far else 0


def _given(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two rounds with a tenth of the copies")
    parser.add_argument("--rounds", type=int, help=f"instead of {ROUNDS}")
    parser.add_argument("--only", nargs="+", choices=CONTENDERS, metavar="NAME", help="these beside ours: %(choices)s")
    parser.add_argument("--scene", nargs="+", choices=[scene.key for scene in SCENES], help="only these scenes")
    parser.add_argument("--no-page", action="store_true", help="write nothing into docs/")
    parser.add_argument(
        "--rewrite", action="store_true", help="measure nothing, write docs/ anew from performance.json"
    )
    return parser.parse_args(words)


def measure(folder: Path, given: argparse.Namespace) -> Results:
    """Every round has every scene, language and contender, each round beginning with another one."""
    servers = Servers(folder)
    turns, absent = _turns(servers, given)
    rounds = given.rounds or (QUICK_ROUNDS if given.quick else ROUNDS)
    sizes = _prepare(folder, turns)
    about = machine.about(folder) | {"method": _method(rounds, sizes), "warning": ROUGH if given.quick else ""}
    runs = []
    for number in range(1, rounds + 1):
        start = (number - 1) * len(turns) // rounds
        for turn in turns[start:] + turns[:start]:
            runs.append(run_turn(folder, servers, turn, number))
            _tell(runs[-1])
    return replace(page.kept(), runs=runs, about=about, absent=absent)


def _turns(servers: Servers, given: argparse.Namespace) -> tuple[list[Turn], dict[str, str]]:
    """Who plays where, and why the others do not."""
    turns, absent = [], {}
    for scene in SCENES:
        if given.scene and scene.key not in given.scene:
            continue
        if why := servers.absent(scene):
            absent[scene.key] = why
            continue
        for key in scene.copies:
            if given.only and key not in {*given.only, OURS}:
                continue
            if why := CONTENDERS[key].absent():
                absent[f"{scene.key} {key}"] = why
                continue
            copies = scene.quick(key, quick=given.quick)
            turns += [Turn(scene, language, key, copies) for language in scene.languages]
    if not turns:
        sys.exit(f"there is nothing to measure: {absent}")
    for place, why in absent.items():
        sys.stderr.write(f"left out: {place}: {why}\n")
    return turns, absent


def _prepare(folder: Path, turns: Sequence[Turn]) -> list[str]:
    """Letters and readers for the peers, and for us a mailing that was begun, of each size; returns the letters' sizes."""
    sizes = []
    for letter, (language, length) in sorted(
        {turn.letter: (turn.language, turn.scene.length) for turn in turns}.items()
    ):
        (folder / letter).mkdir()
        most = max(turn.copies for turn in turns if turn.letter == letter)
        _child("letter", "--into", folder / letter, "--language", language, "--length", length, "--readers", most)
        sizes.append(_size(folder / letter, language, length))
    for ready, turn in sorted({turn.ready: turn for turn in turns if turn.is_ours}.items()):
        words = ("--language", turn.language, "--length", turn.scene.length, "--copies", turn.copies)
        _child("installation", "--folder", folder / ready, *words)
        sys.stderr.write(f"ready: {turn.copies:,} copies, {turn.language}, {turn.scene.length}\n")
    return sizes


def _size(letter: Path, language: str, length: Length) -> str:
    said = json.loads((letter / "letter.json").read_text())
    more = {Length.TEXT: "", Length.LONG: ", a longer text", Length.PICTURES: ", with two pictures"}[length]
    return f"{page.LANGUAGES[language]}{more}: {said['octets'] / 1000:.0f} kB in {' and '.join(said['encodings'])}"


def _child(module: str, *words: object) -> None:
    """In a process of its own, so that its memory is not ours."""
    subprocess.run(script(module, *words), cwd=ROOT, env=environment(), check=True)


def run_turn(folder: Path, servers: Servers, turn: Turn, number: int) -> Run:
    """The contender's run in this round, over what lies ready in the folder.

    Raises Lost when the sink's log says that a copy was missed or doubled.
    """
    scene, club = turn.scene, folder / "club"
    contender = CONTENDERS[turn.contender]
    with _copied(folder / turn.ready if turn.is_ours else None, club):
        with servers.play(scene) as sink:
            if contender.setting:
                words = {"port": sink.port, "connections": scene.connections, "ca_file": sink.ca_file}
                installation.point(club, setting=contender.setting, **words)
            numbers = {"port": sink.port, "copies": turn.copies, "connections": scene.connections}
            before = sink.cpu_seconds
            measured = contender.run(Task(**numbers, letter=folder / turn.letter, club=club))
            sink_cpu_seconds = sink.cpu_seconds - before
        if sink.log is not None:
            sinks.prove(sink.log, turn.copies)
    places = {"scene": scene.key, "contender": turn.contender, "language": turn.language, "round": number}
    return Run(
        **places,
        connections=scene.connections,
        sink_cpu_seconds=sink_cpu_seconds,
        octets=sinks.octets(sink.log) if sink.log is not None else 0,
        **asdict(measured),
    )


@contextmanager
def _copied(ready: Path | None, club: Path) -> Iterator[None]:
    """A fresh copy of our mailing that is ready to leave, where it is our turn."""
    if ready:
        shutil.copytree(ready, club)
    try:
        yield
    finally:
        shutil.rmtree(club, ignore_errors=True)


def _tell(run: Run) -> None:
    sys.stderr.write(
        f"round {run.round} {run.scene:12} {run.language} {run.contender:18} {run.per_second:8,.0f}/s "
        f"{run.cpu_us:7,.0f} µs {run.peak_mb:5.0f} MB\n"
    )


def _method(rounds: int, sizes: Sequence[str]) -> str:
    sent = "the real issue beside the project" if SEED.is_dir() else "the demo's issue"
    return f"{rounds} interleaved rounds, medians, ratios round by round. Sent: {sent} ({'; '.join(sizes)})."


if __name__ == "__main__":
    sys.exit(main())
