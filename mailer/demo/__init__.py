"""The whole service for a made-up club, on this machine alone, with a capturing SMTP server in place of a relay."""

from mailer.demo.run import prepare, run

__all__ = ["prepare", "run"]
