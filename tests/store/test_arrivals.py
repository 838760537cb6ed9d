"""The issues without a plan of what was pulled last."""

from mailer.domain.mailing import MailingState
from mailer.store import Store
from mailer.store.arrivals import unplanned
from tests.store.rows import NEWSLETTER, a_mailing, a_revision


def test_an_issue_is_unplanned_until_it_has_a_mailing(store: Store) -> None:
    with store.transaction() as connection:
        assert unplanned(connection) == []
        a_revision(connection, "first", 253)
        a_revision(connection, "second", 254)
        assert unplanned(connection) == [(NEWSLETTER, 253), (NEWSLETTER, 254)]
        a_mailing(connection, MailingState.PLANNED, content_hash="first")
        assert unplanned(connection) == [(NEWSLETTER, 254)]


def test_a_plan_of_an_older_revision_is_to_be_made_again_unless_it_was_approved(store: Store) -> None:
    with store.transaction() as connection:
        a_mailing(connection, MailingState.PLANNED, content_hash="older", serial=253)
        a_mailing(connection, MailingState.APPROVED, content_hash="approved", serial=254)
        a_revision(connection, "newer", 253)
        a_revision(connection, "edited", 254)
        assert unplanned(connection) == [(NEWSLETTER, 253)]


def test_content_that_was_put_back_needs_no_other_plan(store: Store) -> None:
    with store.transaction() as connection:
        a_mailing(connection, MailingState.PLANNED, content_hash="same")
        a_revision(connection, "other")
        a_revision(connection, "same")  # it takes the newest number
        assert unplanned(connection) == []
