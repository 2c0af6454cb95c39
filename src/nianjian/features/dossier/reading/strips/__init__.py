"""Lines that are cut out and read alone: feet of pages, rings of seals."""
