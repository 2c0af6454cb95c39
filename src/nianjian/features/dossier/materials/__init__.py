"""The checklist (材料清单): items of a season, their versions, what was said about them."""
