"""Sends messages to a relay by SMTP: the connection, the dialogue on it, and what the replies mean."""
