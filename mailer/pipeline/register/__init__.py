"""Keeps the register: import and export, people looked up, a person erased."""
