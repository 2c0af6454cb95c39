"""Acts that are declared once: what people may do to which resource, for every interface."""
