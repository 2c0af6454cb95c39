"""The site: Django settings, addresses, the web server, and the worker with every kind of job."""
