"""What every page shares: the frame, the style sheet, the policy headers, the language."""
