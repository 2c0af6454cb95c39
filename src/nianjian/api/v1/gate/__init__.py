"""Operations of the gate."""
