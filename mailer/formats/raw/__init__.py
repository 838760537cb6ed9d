"""A text converted from print becomes an issue file, and a list of what was wrong with it."""
