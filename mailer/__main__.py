"""Lets `python -m mailer` do what the `mailer` command does."""

from mailer.cli import main

if __name__ == "__main__":
    main()
