"""The outside world, one file a protocol: the clock, the relay, the source of issues; nothing but input and output."""
