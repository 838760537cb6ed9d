"""Pulls finished issues, compiles their editions, and makes each person's copy from them."""
