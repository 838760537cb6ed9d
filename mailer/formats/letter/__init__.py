"""The letters to secretary and operator, written from their templates."""
