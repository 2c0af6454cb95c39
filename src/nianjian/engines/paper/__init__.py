"""Paper and pictures: Excel, self-contained pages, charts, and the catalogue of words. No Django, no clock."""
