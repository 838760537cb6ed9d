"""Reads what people upload: the folder of an issue as an archive or as several files."""
