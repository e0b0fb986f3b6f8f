"""Look at a person's own profiles as a stranger would, and tell that person alone.

consent + address ─► acquire (browser | saved page | draft) ─► Snapshot ─► detectors ─► Findings
      ─► policy.assess (exemptions, level, band, clause, advice) ─► Report ─► files or sealed store
"""

__version__ = "0.1.0"
