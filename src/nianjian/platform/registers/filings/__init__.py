"""The register of filings: per licence and data year when each report was handed in, and what a notice printed."""
