"""The copies of an issue in the database: listed, counted, waiting to leave, and what each reader got."""
