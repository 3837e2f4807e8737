"""A run over the corpus: reindex, watch, verify, explain."""
