"""A text converted from print: made into an issue file, with a list of its defects."""
