"""Pictures of seals used with two people's agreement, signed papers kept, and the firm's own signature."""
