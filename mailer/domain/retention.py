"""For how many days what is kept about people is kept, by what it is; the mails of reports have a setting of their own."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Days, after which it is deleted: at night, once two nights have seen it as old."""

    letters: int = 365  # to whom a letter to secretary, operator, editor or member went
    attempts: int = 365  # the words of servers about a copy
    sessions: int = 30  # who was signed in to the console, and with which browser
    wishes: int = 365  # what members asked for by the links in their copies
