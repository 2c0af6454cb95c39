"""Long work for the worker with progress and stop, and intents of acts over database and lake."""
