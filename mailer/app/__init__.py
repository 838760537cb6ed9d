"""Builds the parts of a running installation from its settings: database, relays, sender, scheduler, ways in of reports."""
