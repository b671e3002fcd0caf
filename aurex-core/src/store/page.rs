//! Keyset pages: a list continues after the last key seen, however much is inserted in front of it.

/// Which part of a list is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest<K> {
    /// The key of the last element of the page before.
    pub after: Option<K>,
    /// At most so many elements.
    pub limit: u16,
}

impl<K> PageRequest<K> {
    /// The first page.
    pub const fn first(limit: u16) -> Self {
        Self { after: None, limit }
    }

    /// One more than wanted, which tells whether there is a next page.
    pub fn fetch(&self) -> i64 {
        i64::from(self.limit) + 1
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T, K> {
    /// The elements.
    pub items: Vec<T>,
    /// The key to continue after; `None` at the end.
    pub next: Option<K>,
}

impl<T, K> Page<T, K> {
    /// A page from up to `limit + 1` elements.
    pub fn of(mut items: Vec<T>, limit: u16, key: impl Fn(&T) -> K) -> Self {
        let limit = usize::from(limit);
        let more = items.len() > limit;
        items.truncate(limit);
        let next = if more { items.last().map(key) } else { None };
        Self { items, next }
    }

    /// The page with each element turned into another.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U, K> {
        Page { items: self.items.into_iter().map(f).collect(), next: self.next }
    }
}
