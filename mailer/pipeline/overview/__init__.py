"""What a person sees at a glance: what waits, what goes out next, how the last issues went, and the answer to a question."""
