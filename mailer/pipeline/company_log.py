"""The log of several processes that send together: when one starts, and why it ends."""

import logging

log = logging.getLogger("mailer")


def started(number: int, processes: int) -> None:
    """Much waits to be sent, and another process helps."""
    log.info("sending process %d of %d starts, since much waits to be sent", number, processes)


def done() -> None:
    """A further sending process ended in peace."""
    log.info("a further sending process is done and has ended")


def met_trouble(seconds: float, *, lasting: bool) -> None:
    """A further sending process left the relays to the first one."""
    why = "asks us to slow down or refuses us" if lasting else "is down or did not answer"
    log.info("a further sending process has ended, since a relay %s; none is started for %.0f s", why, seconds)


def died(status: int, seconds: float) -> None:
    """A further sending process ended by itself or was killed; what it had in hand is taken over."""
    how = f"by signal {-status}" if status < 0 else f"with status {status}"
    log.warning(
        "a further sending process ended %s; its copies are taken over, and another one is started in %.0f s",
        how,
        seconds,
    )


def leaves(reason: str) -> None:
    """A further sending process ends because of a relay; the first one goes on and finds out."""
    log.warning("a further sending process ends, the first one goes on alone for now: %s", reason)


def differs(*, program: bool) -> None:
    """A further sending process would work by other settings than the first one, or by another version of the program."""
    if program:
        log.warning(
            "no further sending process is started: the program was replaced since this process started; it sends alone "
            "until it is restarted"
        )
        return
    log.warning(
        "no further sending process is started: config.toml, schedules/ or a key has changed since this one read them; "
        "SIGHUP reads schedules/ again, a restart all of them"
    )
