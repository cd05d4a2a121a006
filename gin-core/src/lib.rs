//! A web framework after gin: engine, groups, context, the `Next` onion.
