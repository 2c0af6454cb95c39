"""An enterprise at a glance (总览): the light, what is due, what is in the way, and first steps."""
