"""The sources from which finished issues are pulled: local folders, and those that fsspec can read."""
