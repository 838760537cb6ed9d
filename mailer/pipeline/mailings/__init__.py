"""Plans a mailing, tests and approves it, starts, pauses and cancels it, and reports on it."""
