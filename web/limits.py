"""Limits of requests."""

from __future__ import annotations

# Bytes sent at once: a department's year of saved pages, packed, is under 100 MB.
LARGEST_UPLOAD = 200 << 20
# Bytes of the form's own fields, and of what its reader has in hand at once: it takes 64 kB
# and keeps back what may be the beginning of a boundary.
LARGEST_FIELDS = 1 << 20
# Files sent at once without packing them; each is one part of the form.
MAX_FILES_SENT = 1_000

# Bytes that the server takes in before the app is asked: enough to answer a draft that is too
# long, or an upload that is, with a page that says so; more is cut off with a line.
LARGEST_REQUEST = 1 << 20

LARGEST_UPLOAD_REQUEST = 2 * LARGEST_UPLOAD
