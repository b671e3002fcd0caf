//! The log as somebody sees it who does not trust the server: over HTTP, with the log's keys and nothing else.

use std::net::SocketAddr;

use aurex_core::audit::Entry;
use aurex_core::audit::checkpoint::Checkpoint;
use aurex_core::audit::note::{SignatureKind, SignedNote, VerifierKey};
use aurex_core::audit::receipt::TlogProof;
use aurex_core::audit::tile::{Tile, TilePlan, Tiler, entries_in};
use aurex_core::audit::tree::{Hash, leaf_hash};
use aurex_core::audit::witness::AddCheckpoint;
use aurex_server::config::{WitnessAddress, WitnessUrl};
use aurex_server::mail::Roots;
use aurex_server::ops::publisher::Witnesses;
use aurex_server::ops::witness::{Witness, serve_on};
use poem::listener::{Acceptor as _, Listener as _, TcpListener};

use crate::client::{Call, Person};
use crate::shop::{Shop, chain, inr, join, stocked};
use crate::world::{World, on_every_store};

on_every_store!(
    a_log_is_copied_and_verified_with_nothing_but_its_keys,
    p31_a_receipt_is_verified_without_a_server,
    the_link_on_a_bill_says_recorded_and_unchanged,
    a_witness_cosigns_what_grew_and_refuses_what_was_rewritten,
);

pub async fn keys(world: &World, who: &Person) -> Vec<VerifierKey> {
    let keys = who.read(world, "/log/keys").await;
    let keys = keys["keys"].as_array().unwrap().iter();
    keys.map(|key| key.as_str().unwrap().parse().unwrap()).collect()
}

pub async fn checkpoint(world: &World, who: &Person) -> SignedNote {
    let answer = who.send(world, &Call::get("/log/checkpoint")).await;
    answer.expect(200);
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
    answer.text.parse().unwrap()
}

async fn got(world: &World, who: &Person, path: &str) -> Vec<u8> {
    let answer = who.send(world, &Call::get(path)).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    assert_eq!(answer.header("content-type"), Some("application/octet-stream"), "{path}");
    answer.bytes
}

async fn a_log_is_copied_and_verified_with_nothing_but_its_keys(world: World) {
    let Shop { owner, .. } = stocked(&world, "zaveri").await;
    let opened = checkpoint(&world, &owner).await;
    let keys = keys(&world, &owner).await;
    let Checkpoint { origin, size, root } = Checkpoint::open(&opened, &keys).unwrap().checkpoint;
    assert!(origin.as_str().starts_with("shops.example/log/"));
    assert!(!origin.as_str().contains("zaveri"), "the name says nothing");

    let mut leaves: Vec<Hash> = Vec::new();
    for bundle in aurex_core::audit::tile::bundles_of(size) {
        let bytes = got(&world, &owner, &format!("/log/{bundle}")).await;
        leaves.extend(entries_in(&bytes).unwrap().into_iter().map(Entry::leaf));
    }
    assert!(origin.is_of(&leaves[0]));
    let mut tiler = Tiler::default();
    let mut tiles: Vec<Tile> = leaves.iter().flat_map(|leaf| tiler.push(*leaf)).collect();
    tiles.extend(tiler.edge());
    for tile in &tiles {
        assert_eq!(got(&world, &owner, &format!("/log/{}", tile.id())).await, tile.to_bytes());
    }
    let bring = |id| tiles.iter().find(|tile| tile.id() == id).cloned();
    assert_eq!(TilePlan::root(size).hashes(bring).unwrap(), [root]);

    // What is not there, not written as a tile, or not asked for properly.
    for path in [
        "/log/tile/0/001",
        "/log/tile/0/000",
        "/log/tile/1/000.p/1",
        "/log/tile/0/0",
        "/log/tile/entries/007",
        "/log/tile/9/000",
        "/log/tile/0/000.p/1/2",
        "/log/tile/0/..%2f000",
    ] {
        let answer = owner.send(&world, &Call::get(path)).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text);
    }
    let asked = owner.send(&world, &Call::get("/log/tile/0/000.p/1?x=1")).await;
    asked.expect_problem(422, "query.invalid");
    let posted = owner.send(&world, &Call::post("/log/tile/0/000.p/1", &inr(1))).await;
    assert_eq!(posted.status, 405, "{}", posted.text);

    // Nobody else's, and nobody's who may not.
    let Shop { owner: other, .. } = stocked(&world, "rupa-jewels").await;
    let mine = tiles[0].id();
    let theirs = Person { slug: owner.slug.clone(), ..other.clone() };
    assert_eq!(theirs.send(&world, &Call::get(format!("/log/{mine}"))).await.status, 401);
    let (_, cashier) = join(&world, &owner, "asha", "cashier").await;
    for path in ["/log/checkpoint".to_owned(), format!("/log/{mine}"), "/log/tile/entries/000.p/1".to_owned()]
    {
        cashier.send(&world, &Call::get(path)).await.expect_problem(403, "access.forbidden");
    }
}

