"""The suffixes of file names that stand in titles, told once."""

from __future__ import annotations

# A pattern for the suffix of an office document.
DOCUMENT = r"\.(?:docx?|wps|rtf|odt|pdf|txt|pptx?|xlsx?)"
