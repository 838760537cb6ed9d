"""`status` says which relay asks to slow down, since when, in which words, and how fast copies go now."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailer.domain.relay_limits import SlowRelay
from mailer.views.local_time import local_time
from mailer.views.progress import explain_state, progress_document, slow_relay_sentence
from tests.mailing_under_way import NOW, SENDING

SLOW = SlowRelay(
    relay="ses", since=NOW, reply="‘454 Throttling failure: Maximum sending rate exceeded.’", per_second=14.0
)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "now 14 a second"),
        ({"per_second": 0.5}, "now 30 a minute"),
        ({"per_second": 0.0, "connections": 2}, "now without a pause, 2 connections"),
        ({"connections": 1}, "now 14 a second, 1 connection;"),
        ({"closed_at": NOW}, f"nothing has gone through since {local_time(NOW)}, single copies try it"),
    ],
)
def test_a_slow_relay_in_words(changes, words):
    sentence = slow_relay_sentence(replace(SLOW, **changes))
    assert sentence.startswith(f"the relay ses has asked us to slow down since {local_time(NOW)}: ‘454 Throttling")
    assert words in sentence
    assert sentence.endswith("no attempt is used up")


def test_the_state_of_a_mailing_names_the_slow_relay_and_the_time_left():
    progress = replace(SENDING, slow_relays=(SLOW,), seconds_left=70.4)
    line = explain_state(progress, NOW + timedelta(seconds=5))
    assert "the relay ses has asked us to slow down" in line
    assert line.endswith("about 70 s left")
    assert progress_document(progress)["slow_relays"] == [
        {
            "relay": "ses",
            "since": NOW,
            "reply": SLOW.reply,
            "per_second": 14.0,
            "closed_at": None,
            "connections": 0,
            "messages_per_connection": 0,
        }
    ]
