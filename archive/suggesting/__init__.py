"""What a reader may have meant to type: words that sound alike, and how a wording goes on."""

from archive.suggesting.completion import Completion, complete
from archive.suggesting.spelling import Correction, corrections, did_you_mean

__all__ = ["Completion", "Correction", "complete", "corrections", "did_you_mean"]
