"""The tables of the console: who signs in and by which ways, who is signed in, and who has tried to."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, text

from mailer.domain.access import Role
from mailer.store.columns import Id, UtcDateTime, metadata, one_of

users = Table(
    "users",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("login", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("disabled_at", UtcDateTime),
    one_of("role", Role, "role"),
)

# `token` is the SHA-256 of the session's id, which only the browser has; `notice` is shown once, on the next page.
sessions = Table(
    "sessions",
    metadata,
    Column("token", Text, primary_key=True),
    Column("user", Id, ForeignKey("users.id"), nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("notice", Text, nullable=False),
    Column("second_at", UtcDateTime),  # when the second way was given; None: not yet, or the user has none
    Column("challenge", Text, nullable=False, server_default=text("''")),  # what a passkey is to sign, once
    Column("browser", Text, nullable=False, server_default=text("''")),  # such as "Firefox, Windows"
    Index(None, "user"),
)

# The secret that an app makes one-time codes of, encrypted with a key of mailer.key. It counts from `confirmed_at` on, when the user typed a code of it.
one_time_secrets = Table(
    "one_time_secrets",
    metadata,
    Column("user", Id, ForeignKey("users.id"), primary_key=True),
    Column("secret", Text, nullable=False),
    Column("last_step", Integer),  # the half minute of the last accepted code: no code is accepted twice
    Column("confirmed_at", UtcDateTime),
)

printed_codes = Table(
    "printed_codes",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("user", Id, ForeignKey("users.id"), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
    Index(None, "user"),
)

passkeys = Table(
    "passkeys",
    metadata,
    Column("id", Id, primary_key=True),
    Column("user", Id, ForeignKey("users.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("credential", Text, nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),  # 32 bits without a sign
    Column("added_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
    Index(None, "user"),
)

# Attempts to sign in that failed, or are under way, in the last hour; a lane is a keyed hash, which names nothing.
sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("lane", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "lane"),
    Index(None, "at"),
)
