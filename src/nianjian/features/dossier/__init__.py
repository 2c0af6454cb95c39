"""The inspection package (材料包): checklist, checks of papers, seals, editions, rounds, verification."""
