"""The way out: a connection to a relay, the dialogue on it, and what its answers mean."""
