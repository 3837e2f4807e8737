"""The way of a file from outside into the corpus: named, staged, checked, stored.

    bytes → upload in .xianli/incoming/ → checked name and content → corpus/

An upload lies on the same disk as the corpus and gets its name there in one step, so that
nobody ever reads half a file. Nothing is overwritten. What cannot be taken is refused with a
SourceError and leaves nothing behind.
"""
