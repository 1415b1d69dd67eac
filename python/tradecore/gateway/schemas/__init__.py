"""What requests and answers look like: one module for each family and subject."""
