"""What people state about their enterprise where its data tell nothing: written once, kept, and named as theirs."""
