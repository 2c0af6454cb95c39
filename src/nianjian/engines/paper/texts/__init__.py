"""Words that stand on paper and pages: names of figures, lights, classes and reasons."""
