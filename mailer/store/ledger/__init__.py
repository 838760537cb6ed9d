"""The senders' side of the database: who may hand over which copy, what came of it, and what has left lately."""
