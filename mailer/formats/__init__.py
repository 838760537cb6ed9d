"""Bytes to words and words to bytes: issues, registers, addresses, the parts of a message. No network, no database."""
