"""Build the messages of an edition: encode its parts once, fill in each copy, sign it with DKIM."""
