"""What all pages share: layout, access marks, menu, tables, paging, error pages, headers."""
