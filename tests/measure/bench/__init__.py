"""The benchmark: this archive beside other engines at the same work. Run `make bench`.

    paragraphs → each engine builds, in a process of its own, one after another
    questions  → each engine answers, in a process of its own, one after another
    answers    → a timing counts where total and facets equal ours → tables and plots

Nothing here is collected as a test; `tests/measure/test_bench.py` runs it once on few paragraphs.
"""
