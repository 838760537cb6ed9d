"""What one process leaves for others to see: its lock, its journal, how far the ledger had come."""
