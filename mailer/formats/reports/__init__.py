"""The rooms of the report reader: opening a mail, its structured parts, its free text, and the table of reasons."""
