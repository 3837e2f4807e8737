"""Chinese text: folding, tokens, redaction masks."""
