"""The page on which the firm makes its own part of the package."""
