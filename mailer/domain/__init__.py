"""The words and the rules of the club: no clock, no network, no database, nothing but the standard library."""
