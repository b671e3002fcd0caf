//! Witnesses as they are out there: behind TLS, and away when they are asked.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aurex_core::audit::note::{SignatureKind, SignedNote, VerifierKey};
use aurex_server::config::{WitnessAddress, WitnessUrl};
use aurex_server::mail::Roots;
use aurex_server::ops::publisher::Witnesses;
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::client::Person;
use crate::mail::certificates::Authority;
use crate::shop::{Shop, chain, stocked};
use crate::transparency::{checkpoint, keys, witness};
use crate::world::{World, on_every_store};

on_every_store!(a_witness_that_was_away_is_asked_again_while_the_log_stands_still);

/// The key with which a log's checkpoints are signed.
async fn log_key(world: &World, owner: &Person) -> VerifierKey {
    keys(world, owner).await.into_iter().find(|key| key.kind() == SignatureKind::Log).unwrap()
}

fn is_cosigned(note: &SignedNote) -> bool {
    note.signatures().iter().any(|by| by.name() == "witness.example")
}

/// What an operator puts in front of a witness: it ends TLS, and hands on what it is sent.
async fn tls_in_front(of: SocketAddr, config: Arc<ServerConfig>) -> (u16, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, acceptor) = (listener.local_addr().unwrap().port(), TlsAcceptor::from(config));
    let mut running = JoinSet::new();
    running.spawn(async move {
        loop {
            let (tcp, _) = listener.accept().await.unwrap();
            let Ok(mut tls) = acceptor.accept(tcp).await else { continue };
            let mut plain = TcpStream::connect(of).await.unwrap();
            // Whoever asks may hang up as soon as it has its answer.
            tokio::io::copy_bidirectional(&mut tls, &mut plain).await.ok();
        }
    });
    (port, running)
}

#[tokio::test]
async fn a_witness_is_asked_over_tls_and_only_if_its_certificate_holds() {
    let mut world = World::on_memory().await;
    let Shop { owner, .. } = stocked(&world, "zaveri").await;
    let folder = tempfile::tempdir().unwrap();
    let (plain, address) = witness(folder.path(), &log_key(&world, &owner).await, &world).await;
    let (ours, theirs) = (Authority::new(), Authority::new());
    let (port, _running) = tls_in_front(address, ours.relay("localhost")).await;
    let named = |host: &str| {
        let url = WitnessUrl { tls: true, host: host.to_owned(), port, path: String::new() };
        vec![WitnessAddress { key: plain.key.clone(), url }]
    };
    let believing = |authority: &Authority| Roots::from_file(authority.file().path()).unwrap();
    for (number, (host, roots, cosigned)) in [
        ("localhost", believing(&theirs), false),
        ("localhost", Roots::nobody(), false),
        ("127.0.0.1", believing(&ours), false),
        ("localhost", believing(&ours), true),
    ]
    .into_iter()
    .enumerate()
    {
        world.publisher.witnesses = Witnesses::new(named(host), roots);
        owner.make(&world, "/items", chain(&format!("T-{number}"))).await;
        world.publish().await;
        assert_eq!(is_cosigned(&checkpoint(&world, &owner).await), cosigned, "case {number}");
    }
}

/// A way to a witness that is cut until it is opened: whoever comes before is hung up on.
async fn cut_off(of: SocketAddr) -> (u16, Arc<AtomicBool>, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, open) = (listener.local_addr().unwrap().port(), Arc::new(AtomicBool::new(false)));
    let (mut running, is_open) = (JoinSet::new(), Arc::clone(&open));
    running.spawn(async move {
        loop {
            let (mut tcp, _) = listener.accept().await.unwrap();
            if is_open.load(Ordering::SeqCst) {
                let mut plain = TcpStream::connect(of).await.unwrap();
                tokio::io::copy_bidirectional(&mut tcp, &mut plain).await.ok();
            }
        }
    });
    (port, open, running)
}

fn figure(world: &World, name: &str) -> u64 {
    world.log_figures.counts().into_iter().find(|(of, ..)| *of == name).unwrap().2
}

async fn a_witness_that_was_away_is_asked_again_while_the_log_stands_still(mut world: World) {
    let Shop { owner, .. } = stocked(&world, "zaveri").await;
    let folder = tempfile::tempdir().unwrap();
    let (there, address) = witness(folder.path(), &log_key(&world, &owner).await, &world).await;
    let (port, open, _running) = cut_off(address).await;
    let known = WitnessAddress { url: WitnessUrl { port, ..there.url.clone() }, ..there };
    world.publisher.witnesses = Witnesses::new(vec![known], Roots::nobody());
    owner.make(&world, "/items", chain("W-1")).await;
    world.publish().await;
    let missed = checkpoint(&world, &owner).await;
    assert!(!is_cosigned(&missed) && figure(&world, "aurex_cosignatures_failed_total") > 0);

    // It comes back, and nothing is sold any more: the walk that comes by asks it for what it missed.
    open.store(true, Ordering::SeqCst);
    world.publish().await;
    let given = checkpoint(&world, &owner).await;
    assert_eq!(given.text(), missed.text(), "the log stood still");
    assert!(is_cosigned(&given), "{given}");

    // Whoever has cosigned is not asked for the same again.
    let asked = figure(&world, "aurex_cosignatures_total");
    world.publish().await;
    assert_eq!((asked, figure(&world, "aurex_cosignatures_total")), (1, 1));
}