async fn p31_a_receipt_is_verified_without_a_server(world: World) {
    let Shop { owner, invoice, .. } = stocked(&world, "zaveri").await;
    let keys = keys(&world, &owner).await;
    let receipt = owner.read(&world, "/audit/3/receipt").await;
    let bytes = receipt["entry"].as_str().unwrap();
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    let bytes: Vec<u8> = bytes.as_bytes().chunks(2).map(pair).collect();
    let proof: TlogProof = receipt["proof"].as_str().unwrap().parse().unwrap();
    assert!(proof.verify(Entry::leaf(&bytes), &keys).is_ok());
    let mut altered = bytes.clone();
    *altered.last_mut().unwrap() ^= 1;
    assert!(proof.verify(Entry::leaf(&altered), &keys).is_err());
    let shown = owner.read(&world, "/audit/3").await;
    assert_eq!((&shown["seq"], &shown["leaf_hash"]), (&receipt["seq"], &receipt["leaf_hash"]));

    // A bill made now has its proof with the next checkpoint.
    let bill = owner.read(&world, &format!("/invoices/{invoice}/receipt")).await;
    assert!(bill["proof"].is_string() && bill["entry"].is_null());
    let seq = owner.read(&world, "/audit").await["items"][0]["seq"].as_u64().unwrap();
    owner.make(&world, "/items", chain("G-9")).await;
    let fresh = format!("/audit/{}/receipt", seq + 1);
    owner.send(&world, &Call::get(&fresh)).await.expect_problem(409, "audit.not_published");
    world.publish().await;
    owner.send(&world, &Call::get(&fresh)).await.expect(200);
    owner.send(&world, &Call::get("/audit/99999/receipt")).await.expect_problem(404, "resource.unknown");
}

async fn the_link_on_a_bill_says_recorded_and_unchanged(world: World) {
    let Shop { owner, invoice, .. } = stocked(&world, "zaveri").await;
    let (_, cashier) = join(&world, &owner, "asha", "cashier").await;
    let receipt = cashier.read(&world, &format!("/invoices/{invoice}/receipt")).await;
    let link = receipt["link"].as_str().unwrap();
    let path = link.strip_prefix(crate::world::ORIGIN).unwrap();
    let page = world.page(path).await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(page.text.contains("Recorded and unchanged") && page.text.contains("signed and published"));
    // Neither the shop, nor how much it has written, nor what the bill says.
    let seq = receipt["seq"].as_u64().unwrap().to_string();
    assert!(!path.split('/').any(|part| part == seq));
    for told in ["Zaveri", "Asha", &invoice] {
        assert!(!page.text.contains(told), "{told}");
    }
    let (before, leaf) = path.rsplit_once('/').unwrap();
    let other = leaf_hash(leaf.as_bytes());
    for wrong in [
        format!("{before}/{other}"),
        format!("{before}/{}", leaf.split_at(1).1),
        path.replace("/recorded/", "/recorded/0"),
        path.replace("/zaveri/", "/nobody-here/"),
        path.replace("/zaveri/", "/A/"),
    ] {
        let page = world.page(&wrong).await;
        assert_eq!(page.status, 404, "{wrong}");
        assert!(page.text.contains("Not found"), "{wrong}");
    }
    let strict = page.header("content-security-policy").unwrap();
    assert!(!strict.contains("unsafe"));
}

