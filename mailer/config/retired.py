"""Settings of earlier versions that have no effect any more; an old config.toml with them still loads."""

from collections.abc import Mapping
from typing import Any

# They are constants now, with their reasons: for holds in domain/dead_address.py, for the breaker in
# pipeline/bounces/breaker.py.
RETIRED = {
    "holds": frozenset(
        {
            "address_issues",
            "mailbox_issues",
            "mailbox_days",
            "transport_issues",
            "transport_days",
            "lapse_months",
            "quiet_days",
        }
    ),
    "delivery": frozenset(
        {
            "refusal_share",
            "refusals_at_least",
            "unwanted_share",
            "unwanted_at_least",
            "dead_share",
            "dead_at_least",
        }
    ),
}


def is_retired(section: str, key: str) -> bool:
    """Whether this key of config.toml has no effect any more."""
    return key in RETIRED.get(section, ())


def without_retired(tables: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The tables of a config.toml without retired keys, and these as a person finds them: `[holds] quiet_days`."""
    current, retired = dict(tables), []
    for section, table in tables.items():
        if section in RETIRED and isinstance(table, dict):
            retired += [f"[{section}] {key}" for key in table if is_retired(section, key)]
            current[section] = {key: value for key, value in table.items() if not is_retired(section, key)}
    if current.get("holds") == {}:  # the table itself is no setting any more
        del current["holds"]
    return current, tuple(retired)
