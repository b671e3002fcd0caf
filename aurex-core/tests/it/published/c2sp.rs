//! The examples that C2SP's specifications print: <https://c2sp.org>, the files named at each. They come without keys, so
//! that they are read and printed; notes and signatures are checked in `aurex_core::audit::note` with the example that has
//! one. That of tlog-proof is cut short where its signatures stand, and its extra data is no base64: it shows no byte.

use aurex_core::audit::checkpoint::Checkpoint;
use aurex_core::audit::note::SignedNote;
use aurex_core::audit::tile::{EntriesId, TileId};
use aurex_core::audit::witness::AddCheckpoint;

const CHECKPOINT: &str =
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
const BY_THE_LOG: &str = "\u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";

fn is_the_checkpoint(note: &SignedNote) {
    assert_eq!(note.text(), CHECKPOINT);
    let read = Checkpoint::from_text(note.text()).unwrap();
    assert_eq!((read.origin.as_str(), read.size), ("example.com/behind-the-sofa", 20_852_163));
    assert_eq!(note.signatures()[0].name(), "example.com/behind-the-sofa");
}

/// tlog-checkpoint.md, section "Introduction".
#[test]
fn the_example_of_a_checkpoint_is_read_and_printed() {
    let text = format!("{CHECKPOINT}\n{BY_THE_LOG}");
    let note: SignedNote = text.parse().unwrap();
    is_the_checkpoint(&note);
    assert_eq!(note.to_string(), text);
}

/// tlog-cosignature.md, section "Introduction"; the time is the one in its section "Format".
#[test]
fn the_example_of_a_cosigned_checkpoint_is_read_with_its_time() {
    let witness = "\u{2014} witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
    let text = format!("{CHECKPOINT}\n{BY_THE_LOG}{witness}");
    let note: SignedNote = text.parse().unwrap();
    is_the_checkpoint(&note);
    assert_eq!(note.to_string(), text);
    let [_, cosignature] = note.signatures() else { panic!("{text}") };
    assert_eq!(cosignature.name(), "witness.example.com/w1");
    let printed = cosignature.to_string();
    let bytes =
        base64::Engine::decode(&base64::prelude::BASE64_STANDARD, printed.rsplit(' ').next().unwrap());
    // Four bytes of the key's id, eight of the time, 64 of the signature.
    let bytes = bytes.unwrap();
    assert_eq!((bytes.len(), &bytes[4..12]), (76, &1_679_315_147_u64.to_be_bytes()[..]));
}

/// tlog-witness.md, section "add-checkpoint".
#[test]
fn the_example_of_a_request_to_a_witness_is_read_and_printed() {
    let again = "\u{2014} example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=\n";
    let text = format!(
        "old 20852014\n\
         PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n\
         jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n\
         5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n\
         /6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n\n\
         {CHECKPOINT}\n{BY_THE_LOG}{again}"
    );
    let request: AddCheckpoint = text.parse().unwrap();
    assert_eq!((request.old, request.proof.len()), (20_852_014, 4));
    is_the_checkpoint(&request.note);
    assert_eq!(request.note.signatures().len(), 2, "two keys of one name");
    assert_eq!(request.to_string(), text);
}

/// tlog-witness.md, the answers behind the request: a note of the same text and each line reads.
#[test]
fn the_examples_of_a_witness_s_answers_are_read() {
    for line in [
        "\u{2014} witness.example/w1 CMp+6LWBU0anHGH5aNDTJkH/gj79sG+T6+iP2ThYN5krrDJbR1HDnucjL39QsZTSvVjyQLrdk3DXDqI5G2HgLatVs0pWh6Up69HVOw==\n",
        "\u{2014} witness.example/w1 I7rEps0pvK2UqkS2gSpVUDhrhVtQV9lgF6pRrWAvjJHjyWpW7VcE3SiOlVlbQNt64vWhO+DlkL0+UfzuOBMh9ChdMkP1vi/lCAsmlw==\n",
        "\u{2014} witness.example/w2 AWui8Sk55XjYLOijihBjhqEH6nS1ndDymE0a+6idX7pLcnoB+dhnz0854aLZgrrKbYKA7nC3HNJhm/kWl7oJlqU3rXXvpysAdyP3wQ==\n",
    ] {
        let text = format!("{CHECKPOINT}\n{BY_THE_LOG}{line}");
        let note: SignedNote = text.parse().unwrap();
        assert_eq!((note.signatures().len(), note.to_string()), (2, text));
    }
}

/// tlog-tiles.md, section "Merkle Tree": the path of tile 1234067, and the tiles of trees of 256 and 70,000 leaves.
#[test]
fn the_examples_of_tiles_have_their_paths() {
    let tile = TileId::new(0, 1_234_067, 256).unwrap();
    assert_eq!(tile.to_string(), "tile/0/x001/x234/067");
    assert_eq!("tile/0/x001/x234/067".parse(), Ok(tile));
    let entries = EntriesId::new(1_234_067, 256).unwrap();
    assert_eq!(entries.to_string(), "tile/entries/x001/x234/067");
    let of = |size| aurex_core::audit::tile::tiles_of(size).collect::<Vec<TileId>>();
    let count = |size, level, full| {
        of(size).into_iter().filter(|tile| tile.level() == level && tile.is_full() == full).count()
    };
    assert_eq!([count(70_000, 0, true), count(70_000, 0, false), count(70_000, 1, true)], [273, 1, 1]);
    assert_eq!([count(70_000, 1, false), count(70_000, 2, false)], [1, 1]);
    assert_eq!([count(256, 0, true), count(256, 1, false)], [1, 1]);
}
