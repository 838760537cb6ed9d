"""The files by which processes learn about each other: a sender's lock and journal, and the ledger's epoch."""
