"""Queries: what may be asked, and how it is read."""
