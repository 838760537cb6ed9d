"""Measures our sending beside its peers, in interleaved rounds on one machine: `make bench`, or with --quick a rough one."""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from tests.benchmarks import installation, machine, page
from tests.benchmarks.contenders import CONTENDERS, OURS, Task, environment, script
from tests.benchmarks.figures import Results, Run
from tests.benchmarks.goals import GOALS, line
from tests.benchmarks.scenes import SCENES, Scene, Servers
from tests.benchmarks.sinks import ROOT

ROUNDS, QUICK_ROUNDS = 5, 2
ROUGH = "A quick run with few copies and two rounds: it shows that everything works, the figures are rough."
Turn = tuple[Scene, str, str]  # a scene, a language, a contender


def main(words: Sequence[str] | None = None) -> int:
    """Run, print, write; 1 when a ratio is far from its goal."""
    given = _given(words)
    if given.rewrite:
        page.write(page.kept())
        return 0
    with tempfile.TemporaryDirectory(prefix="club-mailer-bench-") as folder:
        results = measure(Path(folder), given)
    for goal in GOALS:
        says, wanted, reached, enough = line(goal, results)
        sys.stdout.write(f"{says:58} {wanted:22} {reached:22} {enough.replace('*', '')}\n")
    if not given.no_page:
        page.write(results)
    far = [goal.says for goal in GOALS if goal.far(results)]
    if far:
        sys.stderr.write(f"far from the goal: {'; '.join(far)}\n")
    return 1 if far else 0


def _given(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two rounds with a tenth of the copies")
    parser.add_argument("--rounds", type=int, help=f"instead of {ROUNDS}")
    parser.add_argument("--only", nargs="+", choices=CONTENDERS, metavar="NAME", help="these beside ours: %(choices)s")
    parser.add_argument("--scene", nargs="+", choices=[one.key for one in SCENES], help="only these scenes")
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
    octets = _prepare(folder, turns, quick=given.quick)
    about = machine.about(folder) | {"method": _method(rounds, octets), "warning": ROUGH if given.quick else ""}
    runs = []
    for number in range(1, rounds + 1):
        start = (number - 1) * len(turns) // rounds
        for turn in turns[start:] + turns[:start]:
            runs.append(_run(folder, servers, turn, number, quick=given.quick))
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
            turns += [(scene, language, key) for language in scene.languages]
    if not turns:
        sys.exit(f"there is nothing to measure: {absent}")
    for place, why in absent.items():
        sys.stderr.write(f"left out: {place}: {why}\n")
    return turns, absent


def _prepare(folder: Path, turns: list[Turn], *, quick: bool) -> dict[str, str]:
    """Letters and readers for the peers, and for us a mailing that was begun, of each size; returns their sizes."""
    octets = {}
    for language in sorted({language for _, language, _ in turns}):
        (folder / language).mkdir()
        most = max(scene.quick(key, quick=quick) for scene, spoken, key in turns if spoken == language)
        _child("letter", "--into", folder / language, "--language", language, "--readers", most)
        told = json.loads((folder / language / "letter.json").read_text())
        octets[language] = (
            f"{page.LANGUAGES[language]} {told['octets'] / 1000:.0f} kB in {' and '.join(told['encodings'])}"
        )
    for language, copies in sorted(
        {(lang, scene.quick(key, quick=quick)) for scene, lang, key in turns if key == OURS}
    ):
        words = ("--folder", folder / f"ready-{language}-{copies}", "--language", language, "--copies", copies)
        _child("installation", *words)
    return octets


def _child(module: str, *words: object) -> None:
    """In a process of its own, so that its memory is not ours."""
    subprocess.run(script(module, *words), cwd=ROOT, env=environment(), check=True)


def _run(folder: Path, servers: Servers, turn: Turn, number: int, *, quick: bool) -> Run:
    scene, language, key = turn
    copies, club = scene.quick(key, quick=quick), folder / "club"
    if key == OURS:
        shutil.copytree(folder / f"ready-{language}-{copies}", club)
    try:
        with servers.play(scene, copies) as port:
            if key == OURS:
                installation.point(club, port=port, connections=scene.connections)
            measured = CONTENDERS[key].run(
                Task(port=port, copies=copies, connections=scene.connections, letter=folder / language, club=club)
            )
    finally:
        shutil.rmtree(club, ignore_errors=True)
    places = {"scene": scene.key, "contender": key, "language": language, "round": number}
    return Run(**places, connections=scene.connections, **asdict(measured))


def _tell(run: Run) -> None:
    sys.stderr.write(
        f"round {run.round} {run.scene:12} {run.language} {run.contender:18} {run.per_second:8,.0f}/s "
        f"{run.cpu_us:7,.0f} µs {run.peak_mb:5.0f} MB\n"
    )


def _method(rounds: int, octets: dict[str, str]) -> str:
    sent = "the real issue beside the project" if installation.SEED.is_dir() else "the demo's issue"
    sizes = "; ".join(octets.values())
    return f"{rounds} interleaved rounds, medians, ratios round by round. Sent: {sent} ({sizes})."


if __name__ == "__main__":
    sys.exit(main())
