"""How much of an archive is taken in: a hostile one must not fill the memory or keep its reader busy."""

from __future__ import annotations

MAX_MEMBERS = 300_000
"""Files in one archive; a download with 100,000 pictures has about 101,000."""
MAX_DIRECTORY = 96_000_000
"""Bytes of a ZIP's table of contents."""
MAX_NAME = 1_000
MAX_DEPTH = 40
"""Folders within folders in a member's name."""
MAX_TEXT = 1_000_000_000
"""Bytes of one text member when streamed."""
MAX_ALL_TEXT = 4_000_000_000
"""Bytes of all text members of one archive."""
MAX_WHOLE = 32_000_000
"""Bytes of a member that is read whole."""
MAX_PICTURE = 40_000_000
"""Bytes of one picture file."""
MAX_RATIO = 200
"""Times a member may grow when unpacked, once it is larger than `RATIO_FROM`."""
RATIO_FROM = 64_000_000
MAX_UNPACKED = 1_000_000_000
"""Bytes that even a small TAR may unpack to."""
MAX_TOTAL = 200_000_000_000
CHUNK = 1 << 20
MAX_TROUBLE = 40
"""Sentences about broken members in one report."""
