"""Shows that time grows with the copies and memory does not: plans, approves and sends mailings of growing size."""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from time import perf_counter

from mailer.app.installation import App, open_app
from mailer.app.sender import open_sender
from mailer.domain.delivery import State
from mailer.pipeline.mailings.report import progress_of_all
from tests.benchmarks import installation, machine, page
from tests.benchmarks.contenders import environment, script
from tests.benchmarks.figures import Scaled
from tests.benchmarks.goals import GOALS
from tests.benchmarks.meter import peak_kb
from tests.benchmarks.scenes import BY_KEY, Servers
from tests.benchmarks.sinks import ROOT

SIZES = (10**3, 10**4, 10**5, 10**6)
CONNECTIONS = 20


def main(words: Sequence[str] | None = None) -> int:
    """Each size in processes of its own; prints, and writes the page. 1 when a ratio is far from its goal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=int, default=SIZES[-1], help="the largest number of copies")
    parser.add_argument("--no-page", action="store_true", help="write nothing into docs/")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args(words)
    if given.child:
        _child(given.child)
        return 0
    scaled = []
    with tempfile.TemporaryDirectory(prefix="club-mailer-bench-") as folder:
        about = machine.about(Path(folder))
        for size in [one for one in SIZES if one <= given.to]:
            scaled.append(_measure(Path(folder) / str(size), size))
            one = scaled[-1]
            each = one.seconds / size * 1e6
            sys.stdout.write(f"{size:9,} copies {one.seconds:9.1f} s {each:8,.0f} µs a copy {one.peak_mb:6.0f} MB\n")
    about["method"] = "One run of each size, English, each in a process of its own; the register was filled by another."
    results = replace(page.kept(), scaled=scaled, about_scaling=about)
    if not given.no_page:
        page.write(results)
    far = [goal.says for goal in GOALS if "10⁶" in goal.says and goal.far(results)]
    if far:
        sys.stderr.write(f"far from the goal: {'; '.join(far)}\n")
    return 1 if far else 0


def _measure(folder: Path, size: int) -> Scaled:
    """Fill a register, then plan, approve and send to csink, else to smtp-sink; what arrived is proved by its log."""
    folder.mkdir()
    club, servers = folder / "club", Servers(folder)
    words = ("--folder", club, "--copies", size, "--only-register")
    subprocess.run(script("installation", *words), cwd=ROOT, env=environment(), check=True)
    scene = next(one for one in (BY_KEY["csink"], BY_KEY["smtp-sink"]) if not servers.absent(one))
    with servers.play(scene, size) as port:
        installation.point(club, port=port, connections=CONNECTIONS)
        command = script("scaling", "--child", club)
        done = subprocess.run(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, check=True, text=True)
    return Scaled(**json.loads(done.stdout.splitlines()[-1]))


def _child(folder: Path) -> None:
    app = open_app(folder / "config.toml", who="benchmark")
    name = installation.issue("en").name
    try:
        plan = _timed(lambda: plan.plan(app.context, name))
        approve = _timed(lambda: approve.approve(app.context, name))
        begin = _timed(lambda: approve.send(app.context, name))
        send = _timed(lambda: asyncio.run(_drain(app)))
        (progress,) = progress_of_all(app.context)
    finally:
        app.store.close()
    accepted = progress.counts.get(State.ACCEPTED, 0)
    if accepted != progress.copies:
        sys.exit(f"{accepted} of {progress.copies} copies were accepted: {progress.counts}")
    took = Scaled(copies=accepted, plan=plan, approve=approve, begin=begin, send=send, peak_kb=peak_kb("self"))
    sys.stdout.write(json.dumps(asdict(took)) + "\n")


async def _drain(app: App) -> None:
    with open_sender(app) as (sender, _owner):
        while (await sender.drain()).handed_over:
            pass


def _timed(step: Callable[[], object]) -> float:
    began = perf_counter()
    step()
    return perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
