"""Files from outside are read in processes of their own, whose memory and time are limited."""

from model.reading.limits import ReadingLimits
from model.reading.readers import Readers

__all__ = ["Readers", "ReadingLimits"]
