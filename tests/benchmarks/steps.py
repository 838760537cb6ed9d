"""Plans, approves and begins a mailing in a process of its own, and says how long each took and its memory."""

import argparse
import json
import sys
from pathlib import Path
from time import perf_counter

from mailer.app.installation import open_app
from mailer.pipeline.mailings.approve import approve_mailing
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.send import send_mailing
from tests.benchmarks.issues import issue
from tests.benchmarks.meter import peak_kb

STEPS = {"plan": plan_mailing, "approve": approve_mailing, "begin": send_mailing}


def main() -> None:
    """Take each step with the installation in the folder; print their seconds, and the most memory of the process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    app, name = open_app(parser.parse_args().folder / "config.toml", who="benchmark"), issue("en").name
    seconds = {}
    try:
        for step, verb in STEPS.items():
            began = perf_counter()
            verb(app.context, name)
            seconds[step] = perf_counter() - began
    finally:
        app.store.close()
    sys.stdout.write(json.dumps(seconds | {"plan_kb": peak_kb("self")}) + "\n")


if __name__ == "__main__":
    main()
