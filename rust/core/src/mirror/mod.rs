//! A venue's book by price, rebuilt from what the venue publishes.
