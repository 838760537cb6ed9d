"""What a user of the console proves who they are by: a password, and a second way."""
