"""Where reports are fetched from: a mailbox by IMAP, a Maildir, single files."""
