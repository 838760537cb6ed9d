"""Decides whether a form was sent from a page of ours (cross-site request forgery)."""

from collections.abc import Mapping


def is_ours(headers: Mapping[str, str], own: str) -> bool:
    """Whether a POST comes from a page of ours: as the browser says, else by its Origin. `own` is our origin.

    A POST with neither header is refused.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    return headers.get("origin", "") == own
