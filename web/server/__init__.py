"""The server: requests, background jobs, warming."""
