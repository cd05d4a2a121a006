//! An in-process client.
