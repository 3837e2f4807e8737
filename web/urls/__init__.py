"""Addresses and the links of a page."""
