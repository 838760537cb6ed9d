"""Sends what is due: copies in hand for each relay, turns with the ledger, limits, and recovery after a crash."""
