"""What a document states of itself."""
