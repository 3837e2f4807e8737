"""Precedents for a draft: the passages that put it most alike."""
