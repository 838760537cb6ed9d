"""The subject of a mail by which a reader pauses: it names newsletter, issue and copy, and no person."""

import re

# In the reader's language, since the reader sees it in a draft; the secretary can type it into the box for questions.
_SUBJECTS = {"en": "Pause: {}, copy ", "ru": "Пауза: {}, экземпляр "}
_WRITTEN = re.compile(
    r"\W*(?:(?:re|aw|fwd?|ha|отв|на|пересл) ?: *)*(?:pause|пауза): *"
    r"(?P<copy>[a-z0-9][a-z0-9-]*/\d{1,9}, (?:copy|экземпляр) \d{1,9})\W*",
    re.IGNORECASE,
)


def pause_subject(language: str, issue: str, copy_number: int | None = None) -> str:
    """The subject for one copy of an issue; English for a language that has no words here.

    The number ends it; without one it is what those of all copies begin with.
    """
    return f"{_SUBJECTS.get(language, _SUBJECTS['en']).format(issue)}{'' if copy_number is None else copy_number}"


def copy_to_pause(subject: str) -> str:
    """The issue and the copy that such a subject names, as they are written in it; empty for any other text."""
    match = _WRITTEN.fullmatch(subject)
    return match["copy"] if match else ""
