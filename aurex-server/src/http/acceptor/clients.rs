//! How many connections one client has: the bound on all of them would otherwise be one client's to fill.
//!
//! A client is an address, or the /64 that an IPv6 address lies in: that is what a household or a rented machine is
//! given whole (RFC 6177), and whoever has it has 2^64 addresses. A proxy speaks for many, so the peers that are known
//! to be one are not counted; they are bounded with all the others.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::http::request::Network;

/// The connections that each client has open.
#[derive(Clone, Debug, Default)]
pub(super) struct Clients {
    held: Arc<Mutex<HashMap<IpAddr, usize>>>,
    most: Option<usize>,
    uncounted: Vec<Network>,
}

impl Clients {
    pub(super) fn new(most: usize, uncounted: Vec<Network>) -> Self {
        Self { held: Arc::default(), most: Some(most), uncounted }
    }

    /// A seat for one more connection of this peer; an error where its client has all it may have.
    pub(super) fn seat(&self, peer: IpAddr) -> Result<Option<Seat>, Full> {
        let Some(most) = self.most else { return Ok(None) };
        if self.uncounted.iter().any(|network| network.contains(peer)) {
            return Ok(None);
        }
        let client = client(peer);
        let mut held = lock(&self.held);
        let count = held.entry(client).or_insert(0);
        if *count >= most {
            return Err(Full);
        }
        *count += 1;
        Ok(Some(Seat { held: Arc::clone(&self.held), client }))
    }
}

/// The client has as many connections as it may have.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

/// One connection's place among its client's; given back when it is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    held: Arc<Mutex<HashMap<IpAddr, usize>>>,
    client: IpAddr,
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Entry::Occupied(mut entry) = lock(&self.held).entry(self.client) {
            match entry.get().checked_sub(1) {
                // A client with none is forgotten: the map is never larger than the bound on all connections.
                None | Some(0) => _ = entry.remove(),
                Some(left) => _ = entry.insert(left),
            }
        }
    }
}

/// A count stays right whoever panics: nothing between taking the lock and giving it back can.
fn lock(held: &Mutex<HashMap<IpAddr, usize>>) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

fn client(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(most: usize, uncounted: &[&str]) -> Clients {
        Clients::new(most, uncounted.iter().map(|network| network.parse().unwrap()).collect())
    }

    fn seat(clients: &Clients, peer: &str) -> Result<Option<Seat>, Full> {
        clients.seat(peer.parse().unwrap())
    }

    #[test]
    fn a_client_has_so_many_and_gets_back_what_it_gave_up() {
        let clients = of(2, &[]);
        let (first, _second) =
            (seat(&clients, "203.0.113.9").unwrap(), seat(&clients, "203.0.113.9").unwrap());
        assert_eq!(seat(&clients, "203.0.113.9").unwrap_err(), Full);
        assert!(seat(&clients, "203.0.113.10").is_ok());
        drop(first);
        assert!(seat(&clients, "203.0.113.9").is_ok());
    }

    #[test]
    fn a_network_of_64_bits_is_one_client_and_a_mapped_address_the_one_it_maps() {
        let clients = of(1, &[]);
        let _held = [seat(&clients, "2001:db8:1:2::1").unwrap(), seat(&clients, "203.0.113.9").unwrap()];
        assert_eq!(seat(&clients, "2001:db8:1:2:ffff::7").unwrap_err(), Full);
        assert!(seat(&clients, "2001:db8:1:3::1").is_ok());
        assert_eq!(seat(&clients, "::ffff:203.0.113.9").unwrap_err(), Full);
    }

    #[test]
    fn a_proxy_that_is_known_is_not_counted() {
        let clients = of(1, &["10.0.0.0/8"]);
        let held: Vec<_> = (0..5).map(|_| seat(&clients, "10.0.0.1").unwrap()).collect();
        assert!(held.iter().all(Option::is_none));
    }

    #[test]
    fn clients_that_left_are_forgotten() {
        let clients = of(3, &[]);
        let held: Vec<_> = (0..3).map(|_| seat(&clients, "203.0.113.9").unwrap()).collect();
        assert_eq!(lock(&clients.held).values().copied().collect::<Vec<_>>(), [3]);
        drop(held);
        assert!(lock(&clients.held).is_empty());
    }
}
