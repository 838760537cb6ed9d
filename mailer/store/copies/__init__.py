"""The copies of an issue: their deliveries listed, counted and moved on."""
