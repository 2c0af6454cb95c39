"""The fill-in sheet as doors ask for it: values gathered by the worker, kept, shown masked, taken out as files."""
