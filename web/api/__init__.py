"""The API: the answers of the pages as JSON."""
