"""落地凭证: what the enterprise's own call records say of a test call, kept beside it, each look with its date."""
