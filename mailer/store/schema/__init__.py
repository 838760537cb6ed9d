"""The tables and the rules that the database itself keeps."""
