"""What only a terminal needs: colours, the progress bar, the portrait as a table."""
