//! The compile errors for each kind of mistake with an attribute, a handler or a middleware.

#[test]
fn every_mistake_is_shown_where_it_was_made() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
