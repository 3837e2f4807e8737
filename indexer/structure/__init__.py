"""Structure: from kept blocks to articles, headings and paragraphs."""
