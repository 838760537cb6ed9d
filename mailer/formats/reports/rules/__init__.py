"""The table of reasons: words that a server says, and what they mean for the copy."""
