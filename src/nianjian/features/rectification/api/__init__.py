"""Operations of rectification."""
