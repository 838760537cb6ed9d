"""Club Mailer sends a club's confidential bulletin to paid-up members, and knows what became of every copy."""

__version__ = "0.1.0"
