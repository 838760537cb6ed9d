"""The scenes of `make bench`: which sink and letter, which languages, who takes part and with how many copies."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from tests.benchmarks import real_postfix, sinks
from tests.benchmarks.contenders import OURS
from tests.benchmarks.figures import ROUND_TRIP
from tests.benchmarks.issues import Length
from tests.servers import program

FEWEST = 100  # copies in a quick run


class Kind(StrEnum):
    """Which server takes the mail."""

    SMTP_SINK = "smtp-sink"
    CSINK = "csink"
    TLS_SINK = "tls-sink"
    POSTFIX = "postfix"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """`copies` has the contenders with how many copies each sends: enough for a few seconds, since rates are compared.

    A `far` one is at the end of a long line.
    """

    key: str
    title: str
    sink: Kind
    copies: Mapping[str, int]
    languages: tuple[str, ...] = ("en",)
    connections: int = 20
    length: Length = Length.TEXT
    far: bool = False

    def quick(self, contender: str, *, quick: bool) -> int:
        """How many copies in a full run, or in a quick one."""
        full = self.copies[contender]
        return max(full // 10, min(full, FEWEST)) if quick else full


SCENES = (
    Scene(
        key="smtp-sink",
        title="To postfix's smtp-sink, which swallows what it gets",
        sink=Kind.SMTP_SINK,
        languages=("en", "ru"),
        copies={
            OURS: 15000,
            "smtp-source": 20000,
            "nodemailer-qp": 1500,
            "nodemailer-base64": 1500,
            "nodemailer-default": 1200,
            "aiosmtplib-ready": 3000,
            "aiosmtplib": 600,
            "django": 800,
        },
    ),
    Scene(
        key="csink",
        title="To csink, a sink that costs almost nothing",
        sink=Kind.CSINK,
        copies={
            OURS: 25000,
            "ours-2": 50000,
            "smtp-source": 50000,
            "prototype": 30000,
            "nodemailer-qp": 1500,
            "nodemailer-base64": 1500,
        },
    ),
    Scene(
        key="long",
        title="The same with a message of ours as long as the prototype's",
        sink=Kind.CSINK,
        length=Length.LONG,
        copies={OURS: 20000, "smtp-source": 50000, "prototype": 30000},
    ),
    Scene(
        key="pictures",
        title="The same with two pictures in each message",
        sink=Kind.CSINK,
        length=Length.PICTURES,
        copies={OURS: 15000, "smtp-source": 30000, "nodemailer-qp": 1000, "nodemailer-base64": 1000},
    ),
    Scene(
        key="signed",
        title="Signed with DKIM, to csink",
        sink=Kind.CSINK,
        copies={
            OURS: 25000,
            "ours-ed25519": 15000,
            "ours-rsa": 8000,
            "ours-rsa-2": 16000,
            "ours-both": 8000,
            "ours-both-2": 16000,
        },
    ),
    Scene(
        key="starttls",
        title="Over STARTTLS, to a sink of ours in C that offers it",
        sink=Kind.TLS_SINK,
        copies={OURS: 25000, "ours-2": 50000, "ours-starttls": 15000, "ours-starttls-2": 30000},
    ),
    Scene(
        key="far",
        title=f"To smtp-sink at the end of a line of {ROUND_TRIP * 1000:g} ms there and back",
        sink=Kind.SMTP_SINK,
        connections=10,
        far=True,
        copies={OURS: 2000, "smtp-source": 400, "nodemailer-qp": 400, "aiosmtplib": 400},
    ),
    Scene(
        key="far-chunking",
        title="The same line, to a sink that offers CHUNKING (csink)",
        sink=Kind.CSINK,
        connections=10,
        far=True,
        copies={OURS: 2000},
    ),
    Scene(
        key="postfix",
        title="Through a real Postfix on the same machine, which queues on disk and then discards",
        sink=Kind.POSTFIX,
        copies={OURS: 2000, "smtp-source": 2000},
    ),
)
BY_KEY = {scene.key: scene for scene in SCENES}


class Servers:
    """Starts the sink of a scene anew for each run. One in C is compiled before its first, where there is a compiler."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _csink(self) -> Path | None:
        return sinks.build(sinks.CSINK, self._folder)

    @cached_property
    def _tls_sink(self) -> Path | None:
        return sinks.build(sinks.TLS_SINK, self._folder, "ssl", "crypto")

    def absent(self, scene: Scene) -> str:
        """Why a scene cannot be played; empty when it can."""
        match scene.sink:
            case Kind.POSTFIX:
                return real_postfix.absent()
            case Kind.CSINK:
                return (
                    "" if self._csink else "csink's source or a C compiler is not there (BENCH_CSINK names the source)"
                )
            case Kind.TLS_SINK:
                return "" if self._tls_sink else "a C compiler or OpenSSL's headers (libssl-dev) are not there"
            case Kind.SMTP_SINK:
                return "" if program("smtp-sink") else "postfix (smtp-sink) is not installed"

    @contextmanager
    def play(self, scene: Scene) -> Iterator[sinks.Sink]:
        """The sink to send to, until the run has ended; then its log is complete, where it keeps one."""
        with ExitStack() as stack:
            sink = stack.enter_context(self._sink(scene.sink))
            if scene.far:
                sink = stack.enter_context(sinks.far_away(sink, ROUND_TRIP / 2 * 1000))
            yield sink

    @contextmanager
    def _sink(self, kind: Kind) -> Iterator[sinks.Sink]:
        log = self._folder / "received"
        match kind:
            case Kind.POSTFIX:
                server = real_postfix.postfix()
            case Kind.CSINK:
                assert self._csink
                server = sinks.csink(self._csink, log)
            case Kind.TLS_SINK:
                assert self._tls_sink
                server = sinks.tls_sink(self._tls_sink, log)
            case Kind.SMTP_SINK:
                server = sinks.smtp_sink()
        with server as sink:
            yield sink
