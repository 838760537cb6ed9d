"""Starts processes beside this one that prove parts of a large mailing, and ends them with it.

They only read. One that fails, is killed, or makes nothing for long, since it is frozen for example, has proved nothing: this
process then makes the copies of its part itself.
"""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from select import POLLIN, poll

from mailer.app.own_processes import DONE, OTHER_PROGRAM, OTHER_SETTINGS, started
from mailer.domain.mailing import Mailing
from mailer.gateways.machine_state import cores
from mailer.pipeline import company_log
from mailer.pipeline.context import Context, ProofPart

# The module that they run. It prints how many copies it has made, more than once; the last line counts.
MODULE = "mailer.app.proof_process"
# Exit status: a copy cannot be made, which this process finds too and says.
UNMAKEABLE = 20
# A process takes 80 MB and most of a second to start, in which 20,000 copies are made. So each has a multiple of them.
LEAST = 50_000
# More of them would wait for the disk, or for one server of a database.
MOST = 4
# Seconds after which one that prints nothing is waited for no longer: it makes a thousand copies between two lines.
PATIENCE = 60.0

_WHY = {
    OTHER_SETTINGS: "config.toml, schedules/ or a key has changed since this one read them",
    OTHER_PROGRAM: "the program was replaced since this one started",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofProcesses:
    """Those of one installation, whose settings are in the file `config`; `program` marks the version that runs."""

    config: Path
    program: str

    @contextmanager
    def __call__(self, context: Context, mailing: Mailing, numbers: range) -> Iterator[Sequence[ProofPart]]:
        """The numbers in as many parts as processes are of use; this process works on the first."""
        first, *others = parts(numbers)
        with ExitStack() as ends:
            yield [ProofPart(numbers=first), *(self._begun(ends, context, mailing, part) for part in others)]

    def _begun(self, ends: ExitStack, context: Context, mailing: Mailing, numbers: range) -> ProofPart:
        options = ("--mailing", mailing.id, "--first", numbers.start, "--last", numbers[-1])
        try:
            process = started(MODULE, self.config, context, self.program, *options, stdout=subprocess.PIPE)
        except OSError as error:  # there may be no memory for it
            company_log.does_not_prove(mailing.issue, numbers, error.strerror or str(error))
            return ProofPart(numbers=numbers)
        ends.callback(_end, process)
        return ProofPart(numbers=numbers, proved=partial(_proved, process, mailing.issue, numbers))


def parts(numbers: range) -> list[range]:
    """The numbers in equal parts: as many as processors may work on them, but none too small."""
    number = max(1, min(cores(), MOST, len(numbers) // LEAST))
    ends = [len(numbers) * part // number for part in range(number + 1)]
    return [numbers[first:last] for first, last in pairwise(ends)]


def _proved(process: subprocess.Popen[bytes], issue: str, numbers: range) -> int | None:
    ended = _ended(process)
    if ended is None:
        company_log.does_not_prove(issue, numbers, f"it has made none for {PATIENCE:.0f} seconds and was ended")
        return None
    status, copies = ended
    if status == DONE and copies.isdigit():
        return int(copies)
    if status != UNMAKEABLE:
        company_log.does_not_prove(issue, numbers, _WHY.get(status) or f"it ended {company_log.how(status)}")
    return None


def _ended(process: subprocess.Popen[bytes]) -> tuple[int, bytes] | None:
    """Its exit status and the last line that it printed, once it has ended; None when it was killed, since it did nothing."""
    assert process.stdout is not None, "it was started with a pipe"
    output, printing = b"", poll()
    printing.register(process.stdout, POLLIN)
    with suppress(subprocess.TimeoutExpired):
        while printing.poll(PATIENCE * 1000):
            octets = os.read(process.stdout.fileno(), 1 << 16)
            if not octets:
                return process.wait(PATIENCE), output.rstrip(b"\n").rpartition(b"\n")[2]
            output += octets
    process.kill()
    return None


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill it unless it has ended: it has nothing to save."""
    process.kill()
    with process:
        pass
