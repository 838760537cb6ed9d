"""Joins the parts of an installation, the only room that chooses between them: database, relays, sender, what comes back."""
