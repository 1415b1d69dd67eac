"""The paths of the API: one module for each subject, each with its router."""
