"""Processes that prove parts of a large mailing: what they find counts, and what they do not is found without them."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mailer.app import proof_processes
from mailer.app.installation import App
from mailer.app.own_processes import FAILED, started
from mailer.app.proof_processes import MODULE, parts
from mailer.domain.errors import CannotRender
from mailer.pipeline.issues import proof
from mailer.pipeline.mailings.approve import approve_mailing
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.store.copies.waiting import PendingCopy
from tests.club import ISSUE, THURSDAY, Club, import_register, members, pull_issues
from tests.doubles import FrozenClock
from tests.pipeline.relayed import the_mailings

PROGRAM = "a_proof_process"
COPIES = 2 * proof.NAMED + 3
FIRST_PART = COPIES // 2


@pytest.fixture
def club(tmp_path: Path) -> Club:
    return Club.found(tmp_path / "club")


@pytest.fixture
def app(club: Club):
    """Open, with a planned mailing that is large enough for two processes, one of which makes these copies."""
    with club.opened(FrozenClock(THURSDAY)) as app:
        pull_issues(app)
        import_register(app, members(COPIES))
        plan_mailing(app.context, ISSUE)
        yield app


@pytest.fixture(autouse=True)
def _two_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof_processes, "cores", lambda: 2)
    monkeypatch.setattr(proof_processes, "LEAST", proof.NAMED)


@pytest.fixture
def made_here(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the copies that this process has made."""
    numbers: list[int] = []
    make = proof._make

    def made(bench: object, pending: PendingCopy) -> None:
        numbers.append(pending.copy.copy_number)
        make(bench, pending)

    monkeypatch.setattr(proof, "_make", made)
    return numbers


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts another program in the place of the process that proves a part."""
    monkeypatch.setattr(proof_processes, "MODULE", PROGRAM)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return lambda text: (tmp_path / f"{PROGRAM}.py").write_text(f"import os, signal, sys\n{text}\n")


# --- in parts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("copies", "cores", "sizes"),
    [
        (0, 4, [0]),
        (99_999, 4, [99_999]),
        (100_000, 4, [50_000, 50_000]),
        (100_000, 1, [100_000]),
        (1_000_001, 2, [500_000, 500_001]),
        (1_000_000, 64, [250_000] * 4),
    ],
)
def test_each_number_is_in_one_part_and_no_part_is_small(
    copies: int, cores: int, sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof_processes, "LEAST", 50_000)
    monkeypatch.setattr(proof_processes, "cores", lambda: cores)
    numbers = range(7, 7 + copies)
    assert [len(part) for part in parts(numbers)] == sizes
    assert [number for part in parts(numbers) for number in part] == [*numbers]


def test_another_process_makes_the_copies_of_its_part(
    app: App, made_here: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    assert approve_mailing(app.context, ISSUE).copies == COPIES
    assert made_here == [*range(1, FIRST_PART + 1)]
    assert not caplog.records


def test_the_message_is_the_same_from_one_process_and_from_two(
    app: App, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bad = {"more": {"salutation_en": ""}}
    few = proof.NAMED // 2
    both = [*members(few, **bad), *members(COPIES - 2 * few, few + 1), *members(few, COPIES - few + 1, **bad)]
    import_register(app, [*both, *members(2, COPIES + 1, **bad)])
    plan_mailing(app.context, ISSUE)
    messages = []
    for cores in (1, 2):
        monkeypatch.setattr(proof_processes, "cores", lambda cores=cores: cores)
        with pytest.raises(CannotRender) as refused:
            approve_mailing(app.context, ISSUE)
        messages.append((str(refused.value), refused.value.unnamed, refused.value.remedies))
    assert messages[0] == messages[1]
    lines = messages[1][0].splitlines()
    assert "P001" in lines[0]
    assert len(lines) == proof.NAMED + 1
    assert lines[-1] == "… and 2 more"
    assert not caplog.records


# --- in trouble -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", "it ended by signal 9"),
        ("print(21)\nsys.exit(1)", "it ended with status 1"),
        ("print('2', '2')", "it ended with status 0"),
        ("", "it ended with status 0"),
        ("sys.exit(10)", "config.toml, schedules/ or a key has changed since this one read them"),
        ("sys.exit(11)", "the program was replaced since this one started"),
    ],
)
def test_what_another_process_has_not_proved_is_made_here(
    app: App,
    made_here: list[int],
    program: Callable[[str], None],
    caplog: pytest.LogCaptureFixture,
    text: str,
    why: str,
) -> None:
    program(text)
    assert approve_mailing(app.context, ISSUE).copies == COPIES
    assert made_here == [*range(1, COPIES + 1)]
    assert caplog.messages == [
        f"a process beside this one has not made copies {FIRST_PART + 1} to {COPIES} of {ISSUE}: {why}; this one makes them"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "os.kill(os.getpid(), signal.SIGSTOP)",
        "print(5, flush=True)\nos.kill(os.getpid(), signal.SIGSTOP)",
        "print(21, flush=True)\nos.close(1)\nsignal.pause()",
    ],
)
def test_one_that_makes_nothing_any_more_is_ended_and_its_part_made_here(
    app: App,
    made_here: list[int],
    program: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    text: str,
) -> None:
    monkeypatch.setattr(proof_processes, "PATIENCE", 0.5)
    program(text)
    assert approve_mailing(app.context, ISSUE).copies == COPIES
    assert made_here == [*range(1, COPIES + 1)]
    [line] = caplog.messages
    assert line.endswith(f" {COPIES} of {ISSUE}: it has made none for 0 seconds and was ended; this one makes them")


def test_one_that_tells_of_each_copy_is_waited_for(
    app: App, made_here: list[int], program: Callable[[str], None], caplog: pytest.LogCaptureFixture
) -> None:
    program("for number in range(1, 22 + 1):\n    print(number, flush=True)")
    assert approve_mailing(app.context, ISSUE).copies == COPIES
    assert made_here == [*range(1, FIRST_PART + 1)]
    assert not caplog.records


def test_one_that_cannot_be_started_is_done_without(
    app: App, made_here: list[int], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    assert approve_mailing(app.context, ISSUE).copies == len(made_here) == COPIES
    assert ": No such file or directory; this one makes them" in caplog.text


def test_one_that_cannot_open_the_database_proves_nothing(
    app: App,
    made_here: list[int],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MAILER_DATABASE__URL", "sqlite:///gone/mailer.db")
    assert approve_mailing(app.context, ISSUE).copies == len(made_here) == COPIES
    assert "making copies in a further process failed: the database cannot be opened" in capfd.readouterr().err
    assert "it ended with status 1" in caplog.text


def test_an_open_transaction_is_proved_by_the_process_that_sees_it(app: App, made_here: list[int]) -> None:
    [mailing] = the_mailings(app)
    with app.store.rehearsal() as connection:
        assert proof.prove(app.context.within(connection), mailing) == len(made_here) == COPIES


# --- the end ----------------------------------------------------------------------------------------------------------


def test_ctrl_c_ends_them(app: App, program: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    processes: list[subprocess.Popen[bytes]] = []

    def begun(*arguments: object, **options: int) -> subprocess.Popen[bytes]:
        processes.append(started(*arguments, **options))
        return processes[-1]

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    program("signal.pause()")
    monkeypatch.setattr(proof_processes, "started", begun)
    monkeypatch.setattr(proof, "_make", interrupted)
    with pytest.raises(KeyboardInterrupt):
        approve_mailing(app.context, ISSUE)
    [process] = processes
    assert process.returncode == -9
    assert the_mailings(app)[0].approved_by is None


def test_one_does_not_outlive_the_process_that_started_it(app: App) -> None:
    [mailing] = the_mailings(app)
    options = ("--mailing", mailing.id, "--first", 1, "--last", COPIES)
    process = started(MODULE, app.config.file, app.context, app.program, *options, stdout=subprocess.PIPE)
    process.stdin.close()
    assert process.stdout.read() == b""
    assert process.wait(60) == FAILED
    process.stdout.close()
