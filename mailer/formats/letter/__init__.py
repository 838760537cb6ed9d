"""The letters to members, secretary, operator and editors, written from their templates."""
