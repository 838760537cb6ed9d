"""Writes the letters to secretary, operator and editors, and sends them."""
