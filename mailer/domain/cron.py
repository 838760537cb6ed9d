"""Says what is easily misread in a cron line."""


def cron_note(cron: str) -> str:
    """What a cron line with both days of the month and weekdays means; empty for any other.

    As in every cron, either is enough: `0 10 1-7 * mon` is no first Monday of the month.
    """
    fields = cron.split()
    if len(fields) != 5 or fields[2].startswith("*") or fields[4].startswith("*"):
        return ""
    return f"on every day {fields[2]} of the month and on every {fields[4]}, as in cron: either is enough"
