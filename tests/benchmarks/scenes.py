"""The scenes of `make bench`: which sink, which languages, who takes part and with how many copies."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import real_postfix, sinks
from tests.benchmarks.contenders import OURS
from tests.benchmarks.figures import ROUND_TRIP
from tests.servers import program

FEWEST = 100  # copies in a quick run


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """`copies` has the contenders with how many copies each sends: enough for a few seconds, since rates are compared."""

    key: str
    title: str
    languages: tuple[str, ...]
    connections: int
    copies: Mapping[str, int]

    def quick(self, contender: str, *, quick: bool) -> int:
        """How many copies in a full run, or in a quick one."""
        full = self.copies[contender]
        return max(full // 10, min(full, FEWEST)) if quick else full


SCENES = (
    Scene(
        key="smtp-sink",
        title="To postfix's smtp-sink, which swallows what it gets",
        languages=("en", "ru"),
        connections=20,
        copies={
            OURS: 20000,
            "smtp-source": 20000,
            "nodemailer-qp": 2000,
            "nodemailer-base64": 2000,
            "nodemailer-default": 1500,
            "aiosmtplib-ready": 4000,
            "aiosmtplib": 1000,
            "django": 1000,
        },
    ),
    Scene(
        key="csink",
        title="To csink, a sink that costs almost nothing",
        languages=("en",),
        connections=20,
        copies={OURS: 20000, "smtp-source": 40000},
    ),
    Scene(
        key="far",
        title=f"To smtp-sink at the end of a line of {ROUND_TRIP * 1000:g} ms there and back",
        languages=("en",),
        connections=10,
        copies={OURS: 2000, "smtp-source": 400, "nodemailer-qp": 600, "aiosmtplib": 400},
    ),
    Scene(
        key="far-chunking",
        title="The same line, to a sink that offers CHUNKING (csink)",
        languages=("en",),
        connections=10,
        copies={OURS: 2000},
    ),
    Scene(
        key="postfix",
        title="Through a real Postfix on the same machine, which queues on disk and then discards",
        languages=("en",),
        connections=20,
        copies={OURS: 2000, "smtp-source": 2000},
    ),
)
BY_KEY = {scene.key: scene for scene in SCENES}


class Servers:
    """Starts the sink of a scene anew for each run. `csink` is the compiled one, when there is one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._csink = sinks.build_csink(folder)

    def absent(self, scene: Scene) -> str:
        """Why a scene cannot be played; empty when it can."""
        if scene.key == "postfix":
            return real_postfix.absent()
        if scene.key in {"csink", "far-chunking"}:
            return "" if self._csink else "csink's source or a C compiler is not there (BENCH_CSINK names the source)"
        return "" if program("smtp-sink") else "postfix (smtp-sink) is not installed"

    @contextmanager
    def play(self, scene: Scene, copies: int) -> Iterator[int]:
        """The port to send to. Raises Lost at the end when the sink's log says that somebody was missed or doubled."""
        log = self._folder / "received"
        with ExitStack() as stack:
            if scene.key == "postfix":
                sink = stack.enter_context(real_postfix.postfix())
            elif scene.key in {"csink", "far-chunking"}:
                assert self._csink
                sink = stack.enter_context(sinks.csink(self._csink, log))
            else:
                sink = stack.enter_context(sinks.smtp_sink())
            if scene.key.startswith("far"):
                sink = stack.enter_context(sinks.far_away(sink, ROUND_TRIP / 2 * 1000))
            yield sink.port
        if sink.log is not None:
            sinks.prove(sink.log, copies)
