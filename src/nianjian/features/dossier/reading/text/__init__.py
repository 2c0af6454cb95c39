"""Text as it was read: lines with boxes and confidence, and what readers make of them."""
