"""What relays asked of our pace is kept, changed and forgotten; attempts at which they asked use up none."""

from datetime import timedelta

from mailer.domain.relay_limits import SlowRelay
from mailer.store import relay_paces
from tests.store.rows import NOW

SLOW = SlowRelay(
    relay="smtp",
    since=NOW,
    reply="‘454 Throttling failure’",
    per_second=14.5,
    closed_at=NOW + timedelta(seconds=3),
    connections=2,
    messages=10,
)


def test_a_pace_is_kept_changed_and_forgotten(store):
    other = SlowRelay(relay="b", since=NOW, reply="")
    with store.transaction() as connection:
        relay_paces.keep(connection, [SLOW, other])
        assert relay_paces.slow_relays(connection) == {"b": other, "smtp": SLOW}
        changed = SlowRelay(relay="smtp", since=NOW, reply="‘451’", per_second=3.0)
        relay_paces.keep(connection, [changed])
        relay_paces.forget(connection, ["b"])
        assert relay_paces.slow_relays(connection) == {"smtp": changed}
