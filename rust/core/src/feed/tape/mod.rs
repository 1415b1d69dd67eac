//! Our own compact recording.
