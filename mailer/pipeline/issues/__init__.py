"""Issues: pulled from their source, compiled into editions, and made into each person's copy."""
