"""The API under `/api/v1/`: the routers of all features as one application with one document."""
