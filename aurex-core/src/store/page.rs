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

    /// A page put together from several searches of the same list, by falling keys. Each brought its first elements, one
    /// more than wanted where there were so many, and how far down it has looked; none where it saw the end.
    pub fn of_searches(searches: Vec<(Vec<T>, Option<K>)>, limit: u16, key: impl Fn(&T) -> K) -> Self
    where
        K: Ord + Copy,
    {
        // Below the highest of these, some search may have more to say.
        let mut seen_to = None;
        let mut items = Vec::new();
        for (found, looked_to) in searches {
            let cut = if found.len() > usize::from(limit) { found.last().map(&key) } else { looked_to };
            seen_to = seen_to.max(cut);
            items.extend(found);
        }
        items.retain(|item| seen_to.is_none_or(|to| key(item) >= to));
        items.sort_by_key(|item| std::cmp::Reverse(key(item)));
        let page = Self::of(items, limit, key);
        Self { next: page.next.or(seen_to), ..page }
    }

    /// The page with each element turned into another.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U, K> {
        Page { items: self.items.into_iter().map(f).collect(), next: self.next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(searches: Vec<(Vec<u64>, Option<u64>)>) -> (Vec<u64>, Option<u64>) {
        let page = Page::of_searches(searches, 3, |key| *key);
        (page.items, page.next)
    }

    #[test]
    fn searches_of_one_list_make_one_page_without_a_gap() {
        assert_eq!(page(vec![(vec![9, 4], None), (vec![8, 2], None)]), (vec![9, 8, 4], Some(4)));
        assert_eq!(page(vec![(vec![9], None), (vec![8], None)]), (vec![9, 8], None));
        // The second may have more above 4 than it brought.
        assert_eq!(page(vec![(vec![9, 1], None), (vec![8, 7, 6, 5], None)]), (vec![9, 8, 7], Some(7)));
        // The first looked down to 6 only: what stands below waits for the next page.
        assert_eq!(page(vec![(vec![9], Some(6)), (vec![8, 4], None)]), (vec![9, 8], Some(6)));
        assert_eq!(page(vec![(vec![], Some(6))]), (vec![], Some(6)));
        assert_eq!(page(vec![]), (vec![], None));
    }
}
