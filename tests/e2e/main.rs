//! End-to-end tests, one binary: each module is one user-visible promise.
