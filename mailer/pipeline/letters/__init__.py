"""Writes the letters to secretary and operator, and sends them."""
