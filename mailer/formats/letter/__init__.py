"""The letters to secretary, operator and editors, written from their templates."""
