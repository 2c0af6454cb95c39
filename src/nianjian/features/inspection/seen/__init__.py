"""What only a person sees: whether the two screens stand in the room (S9), noted with day and account."""
