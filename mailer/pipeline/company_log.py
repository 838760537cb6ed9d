"""The log of processes that work together, and of relays: when one begins, and why it is left out or ends."""

from mailer.pipeline import events


def started(number: int, processes: int) -> None:
    """Much waits to be sent, and another process helps."""
    events.info(
        "sending process %(number)d of %(processes)d starts, since much waits to be sent",
        number=number,
        processes=processes,
    )


def done() -> None:
    """A further sending process ended in peace."""
    events.info("a further sending process is done and has ended")


def met_trouble(seconds: float, *, lasting: bool) -> None:
    """A further sending process left the relays to the first one."""
    why = "asks us to slow down or refuses us" if lasting else "is down or did not answer"
    events.info(
        "a further sending process has ended, since a relay %(why)s; none is started for %(seconds).0f s",
        why=why,
        seconds=seconds,
    )


def died(status: int, seconds: float) -> None:
    """A further sending process ended by itself or was killed; what it had in hand is taken over."""
    events.warn(
        "a further sending process ended %(how)s; its copies are taken over, and another one is started in %(seconds).0f s",
        how=how(status),
        seconds=seconds,
    )


def how(status: int) -> str:
    """How a process ended, by its exit status, or the negative number of a signal."""
    return f"by signal {-status}" if status < 0 else f"with status {status}"


def does_not_prove(issue: str, numbers: range, why: str) -> None:
    """A process that was to prove a part of a mailing has not, and this one does."""
    events.warn(
        "a process beside this one has not made copies %(first)d to %(last)d of %(issue)s: %(why)s; this one makes them",
        first=numbers.start,
        last=numbers[-1],
        issue=issue,
        why=why,
    )


def cannot_start(error: OSError, seconds: float) -> None:
    """The machine lets no further sending process begin."""
    events.warn(
        "no further sending process can be started: %(why)s; this one sends alone, over its part of the connections, and another "
        "one is tried in %(seconds).0f s",
        why=error.strerror or type(error).__name__,
        seconds=seconds,
    )


def leaves(reason: str) -> None:
    """A further sending process ends because of a relay; the first one goes on and finds out."""
    events.warn("a further sending process ends, the first one goes on alone for now: %(reason)s", reason=reason)


def differs(*, program: bool) -> None:
    """A further sending process would work by other settings than the first one, or by another version of the program."""
    if program:
        events.warn(
            "no further sending process is started: the program was replaced since this process started; until a restart it "
            "sends alone, over its part of the connections"
        )
        return
    events.warn(
        "no further sending process is started: config.toml, schedules/ or a key has changed since this one read them; it "
        "sends alone, over its part of the connections; SIGHUP reads schedules/ again, a restart all of them"
    )


def relay_left_out(name: str, why: str) -> None:
    """One of several relays failed; it is tried again, after ever longer pauses."""
    events.warn("the relay %(relay)s is left out for now, and tried again: %(why)s", relay=name, why=why)


def relay_is_back(name: str) -> None:
    """A relay that was left out has taken a copy."""
    events.warn("the relay %(relay)s takes copies again", relay=name)
