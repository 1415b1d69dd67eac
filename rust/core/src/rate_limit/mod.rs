//! Admission of requests under a venue's limits; time is an argument.
