"""Read reports: take a mail apart, find who failed and why, and classify the reason by a table of rules."""
