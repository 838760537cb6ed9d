"""Starts a process of this very program beside this one, which works by the settings that this one has read, or ends."""

import subprocess
import sys
from pathlib import Path

from mailer.gateways.log_lines import log_options
from mailer.pipeline.context import Context

# Exit statuses: it has done its work; it failed; it found other settings, or another version of the program, than ours.
DONE, FAILED, OTHER_SETTINGS, OTHER_PROGRAM = 0, 1, 10, 11


def started(
    module: str, config: Path, context: Context, program: str, *options: object, stdout: int = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    """Run this module, which reads what it is given by `own_process`. Its standard input is a pipe that ends with us."""
    # -P: no module of the folder in which the command was typed takes the place of one of ours.
    command = [sys.executable, "-P", "-m", module, "--config", str(config), "--who", context.who]
    command += ["--program", program, "--fingerprint", context.fingerprint, *log_options(), *map(str, options)]
    # In a session of its own no Ctrl-C reaches it: this process tells it what to do.
    return subprocess.Popen(  # noqa: S603  (this very program)
        command, stdin=subprocess.PIPE, stdout=stdout, bufsize=0, start_new_session=True
    )
