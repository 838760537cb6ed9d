"""`send --wait` beside a daemon: it looks on while that sends, and says so when it has ended."""

from tests.club import ISSUE


def test_a_daemon_that_ends_while_it_is_waited_for_is_named(run, at, monkeypatch) -> None:
    at("approved")
    runs = iter([True])  # and not again
    monkeypatch.setattr("mailer.cli.sending.daemon_runs", lambda _app: next(runs, False))
    said = run("send", str(ISSUE), "--wait", "--yes")
    assert said.status == 1
    assert f"the daemon has ended, and none runs now; `mailer send {ISSUE} --wait` sends it from here" in said.err
