"""Refuses keys that did not sign the newest copies: no other machine would recognise the bounces of what they sign."""

from mailer.app.installation import App
from mailer.domain.errors import Refused
from mailer.formats.message_id import delivery_in_message_id
from mailer.store.copies import deliveries


def refuse_other_keys(app: App) -> None:
    """Refused where no key here has signed the newest copy of the database. A new key stands before the old ones, so it is accepted."""
    with app.store.reading() as connection:
        newest = deliveries.newest_message_id(connection)
    if newest and delivery_in_message_id(newest, app.context.keys) is None:
        raise Refused(
            f"no key in {app.config.path(app.config.secrets.key_file)} has signed the newest copies of the database: no other machine would "
            "recognise the bounces of copies that leave here, and links in the copies of the others would not work"
        )
