"""The password of an archive: guard, sessions, rate limit, form tokens."""
