"""The inboxes from which bounces and replies are fetched: an IMAP mailbox, a Maildir, single files."""
