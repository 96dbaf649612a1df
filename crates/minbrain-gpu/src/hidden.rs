//! Types of wgpu, hidden from whoever keeps ours.
//!
//! To know that a brain may move to another thread, the compiler would look through more than a hundred
//! nested types of wgpu, in every crate that keeps one, and gives up. Here it looks once.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

/// A value that is known to be fit for any thread.
pub(crate) struct Hidden<T> {
    value: Box<dyn Any + Send + Sync>,
    kind: PhantomData<fn() -> T>,
}

impl<T: Send + Sync + 'static> Hidden<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { value: Box::new(value), kind: PhantomData }
    }
}

impl<T: 'static> Deref for Hidden<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.value.downcast_ref().expect("what was hidden is of this type")
    }
}

impl<T: 'static> DerefMut for Hidden<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.value.downcast_mut().expect("what was hidden is of this type")
    }
}

impl<T> fmt::Debug for Hidden<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(std::any::type_name::<T>())
    }
}
