"""Links that open the live screens on a kiosk: read-only, of one enterprise, until they expire or are ended."""
