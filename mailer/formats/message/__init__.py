"""The messages of an edition: parts encoded once, each copy filled in, signed where we sign."""
