"""The SMTP listener that takes in what comes back to the return paths."""
