"""What files come wrapped in: archives, workbooks, and the limits that keep a bomb from going off."""
