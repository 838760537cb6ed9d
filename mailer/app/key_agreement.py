"""Compares the keys of this machine with those of whoever planned last: by other keys, nobody knows what comes back of its copies."""

from mailer.app.installation import App
from mailer.domain.errors import Refused
from mailer.formats.message_id import delivery_in_message_id
from mailer.store.copies import deliveries


def refuse_other_keys(app: App) -> None:
    """Refused where no key here has signed the newest copy of the database. Whoever has a newer key than others has theirs, too."""
    with app.store.reading() as connection:
        newest = deliveries.newest_message_id(connection)
    if newest and delivery_in_message_id(newest, app.context.keys) is None:
        raise Refused(
            f"no key in {app.config.path(app.config.secrets.key_file)} has signed the newest copies of the database: with it, nobody "
            "would know what comes back of the copies that leave here, and no link in those of others would work"
        )
