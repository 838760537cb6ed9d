"""The log is lines of text or of JSON, and both say the same; what follows is told by name."""

import json
import logging
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.delivery import Accepted, Reply
from mailer.domain.errors import BadInput
from mailer.domain.trouble import Trouble
from mailer.gateways.log_lines import JsonLines, LogFormat, log_options
from mailer.pipeline import maillog, servicelog
from mailer.pipeline.trouble_log import TroubleLog


def lines(caplog) -> list[dict[str, object]]:
    return [json.loads(JsonLines().format(record)) for record in caplog.records]


@pytest.fixture(autouse=True)
def told(caplog) -> None:
    caplog.set_level(logging.DEBUG, "mailer")


def test_an_attempt_has_its_facts_by_name(caplog) -> None:
    maillog.handed_over(7, Accepted(reply=Reply(code=250, status="2.0.0", text="ok", queue_id="4X1")))
    [line] = lines(caplog)
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "info",
        "log": "maillog",
        "event": "handed_over",
        "message": "delivery 7 accepted code=250 queue_id=4X1",
        "delivery": 7,
        "outcome": "accepted",
        "code": 250,
        "queue_id": "4X1",
    }


def test_what_is_not_there_is_null(caplog) -> None:
    maillog.report_read(12, "bounce", "user_unknown", None)
    [line] = lines(caplog)
    assert line["message"] == "mail 12 came back: bounce user_unknown, delivery -"
    assert (line["event"], line["delivery"]) == ("report_read", None)


def test_an_event_without_facts_is_its_sentence(caplog) -> None:
    servicelog.ping_works()
    [line] = lines(caplog)
    assert set(line) == {"time", "level", "log", "event", "message"}
    assert (line["log"], line["event"], line["message"]) == (
        "servicelog",
        "ping_works",
        "the monitor knows again that all is well",
    )


def test_a_fault_of_ours_is_one_line_with_where_it_happened(caplog) -> None:
    with pytest.raises(KeyError) as raised:
        _ = {}["lost"]
    maillog.failed("pull harbour-letter", raised.value)
    [record] = caplog.records
    written = JsonLines().format(record)
    assert "\n" not in written
    line = json.loads(written)
    assert (line["event"], line["level"], line["what"], line["error"]) == (
        *("failed", "error"),
        *("pull harbour-letter", "KeyError"),
    )
    assert "test_log_lines.py" in line["traceback"]


def test_a_failure_of_the_settings_and_a_trouble_are_events_too(caplog) -> None:
    maillog.failed("reload", BadInput("fees.toml: a year stands twice"))
    TroubleLog().failed("sending", Trouble.DISK_FULL)
    refused, full = lines(caplog)
    assert refused["error"] == "fees.toml: a year stands twice"
    assert (full["trouble"], full["what"], full["level"]) == ("disk full", "sending", "error")


def test_lines_of_others_are_lines_too() -> None:
    record = logging.LogRecord("aiosmtpd", logging.WARNING, __file__, 1, "a %s\nof two lines", ("text",), None)
    line = json.loads(JsonLines().format(record))
    assert (line["log"], line["message"]) == ("aiosmtpd", "a text\nof two lines")


HOSTILE = st.one_of(
    st.text(st.characters(), max_size=20),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.none(),
    st.binary(max_size=5),
    st.builds(object),
    st.lists(st.floats(), max_size=2),
)


@given(
    st.text(max_size=20),
    st.dictionaries(st.one_of(st.text(max_size=8), st.tuples(st.integers())), HOSTILE, min_size=1, max_size=4),
)
def test_a_line_is_json_whatever_is_in_it_and_wherever_it_is_written(sentence, facts) -> None:
    record = logging.LogRecord("mailer", logging.INFO, __file__, 1, sentence, (facts,), None)
    line = JsonLines().format(record)
    assert line.isascii()
    assert "\n" not in line

    def refuse(word):
        raise AssertionError(word)

    read = json.loads(line, parse_constant=refuse)
    assert {"time", "level", "log", "event", "message"} <= read.keys()


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("raise OverflowError('Владимир')", ("critical", "OverflowError")),
        ("import warnings; warnings.warn('old')", ("warning", None)),
        ("logging.getLogger('other').warning('%d of %d', 1)", ("warning", None)),
    ],
)
def test_what_a_process_says_at_its_end_and_what_libraries_say_is_json_too(program, said) -> None:
    begin = "import logging; from mailer.gateways.log_lines import *; log_to_stderr(logging.INFO, LogFormat.JSON);"
    environment = {**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "latin-1"}
    done = subprocess.run([sys.executable, "-c", begin + program], capture_output=True, env=environment, check=False)
    [line] = done.stderr.splitlines()
    read = json.loads(line)
    assert (read["level"], read.get("error")) == said


@pytest.mark.parametrize("form", LogFormat)
def test_a_process_writes_the_form_that_it_is_told_and_passes_it_on(form) -> None:
    program = (
        "import logging; from mailer.gateways.log_lines import *; log_to_stderr(logging.INFO, LogFormat(%r));"
        "from mailer.pipeline import servicelog; servicelog.console_listens('http://x'); print(log_options())"
    )
    done = subprocess.run([sys.executable, "-c", program % form.value], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(["--log-level", "20", "--log-format", form.value])
    [line] = done.stderr.splitlines()
    if form is LogFormat.JSON:
        assert json.loads(line)["address"] == "http://x"
    else:
        assert line.endswith(" INFO the console is at http://x")


def test_what_a_library_says_of_a_lost_connection_is_left_to_our_own_line() -> None:
    program = (
        "import logging; from mailer.gateways.log_lines import *; log_to_stderr(logging.INFO);"
        "logging.getLogger('psycopg').warning('error ignored terminating a pipeline: the connection is lost')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_without_a_form_it_is_text() -> None:
    assert log_options()[2:] == ["--log-format", "text"]
