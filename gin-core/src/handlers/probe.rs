//! Probes: what a type is, from the attribute's view of its name.
//!
//! An attribute sees the names of types and does not know which traits they implement. A method of a probe exists for types with the
//! trait; for all others, the method of [`Otherwise`] does nothing. So no type needs to have a schema.

use std::marker::PhantomData;

use schemars::JsonSchema;

use crate::description::Operation;
use crate::extract::FromContext;
use crate::response::IntoResponse;

/// A type of which the traits are not known.
#[doc(hidden)]
#[derive(Debug)]
pub struct Probe<T: ?Sized>(PhantomData<fn() -> Box<T>>);

impl<T: ?Sized> Probe<T> {
    pub const NEW: Probe<T> = Probe(PhantomData);
}

impl<T: JsonSchema + ?Sized> Probe<T> {
    /// Makes the schema of the type known.
    pub fn schema(self, operation: &mut Operation) {
        operation.learn::<T>();
    }

    /// Describes a param of the path.
    pub fn param(self, operation: &mut Operation, name: &str) {
        operation.typed_param::<T>(name);
    }
}

impl<T: FromContext> Probe<T> {
    /// Describes an extractor.
    pub fn extractor(self, operation: &mut Operation) {
        T::describe(operation);
    }
}

impl<T: IntoResponse> Probe<T> {
    /// Describes a response.
    pub fn response(self, operation: &mut Operation) {
        T::describe(operation);
    }
}

/// The methods for types without the trait.
#[doc(hidden)]
pub trait Otherwise: Sized {
    fn schema(self, _: &mut Operation) {}

    fn param(self, operation: &mut Operation, name: &str) {
        operation.untyped_param(name);
    }

    fn extractor(self, _: &mut Operation) {}

    fn response(self, _: &mut Operation) {}

    fn held(self, _: &mut Operation) {}
}

impl<T: ?Sized> Otherwise for Probe<T> {}

/// A type that holds another one, by whose schema it is described. It shows the schema of a type that has an alias.
#[doc(hidden)]
pub trait Holds {
    /// The type inside.
    type Held: ?Sized;
}

impl<T> Holds for crate::response::Json<T> {
    type Held = T;
}

impl<T> Holds for crate::extract::Form<T> {
    type Held = T;
}

impl<T> Holds for crate::extract::Query<T> {
    type Held = T;
}

impl<T> Holds for crate::extract::Path<T> {
    type Held = T;
}

#[cfg(feature = "validation")]
impl<E: Holds> Holds for crate::extract::Valid<E> {
    type Held = E::Held;
}

impl<T: Holds> Holds for Option<T> {
    type Held = T::Held;
}

impl<T: Holds, E> Holds for Result<T, E> {
    type Held = T::Held;
}

impl<S, T: Holds> Holds for (S, T) {
    type Held = T::Held;
}

impl<T: Holds<Held: JsonSchema>> Probe<T> {
    /// Makes the schema of the type inside known.
    pub fn held(self, operation: &mut Operation) {
        operation.learn::<T::Held>();
    }
}
