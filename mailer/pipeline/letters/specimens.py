"""Specimen letters about made-up people, to see whether the templates of the letters work before one must be written."""

from collections.abc import Iterator, Mapping

from mailer.formats.letter import write
from mailer.formats.letter.write import Letter
from mailer.pipeline.context import Context
from mailer.views import plain_words

_ISSUE = "russia-confidential/320"
_PEOPLE = {
    "P101": "Anna Lindqvist",
    "P102": "Boris Okunev",
    "P103": "Clara Weiss",
    "P104": "Dmitri Sorokin",
    "P105": "Emma Holt",
}


def _copy(person: str, number: int, **more: object) -> dict[str, object]:
    name = _PEOPLE[person]
    address = f"{name.partition(' ')[0].lower()}@members.example"
    return {
        "id": 400 + number,
        "person": person,
        "name": name,
        "address": address,
        "number": number,
        "issue": _ISSUE,
        **more,
    }


def _failed(person: str, number: int, reason: str, said: str, **more: object) -> dict[str, object]:
    return _copy(person, number, reason=reason, trouble=plain_words.trouble(reason), said=said, **more)


_HOLD = {
    "address": "anna@members.example",
    "people": ["P101"],
    "names": ["Anna Lindqvist"],
    "reason": "address",
    "evidence": [
        {"issue": "russia-confidential/319", "reason": "user_unknown", "at": "2026-10-16T09:30:00+00:00", "said": ""},
        {"issue": _ISSUE, "reason": "user_unknown", "at": "2026-11-13T09:30:00+00:00", "said": ""},
    ],
}
_QUIET = {
    "issue": _ISSUE,
    "newsletter": "Russia Confidential",
    "supplement": 0,
    "cancelled": False,
    "counts": {
        "pending": 0,
        "sending": 0,
        "accepted": 17,
        "rejected": 0,
        "uncertain": 0,
        "held": 0,
        "cancelled": 0,
        "bounced": 0,
    },
    "total": 17,
    **{name: [] for name in ("failed", "uncertain", "held", "holds", "paused", "owed")},
    **{f"{name}_more": 0 for name in ("failed", "uncertain", "held", "holds", "paused", "owed")},
    "owed_copies": 0,
}
_TROUBLED = {
    **_QUIET,
    "counts": {**_QUIET["counts"], "accepted": 26, "rejected": 7, "bounced": 2, "uncertain": 2, "held": 3},  # type: ignore[dict-item]
    "total": 40,
    "failed": [
        _failed("P101", 3, "user_unknown", "550 5.1.1 No such user here"),
        _failed("P102", 5, "mailbox_full", "552 5.2.2 Quota exceeded"),
        _failed(
            "P103", 8, "authentication", "550 5.7.26 This mail has been blocked because the sender is unauthenticated"
        ),
        _failed("P104", 9, "unknown", ""),
    ],
    "failed_more": 5,
    "uncertain": [_copy("P105", 12)],
    "uncertain_more": 1,
    "held": [
        _copy("P104", 14, why="unpaid"),
        _copy("P101", 15, why="address_held"),
        _copy("P105", 16, why="paused"),
    ],
    "held_more": 0,
    "holds": [_HOLD],
    "holds_more": 1,
    "paused": [{"person": "P105", "name": "Emma Holt"}],
    "paused_more": 1,
    "owed": [{"person": "P102", "name": "Boris Okunev"}],
    "owed_more": 2,
    "owed_copies": 3,
}


def _matter(matter: str, person: str, number: int, reason: str, **more: object) -> dict[str, object]:
    empty = {"said": "", "sender": "", "subject": "", "successor": "", "at": "2026-11-14T08:00:00+00:00"}
    return {**_copy(person, number), **empty, "id": 70 + number, "matter": matter, "reason": reason, **more}


_CANCELLED = {
    **_QUIET,
    "cancelled": True,
    "counts": {**_QUIET["counts"], "accepted": 9, "uncertain": 1, "cancelled": 7},  # type: ignore[dict-item]
    "uncertain": [_copy("P105", 12)],
    "owed": [{"person": "P102", "name": "Boris Okunev"}],
    "owed_more": 6,
    "owed_copies": 7,
}
_UNSETTLED = {
    "number": 29,
    "matters": [
        _matter("bounced", "P101", 3, "user_unknown", said="550 5.1.1 No such user here"),
        _matter("bounced", "P102", 5, "mailbox_full", said="552 5.2.2 Quota exceeded"),
        _matter("complained", "P103", 8, "complaint"),
        _matter("unsubscribed", "P104", 9, "unknown"),
        _matter("wants_no_more", "P105", 0, "unknown", sender="emma@members.example", subject="please stop", id=90),
        _matter("challenged", "P105", 12, "unknown"),
        _matter("moved", "P104", 14, "unknown", successor="d.sorokin@elsewhere.example"),
        _matter("unread", "P103", 8, "unknown", sender="clara@members.example", subject="Thank you", id=92),
        _matter("unnamed", "P102", 0, "timeout", sender="mailer-daemon@relay.example", id=91),
    ],
    "matters_more": 3,
    "failed": [
        _failed("P101", 4, "host_unknown", "550 5.1.2 Host unknown"),
        _failed("P103", 10, "blocked", "554 5.7.1 Your host is on a block list"),
    ],
    "failed_more": 2,
    "held": [_copy("P104", 15, why="address_changed"), _copy("P102", 16, why="cannot_render")],
    "held_more": 1,
    "owed": [{"issue": "russia-confidential/319", "copies": 2}],
    "owed_more": 1,
    "holds": [_HOLD],
    "holds_more": 4,
    "uncertain": [_copy("P105", 12)],
    "uncertain_more": 2,
}
_STOPPED = {
    "cause": "breaker",
    "issue": _ISSUE,
    "what": "550 5.7.26",
    "failed": 12,
    "copies": 40,
    "paused": True,
}
_TOO_LATE = {**_STOPPED, "what": "unwanted", "failed": 3, "paused": False}
_DEAD = {**_STOPPED, "what": "dead", "failed": 5}
_UNWANTED = {"cause": "failure", "issue": _ISSUE, "reason": "blocked", "said": "554 5.7.1 Your host is on a block list"}
_OTHER = {"cause": "other", "said": "A later version has raised this alarm."}
_SPAM = {"cause": "failure", "issue": _ISSUE, "reason": "spam", "said": ""}

# Every letter there is, by the name of its specimen: which kind it is and what it tells.
SPECIMENS: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "digest": ("digest", _TROUBLED),
    "digest-quiet": ("digest", _QUIET),
    "digest-cancelled": ("digest", _CANCELLED),
    "reminder": ("reminder", _UNSETTLED),
    "alarm-stopped": ("alarm", _STOPPED),
    "alarm-too-late": ("alarm", _TOO_LATE),
    "alarm-dead": ("alarm", _DEAD),
    "alarm-unwanted": ("alarm", _UNWANTED),
    "alarm-content": ("alarm", _SPAM),
    "alarm-other": ("alarm", _OTHER),
}


def write_specimens(context: Context, language: str) -> Iterator[tuple[str, Letter]]:
    """Every specimen letter in a language, by its name. Raises BadInput naming what is wrong with a template."""
    for name, (kind, facts) in SPECIMENS.items():
        yield name, write.write(kind, language, facts, context.letter_templates)
