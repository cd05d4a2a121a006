//! What a newcomer reads who gets an attribute wrong: one case for each kind of mistake.

#[test]
fn every_mistake_is_shown_where_it_was_made() {
    trybuild::TestCases::new().compile_fail("../tests/ui/*.rs");
}
