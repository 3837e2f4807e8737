"""The way in: from files to dated, tagged paragraphs in an index."""
