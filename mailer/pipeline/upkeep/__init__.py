"""What the daemon does at night: it checks the database, makes a backup, and forgets what is old."""
