"""The watch list (重点监测库) and what becomes a routine."""
