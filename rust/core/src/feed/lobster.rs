//! Message files of LOBSTER.
