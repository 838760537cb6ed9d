"""How a copy says that its reader can pause: by a page, by a mail that the service reads, or by a reply to the secretary."""

from enum import StrEnum


class WayOut(StrEnum):
    """Where the way out of a copy leads; templates choose their words by it."""

    PAGE = "page"  # the reader's own page
    MAIL = "mail"  # the copy's signed address: any mail to it pauses
    REPLY = "reply"  # a person reads it


def way_out(public_url: str, return_path_domain: str) -> WayOut:
    """The way out of copies by these settings; there always is one."""
    if public_url:
        return WayOut.PAGE
    return WayOut.MAIL if return_path_domain else WayOut.REPLY
