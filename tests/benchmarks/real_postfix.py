"""A real Postfix of its own: takes mail on loopback, queues it on disk as it must, and throws it away."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.benchmarks.sinks import Sink
from tests.postfix import absent, installed
from tests.servers import free_port, wait_for

__all__ = ["absent", "postfix"]


@contextmanager
def postfix() -> Iterator[Sink]:
    """A running Postfix. What it took is gone at the end, so that it does not disturb the next one."""
    port = free_port()
    with installed(f"127.0.0.1:{port} inet n - n - - smtpd\n") as its:
        its.start()
        wait_for(port)
        yield Sink(port=port)
        its.wait_until_empty()
