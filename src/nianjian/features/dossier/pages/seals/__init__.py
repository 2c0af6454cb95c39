"""Pictures of seals, their uses, and signed papers, on pages."""
