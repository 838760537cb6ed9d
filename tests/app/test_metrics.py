"""The figures for a monitor come from the ledger: nothing resets them, no label has an address, and they add up."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update

from mailer.app import attempt_tally
from mailer.app.attempt_tally import AttemptTally
from mailer.app.metrics import COUNT_ENDED, MetricsReader
from mailer.formats.exposition import exposition
from mailer.pipeline.sending import suspend
from mailer.store.ledger import outages
from mailer.store.schema import attempts as attempts_table
from mailer.store.schema import deliveries, mailings
from mailer.views.metrics import METRICS
from tests.club import LETTER, THURSDAY, Club, begin, members, says
from tests.databases import POSTGRES
from tests.doubles import FrozenClock
from tests.scripted_relay import Sink

SECOND = timedelta(seconds=1)
LABELS = {metric.name.removesuffix("_total"): metric.labels for metric in METRICS}


def read(app, reader: MetricsReader | None = None) -> dict[str, dict[tuple[str, ...], float]]:
    """Every sample by name and the values of its labels, as another parser reads the text."""
    text, media_type = exposition((reader or MetricsReader()).read(app), "text/plain")
    assert media_type.startswith("text/plain; version=")
    samples: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(text.decode()):
        for sample in family.samples:
            labels = tuple(
                sample.labels[name] for name in (*LABELS.get(family.name, ()), "le") if name in sample.labels
            )
            samples.setdefault(sample.name, {})[labels] = sample.value
    return samples


@pytest.fixture
def club(tmp_path: Path) -> Club:
    return Club.found(tmp_path)


@pytest.fixture
async def sent(club: Club):
    """A club whose issue went to three people, of whom one was refused and one was asked to wait."""
    people = members(3)
    scripts = (says(people[0], "550 5.1.1 No such user"), says(people[1], "450 4.2.0 Greylisted"))
    clock = FrozenClock(THURSDAY)

    def script(*call):
        return next((answer for each in scripts if (answer := each(*call)) is not None), None)

    async with Sink(script=script) as relay:
        with club.sending(clock, relay) as (app, sender):
            begin(app, people)
            await sender.drain()
            yield app


async def test_copies_and_attempts_are_counted(sent) -> None:
    samples = read(sent)
    states = {labels[0]: number for labels, number in samples["mailer_deliveries"].items() if number}
    assert states == {"accepted": 1, "rejected": 1, "pending": 1}
    assert samples["mailer_attempts_total"] == {
        ("127.0.0.1", "accepted"): 1,
        ("127.0.0.1", "rejected"): 1,
        ("127.0.0.1", "deferred"): 1,
        ("127.0.0.1", "throttled"): 0,
        ("127.0.0.1", "unknown"): 0,
    }
    assert samples["mailer_attempt_duration_seconds_count"] == {("127.0.0.1",): 3}
    assert samples["mailer_attempt_duration_seconds_bucket"]["127.0.0.1", "+Inf"] == 3
    assert samples["mailer_open_mailings"]["sending",] == 1
    assert samples["mailer_uncertain_copies"] == {(): 0}
    assert samples["mailer_last_accepted_timestamp_seconds"] == {(LETTER,): THURSDAY.timestamp()}
    assert samples["mailer_ledger_epoch"][()] > 0


async def test_a_restart_resets_nothing_and_what_is_counted_is_not_counted_twice(sent, monkeypatch) -> None:
    reader = MetricsReader()
    before = read(sent, reader)
    later = replace(sent, context=replace(sent.context, clock=FrozenClock(THURSDAY + timedelta(hours=1))))
    monkeypatch.setattr(attempt_tally, "AT_ONCE", 1)
    for again in (read(later, reader), read(later, reader), read(later)):
        for name in ("mailer_attempts_total", "mailer_attempt_duration_seconds_sum", "mailer_deliveries"):
            assert again[name] == before[name]
        assert again["mailer_oldest_pending_copy_age_seconds"] == {(): 3600}


async def test_an_attempt_falls_into_the_bucket_of_its_duration(sent) -> None:
    took = {1: 0.05, 2: 0.3, 3: 400.0}
    with sent.store.transaction() as connection:
        for identity, seconds in took.items():
            finished = update(attempts_table).where(attempts_table.c.id == identity)
            start = THURSDAY - timedelta(hours=1)
            connection.execute(finished.values(started_at=start, finished_at=start + timedelta(seconds=seconds)))
    tally = AttemptTally()
    [spread] = tally.read(sent.store, THURSDAY).durations().values()
    assert (tally.counted, spread.number, spread.total) == (3, 3, pytest.approx(sum(took.values()), abs=0.001))
    assert [spread.at_most[bound] for bound in (0.05, 0.25, 0.5, 300.0)] == [1, 1, 2, 2]


async def test_what_a_clock_that_was_set_back_shows_is_no_negative_duration(sent) -> None:
    with sent.store.transaction() as connection:
        connection.execute(update(attempts_table).values(started_at=THURSDAY, finished_at=THURSDAY - SECOND))
    [spread] = AttemptTally().read(sent.store, THURSDAY).durations().values()
    assert (spread.total, spread.at_most[0.05]) == (0, 3)


async def test_a_relay_and_a_newsletter_that_are_gone_have_no_label_of_their_own(sent) -> None:
    with sent.store.transaction() as connection:
        connection.execute(update(attempts_table).where(attempts_table.c.id == 1).values(relay="old.example"))
        connection.execute(update(attempts_table).where(attempts_table.c.id == 2).values(relay=""))
        connection.execute(update(mailings).values(newsletter="gone"))
    samples = read(sent)
    assert {relay for relay, _ in samples["mailer_attempts_total"]} == {"127.0.0.1", "other"}
    assert samples["mailer_attempt_duration_seconds_count"]["other",] == 2
    assert "mailer_last_accepted_timestamp_seconds" not in samples


async def test_no_label_has_an_address_or_a_name_of_a_member(sent) -> None:
    text, _ = exposition(MetricsReader().read(sent), "")
    words = text.decode()
    assert "@" not in words
    for word in members(3)[0].words:
        assert word not in words
    assert not re.search(r"P00\d", words)


def test_every_figure_of_the_table_is_told_for_a_new_installation(club: Club) -> None:
    with club.opened() as app:
        metrics = MetricsReader().read(app)
        assert [metric.name for metric in metrics] != []
        assert {metric.name for metric in metrics} == set(METRICS)
        samples = read(app)
    # A monitor sees no growth of what was not there before.
    assert samples["mailer_attempts_total"]["127.0.0.1", "rejected"] == 0
    assert samples["mailer_attempt_duration_seconds_bucket"]["127.0.0.1", "+Inf"] == 0
    assert samples["mailer_last_backup_timestamp_seconds"] == {(): 0}
    assert samples["mailer_lease_held"] == {(): 0}
    assert samples["mailer_relay_up"] == {("127.0.0.1",): 1}
    assert set(samples["mailer_bounces_total"].values()) == {0}
    assert samples["mailer_disk_free_bytes"][()] > 0
    assert set(samples.get("mailer_clock_difference_seconds", ())) == ({()} if POSTGRES else set())
    [(version, python, database)] = samples["mailer_build_info"]
    assert re.fullmatch(r"SQLite \d+\.\d+\.\d+|PostgreSQL \d+\.\d+", database)
    assert python
    assert version
    assert samples["process_resident_memory_bytes"][()] > 0


async def test_copies_of_mailings_that_have_ended_are_counted_every_five_minutes(sent, monkeypatch) -> None:
    reader, clock = MetricsReader(), sent.context.clock
    with sent.store.transaction() as connection:
        connection.execute(update(mailings).values(state="closed"))
    assert read(sent, reader)["mailer_deliveries"]["pending",] == 1
    with sent.store.transaction() as connection:
        connection.execute(update(deliveries).where(deliveries.c.state == "pending").values(state="accepted"))
    assert read(sent, reader)["mailer_deliveries"]["pending",] == 1
    begun = clock.elapsed()
    monkeypatch.setattr(type(clock), "elapsed", lambda _clock: begun + COUNT_ENDED)
    assert read(sent, reader)["mailer_deliveries"]["pending",] == 0
    assert read(sent, reader)["mailer_deliveries"]["accepted",] == 2


def test_an_outage_is_told_of_every_relay_or_of_the_one_that_is_left_out(club: Club) -> None:
    club.settle(relay=[{"name": "main"}, {"name": "spare"}])
    with club.opened() as app:
        with app.store.transaction() as connection:
            outages.leave_out(connection, THURSDAY, {"main": "no connection", "gone": "not in the settings any more"})
        assert read(app)["mailer_relay_up"] == {("main",): 0, ("spare",): 1}
        with app.store.transaction() as connection:
            outages.leave_out(connection, THURSDAY, {})
            outages.begin(connection, THURSDAY, "no connection")
        assert read(app)["mailer_relay_up"] == {("main",): 0, ("spare",): 0}


def test_where_the_daemon_makes_no_backup_there_is_no_figure_of_one(club: Club) -> None:
    club.settle(backup={"folder": ""})
    with club.opened() as app:
        assert "mailer_last_backup_timestamp_seconds" not in read(app)


async def test_a_copy_is_due_while_one_may_leave(sent) -> None:
    def due(minutes: int = 0) -> float:
        clock = FrozenClock(THURSDAY + timedelta(minutes=minutes))
        return read(replace(sent, context=replace(sent.context, clock=clock)))["mailer_copies_due"][()]

    assert (due(), due(minutes=5)) == (0, 1)  # the one that was asked to wait comes again after five minutes
    suspend.suspend(sent.context, "members.example", until=THURSDAY + timedelta(hours=1), reason="wait")
    assert (due(minutes=5), due(minutes=61)) == (0, 1)
    with sent.store.transaction() as connection:
        connection.execute(update(mailings).values(rest_at=THURSDAY + timedelta(hours=2)))
    assert (due(minutes=61), due(minutes=121)) == (0, 1)
    with sent.store.transaction() as connection:
        connection.execute(update(mailings).values(state="paused"))
    assert due(minutes=121) == 0


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_figure_has_a_name_as_monitors_expect_it(metric) -> None:
    assert re.fullmatch(r"mailer_[a-z_]+", metric.name)
    assert (metric.kind == "counter") == metric.name.endswith("_total")
    assert not re.search(r"_(milliseconds|minutes|hours|kilobytes|megabytes|percent)(_|$)", metric.name)
    assert metric.meaning.endswith(".")


def test_openmetrics_is_written_where_it_is_asked_for(club: Club) -> None:
    with club.opened() as app:
        text, media_type = exposition(MetricsReader().read(app), "application/openmetrics-text; version=1.0.0")
    assert media_type.startswith("application/openmetrics-text")
    assert text.endswith(b"# EOF\n")
