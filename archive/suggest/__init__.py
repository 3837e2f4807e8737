"""What a reader may have meant to type: words that sound alike, and longer wordings."""

from archive.suggest.completion import Completion, complete
from archive.suggest.spelling import Correction, corrections, did_you_mean

__all__ = ["Completion", "Correction", "complete", "corrections", "did_you_mean"]
