"""Checks an installation: everything that sending needs, each with what was found and what to do."""
