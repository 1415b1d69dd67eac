//! Request signatures; secrets are zeroised and never printed.