/// A witness in this process, on a port of its own.
pub async fn witness(
    folder: &std::path::Path,
    log: &VerifierKey,
    world: &World,
) -> (WitnessAddress, SocketAddr) {
    let mut witness = Witness::open(folder, Some("witness.example"), |bytes| bytes.fill(9)).unwrap();
    witness.add_log(log.clone()).unwrap();
    let key = witness.key().clone();
    let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.unwrap();
    let address = *acceptor.local_addr()[0].as_socket_addr().unwrap();
    tokio::spawn(serve_on(acceptor, witness, world.clock.clone()));
    let url =
        WitnessUrl { tls: false, host: "127.0.0.1".to_owned(), port: address.port(), path: String::new() };
    (WitnessAddress { key, url }, address)
}

async fn asked(address: SocketAddr, body: &str) -> (u16, String) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut wire = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!(
        "POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    wire.write_all(request.as_bytes()).await.unwrap();
    let mut heard = String::new();
    wire.read_to_string(&mut heard).await.unwrap();
    let (head, body) = heard.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

async fn a_witness_cosigns_what_grew_and_refuses_what_was_rewritten(mut world: World) {
    let Shop { owner, .. } = stocked(&world, "zaveri").await;
    let logs = keys(&world, &owner).await;
    let log = logs.iter().find(|key| key.kind() == SignatureKind::Log);
    let folder = tempfile::tempdir().unwrap();
    let (known, address) = witness(folder.path(), log.unwrap(), &world).await;
    world.publisher.witnesses = Witnesses::new(vec![known.clone()], Roots::nobody());
    let mut sizes = Vec::new();
    for tag in ["W-1", "W-2"] {
        owner.make(&world, "/items", chain(tag)).await;
        world.publish().await;
        let all: Vec<VerifierKey> = logs.iter().cloned().chain([known.key.clone()]).collect();
        let note = checkpoint(&world, &owner).await;
        let opened = Checkpoint::open(&note, &all).unwrap();
        assert!(opened.cosignatures().any(|by| by.key.name() == "witness.example"), "{note}");
        sizes.push(opened.checkpoint.size);
    }
    assert!(sizes[1] > sizes[0]);

    // Another process of ours knows nothing of what the witness knows, and learns it.
    world.publisher.witnesses = Witnesses::new(vec![known.clone()], Roots::nobody());
    owner.make(&world, "/items", chain("W-3")).await;
    world.publish().await;
    let note = checkpoint(&world, &owner).await;
    assert!(note.signatures().iter().any(|by| by.name() == "witness.example"), "{note}");

    // Whoever has the log's keys can sign another history, but not have it cosigned.
    let opened = Checkpoint::from_text(note.text()).unwrap();
    let ring = world.ring();
    let forged = aurex_core::identity::keys::CheckpointKeys::for_log(&ring, &opened.origin).unwrap();
    let rewritten =
        Checkpoint { size: opened.size, root: leaf_hash(b"another history"), origin: opened.origin.clone() };
    let same_size = AddCheckpoint { old: opened.size, proof: Vec::new(), note: forged.sign(&rewritten) };
    assert_eq!(asked(address, &same_size.to_string()).await.0, 422);
    let longer = Checkpoint { size: opened.size + 1, ..rewritten };
    let longer = forged.sign(&longer);
    let grown = AddCheckpoint { old: opened.size, proof: vec![leaf_hash(b"x")], note: longer.clone() };
    assert_eq!(asked(address, &grown.to_string()).await.0, 422);
    let (status, newest) =
        asked(address, &AddCheckpoint { old: 0, proof: Vec::new(), note: longer }.to_string()).await;
    assert_eq!((status, newest), (409, format!("{}\n", opened.size)));
    assert_eq!(asked(address, "nonsense").await.0, 400);

    // It is on disk: opened again, it has not forgotten.
    let mut again = Witness::open(folder.path(), None, |_| unreachable!("there is a key")).unwrap();
    assert_eq!(again.key(), &known.key);
    assert_eq!(again.logs().map(|(_, size)| size).collect::<Vec<_>>(), [opened.size]);
    assert!(again.cosign(&same_size.to_string(), 1).is_err());
    assert!(again.add_log(known.key).is_err(), "a witness is no log");
}
