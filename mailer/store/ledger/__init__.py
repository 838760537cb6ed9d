"""The senders' side of the database: claims on copies, results of attempts, limits and leases."""
