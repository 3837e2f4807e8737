"""The way of a file from outside into the corpus: named, staged, checked, landed.

    bytes → draft in .xianli/incoming/ → checked name and content → corpus/

A draft lies on the same disk as the corpus and gets its name there in one step, so that
nobody ever reads half a file. Nothing is overwritten. What cannot be taken is refused with a
SourceError and leaves nothing behind.
"""
