"""What members do themselves by the links in their copies: pause, change language or address, read in the browser."""

from mailer.pipeline.members.choices import Choice, Details, choose, one_click
from mailer.pipeline.members.links import CopyPage, WishPage, page_of_copy, page_of_wish
from mailer.pipeline.members.undo import confirm, undo
from mailer.pipeline.members.web_copy import WebCopy, offered_copy, open_copy

__all__ = [
    "Choice",
    "CopyPage",
    "Details",
    "WebCopy",
    "WishPage",
    "choose",
    "confirm",
    "offered_copy",
    "one_click",
    "open_copy",
    "page_of_copy",
    "page_of_wish",
    "undo",
]
