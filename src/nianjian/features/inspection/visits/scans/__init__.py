"""The official notice of a visit as a scan: kept sealed, named with its digest, given out in full with an entry."""
