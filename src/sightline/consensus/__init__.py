"""What several annotators' decisions amount to, and how far they concur. Pure functions.

Labels are int8 arrays of shape (candidate, annotator) that hold class numbers 0, 1, ..., and
``UNDECIDED`` (-1) where an annotator gave no verdict. For cell sorting 0 is not a cell, 1 a cell.
"""

from sightline.consensus.agreement import PairwiseAgreement, pairwise_agreement
from sightline.consensus.majority import UNDECIDED, majority, vote_share
from sightline.consensus.reliability import Reliability, intraclass_correlation

__all__ = [
    "UNDECIDED",
    "PairwiseAgreement",
    "Reliability",
    "intraclass_correlation",
    "majority",
    "pairwise_agreement",
    "vote_share",
]
