"""The measure of reading: our golden pages and, where there is, third-party gold."""
