"""Search (搜索) over all that a person may open: registers, tickets, materials, cases, rules, people and pages."""
