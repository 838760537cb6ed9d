"""One step of a mailing in a process of its own, with its time and its memory: plan it, or approve it and begin."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from mailer.app.installation import open_app
from mailer.pipeline.mailings.approve import approve_mailing
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.send import send_mailing
from tests.benchmarks.issues import issue
from tests.benchmarks.meter import peak_kb

# The steps of a process, each a verb that takes the context and the issue's name.
PROCESSES = {"plan": {"plan": plan_mailing}, "approve": {"approve": approve_mailing, "begin": send_mailing}}


def main() -> None:
    """Take these steps with the installation in the folder; print their seconds, and the most memory of the process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--process", choices=PROCESSES, required=True)
    given = parser.parse_args()
    app, name = open_app(given.folder / "config.toml", who="benchmark"), issue("en").name
    try:
        seconds = {
            step: _timed(lambda verb=verb: verb(app.context, name)) for step, verb in PROCESSES[given.process].items()
        }
    finally:
        app.store.close()
    sys.stdout.write(json.dumps({"seconds": seconds, "peak_kb": peak_kb("self")}) + "\n")


def _timed(step: Callable[[], object]) -> float:
    began = perf_counter()
    step()
    return perf_counter() - began


if __name__ == "__main__":
    main()
