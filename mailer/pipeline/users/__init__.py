"""The users of the console: add and disable them, and let them sign in by password and a second way."""

from mailer.pipeline.users.accounts import add_user, list_accounts

__all__ = ["add_user", "list_accounts"]
