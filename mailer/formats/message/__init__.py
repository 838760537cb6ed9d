"""Builds the messages of an edition: encodes its parts once, fills in each copy, signs it with DKIM."""
