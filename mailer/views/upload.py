"""Shows what became of an uploaded issue: the JSON and the lines of `issue upload`."""

from mailer.domain.upload import PlacedIssue


def placed_document(placed: PlacedIssue) -> dict[str, object]:
    """Where an uploaded issue lies, what its check found and what it replaced, for programs."""
    replaced = placed.replaced
    return {
        "issue": placed.issue,
        "newsletter": placed.newsletter,
        "folder": placed.folder,
        "ok": not placed.problems,
        "draft": placed.is_draft,
        "unchanged": placed.unchanged,
        "problems": list(placed.problems),
        "warnings": list(placed.notes),
        "left_out": list(placed.left_out),
        "replaced": {
            "moved_to": replaced.moved_to,
            "changed": list(replaced.changed),
            "added": list(replaced.added),
            "removed": list(replaced.removed),
        }
        if replaced
        else None,
    }


def placed_lines(placed: PlacedIssue) -> list[str]:
    """The same for people."""
    if placed.unchanged:
        lines = [f"the source has exactly this already, in the folder {placed.folder}; nothing was written"]
    else:
        lines = [f"the folder {placed.folder} lies in the source of {placed.newsletter} now"]
    if placed.left_out:
        lines.append(f"  left out, since they are no texts or pictures: {', '.join(placed.left_out)}")
    if placed.replaced is not None:
        replaced = placed.replaced
        for words, names in (
            ("changed", replaced.changed),
            ("added", replaced.added),
            ("removed", replaced.removed),
        ):
            lines += [f"  {words}: {', '.join(names)}"] if names else []
        lines.append(f"  what it replaced lies in the source as {replaced.moved_to}")
    if placed.problems:
        return [*lines, "it is not taken as it is: mend what is named, then upload it again"]
    if placed.is_draft:
        return [*lines, "it is a draft: set `status: finished` in its texts when it is ready"]
    return [*lines, "`mailer pull` stores it"]
