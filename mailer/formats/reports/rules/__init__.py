"""The table of reply rules, by the scope of their reasons: what a server says, and what it means for the copy."""
