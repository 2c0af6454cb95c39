"""The register of 社保缴费清单."""
