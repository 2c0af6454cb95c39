"""Licences watched more closely, and the routine that keeps a case from coming back."""
