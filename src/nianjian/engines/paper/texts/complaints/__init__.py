"""Words for complaint tickets: errors, and what states, clocks and acts are called."""
