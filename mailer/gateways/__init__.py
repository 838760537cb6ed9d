"""Input and output only: clock, relay, listener, mailbox, sources of issues, private files, locks and journals."""
