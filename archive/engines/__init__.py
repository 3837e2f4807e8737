"""Engines: what keeps paragraphs and finds them.

base       the protocols: a Backend answers from one committed state, a Writer changes it
engine     an engine as its callers see it, the same for every Backend
registry   which engine an address names
memory     the reference implementation; whoosh: the default; opensearch: on a cluster
"""
