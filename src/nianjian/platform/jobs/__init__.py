"""Long work and acts that touch two stores: what is open, done or dropped."""
