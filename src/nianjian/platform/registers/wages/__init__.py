"""The register of 工资流水."""
