"""Reads reports: takes a mail apart, finds which address failed and why, and classifies the reason by a table of rules."""
