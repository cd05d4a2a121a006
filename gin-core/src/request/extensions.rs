//! Typed values that middleware leaves in a context for what comes after it.

use std::any::{Any, TypeId};

/// Values by type. It is a list that is searched linearly, as there are never many; an empty one allocates nothing.
#[derive(Default)]
pub(crate) struct Extensions(Vec<(TypeId, Box<dyn Any + Send + Sync>)>);

impl Extensions {
    pub(crate) fn set<T: Send + Sync + 'static>(&mut self, value: T) {
        let id = TypeId::of::<T>();
        match self.0.iter_mut().find(|(key, _)| *key == id) {
            Some((_, old)) => *old = Box::new(value),
            None => self.0.push((id, Box::new(value))),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn get<T: 'static>(&self) -> Option<&T> {
        let id = TypeId::of::<T>();
        let (_, value) = self.0.iter().find(|(key, _)| *key == id)?;
        value.downcast_ref()
    }

    pub(crate) fn get_mut<T: 'static>(&mut self) -> Option<&mut T> {
        let id = TypeId::of::<T>();
        let (_, value) = self.0.iter_mut().find(|(key, _)| *key == id)?;
        value.downcast_mut()
    }

    pub(crate) fn take<T: 'static>(&mut self) -> Option<T> {
        let id = TypeId::of::<T>();
        let index = self.0.iter().position(|(key, _)| *key == id)?;
        let (_, value) = self.0.swap_remove(index);
        value.downcast().ok().map(|value| *value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_holds_one_value_until_it_is_taken() {
        let mut extensions = Extensions::default();
        extensions.set(1_u8);
        extensions.set("text");
        extensions.set(2_u8);
        assert_eq!(extensions.get::<u8>(), Some(&2));
        assert_eq!(extensions.take::<u8>(), Some(2));
        assert_eq!(extensions.get::<u8>(), None);
        assert_eq!(extensions.get::<&str>(), Some(&"text"));
    }
}
