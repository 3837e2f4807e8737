"""How well pages are read: labelled sets and generated pages."""
