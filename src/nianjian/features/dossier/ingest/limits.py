"""What a file may cost, measured over hostile files. Bounds of safety, not rules of the inspection."""

from typing import Final

MEGABYTE: Final = 1 << 20

FILE_BYTES: Final = 300 * MEGABYTE
"""A 300-page scan has 150 to 300 MB."""
BEHIND_BYTES: Final = 1024
"""What may stand behind the last %%EOF: line ends of careless producers, never a second file."""

MEMORY_BYTES: Final = 2 << 30
CPU_SECONDS: Final = 30
WALL_SECONDS: Final = 60.0
WRITTEN_BYTES: Final = 512 * MEGABYTE
TOLD_BYTES: Final = 4 * MEGABYTE
"""What a child may print: a page's facts have some hundred bytes."""

PAGES: Final = 1000
SIDE_MM: Final = (50, 1200)
PIXELS: Final = 150_000_000
STREAM_BYTES: Final = 64 * MEGABYTE
FLATE_MEMORY: Final = 64 * MEGABYTE
DCT_MEMORY: Final = 600 * MEGABYTE
FILTERS: Final = 2
CONTAINER: Final = 100_000
WARNINGS: Final = 200
DEPTH: Final = 5
"""How deep forms may hold pictures that count for resolution and pixels."""

MEMBERS: Final = 2000
UNPACKED_BYTES: Final = 200 * MEGABYTE
UNPACKED_RATIO: Final = 100
XML_BYTES: Final = 4 * MEGABYTE
