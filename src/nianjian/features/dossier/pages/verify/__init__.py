"""Whether a package, or a scan of the sealed paper, is what its manifest says."""
