"""The second ways by which users sign in: secrets of apps, printed codes, passkeys."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, or_, select, update

from mailer.domain.sign_in import Passkey, SecondWay
from mailer.store.columns import insert_into
from mailer.store.schema import one_time_secrets, passkeys, printed_codes


class StoredSecret(NamedTuple):
    """The encrypted secret of an app, and the half minute of the last code that was accepted."""

    sealed: str
    last_step: int | None


class StoredPasskey(NamedTuple):
    """What a passkey is proved by."""

    id: int
    credential: str
    public_key: bytes
    sign_count: int


def begin_secret(connection: Connection, user: int, sealed: str) -> None:
    """Store the encrypted secret of an app, unless one is stored already."""
    begun = insert_into(connection, one_time_secrets).values(user=user, secret=sealed)
    connection.execute(begun.on_conflict_do_nothing(index_elements=["user"]))


def secret_of(connection: Connection, user: int, *, confirmed: bool) -> StoredSecret | None:
    """The secret of a user's app; `confirmed`: which codes are accepted of, else the one that is being set up."""
    is_confirmed = one_time_secrets.c.confirmed_at.is_not(None)
    query = select(one_time_secrets.c.secret, one_time_secrets.c.last_step).where(
        one_time_secrets.c.user == user, is_confirmed if confirmed else ~is_confirmed
    )
    row = connection.execute(query).first()
    return StoredSecret(*row) if row is not None else None


def accept_step(
    connection: Connection,
    user: int,
    stored: StoredSecret,
    step: int,
    *,
    sealed: str,
    confirmed_at: datetime | None = None,
) -> bool:
    """Store the half minute of an accepted code, and the secret as it is encrypted now; False when that code or a later one was accepted meanwhile."""
    is_next = or_(one_time_secrets.c.last_step.is_(None), one_time_secrets.c.last_step < step)
    same = (one_time_secrets.c.user == user) & (one_time_secrets.c.secret == stored.sealed) & is_next
    confirmed = {"confirmed_at": confirmed_at} if confirmed_at is not None else {}
    values = {"last_step": step, "secret": sealed, **confirmed}
    return connection.execute(update(one_time_secrets).where(same).values(values)).rowcount == 1


def replace_sheet(connection: Connection, user: int, digests: Iterable[str], now: datetime) -> None:
    """Store the codes of a new sheet; those of the sheet before are worth nothing any more."""
    connection.execute(delete(printed_codes).where(printed_codes.c.user == user))
    rows = [{"digest": digest, "user": user, "made_at": now} for digest in digests]
    connection.execute(insert(printed_codes), rows)


def use_code(connection: Connection, user: int, digest: str, now: datetime) -> bool:
    """Use up a printed code; False: the user has no such code, or it was used."""
    unused = (printed_codes.c.user == user) & (printed_codes.c.digest == digest) & printed_codes.c.used_at.is_(None)
    return connection.execute(update(printed_codes).where(unused).values(used_at=now)).rowcount == 1


def add_passkey(
    connection: Connection, user: int, *, name: str, credential: str, public_key: bytes, sign_count: int, now: datetime
) -> bool:
    """Store a new passkey; False: it is stored already."""
    values = {"user": user, "name": name, "credential": credential, "public_key": public_key}
    added = insert_into(connection, passkeys).values({**values, "sign_count": sign_count, "added_at": now})
    once = added.on_conflict_do_nothing(index_elements=["credential"])
    return connection.execute(once.returning(passkeys.c.id)).first() is not None


def passkeys_of(connection: Connection, user: int) -> list[Passkey]:
    """The passkeys of a user, the oldest first."""
    columns = [passkeys.c[name] for name in Passkey.__slots__]
    query = select(*columns).where(passkeys.c.user == user).order_by(passkeys.c.id)
    return [Passkey(**row._asdict()) for row in connection.execute(query)]


def stored_passkeys(connection: Connection, user: int) -> list[StoredPasskey]:
    """What the passkeys of a user are proved by."""
    columns = [passkeys.c[name] for name in StoredPasskey._fields]
    query = select(*columns).where(passkeys.c.user == user).order_by(passkeys.c.id)
    return [StoredPasskey(*row) for row in connection.execute(query)]


def use_passkey(connection: Connection, passkey: StoredPasskey, sign_count: int, now: datetime) -> bool:
    """Note that a passkey has signed; False when it has signed meanwhile, or was removed."""
    same = (passkeys.c.id == passkey.id) & (passkeys.c.sign_count == passkey.sign_count)
    return connection.execute(update(passkeys).where(same).values(sign_count=sign_count, used_at=now)).rowcount == 1


def remove_passkey(connection: Connection, user: int, identity: int) -> bool:
    """Delete a passkey of the user; False: there is none with this id."""
    own = (passkeys.c.user == user) & (passkeys.c.id == identity)
    return connection.execute(delete(passkeys).where(own)).rowcount == 1


def remove(connection: Connection, user: int, way: SecondWay) -> int:
    """Delete a second way of the user, all passkeys at once; says how many rows there were."""
    table = {
        SecondWay.ONE_TIME_CODES: one_time_secrets,
        SecondWay.PRINTED_CODES: printed_codes,
        SecondWay.PASSKEY: passkeys,
    }[way]
    return connection.execute(delete(table).where(table.c.user == user)).rowcount
