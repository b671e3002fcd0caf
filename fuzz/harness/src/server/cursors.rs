//! Cursors: where a page ended, sealed.

use std::sync::LazyLock;

use aurex_server::{
    api::fuzzing::POSITIONS,
    http::{
        body::{Decode as _, Errors, Node},
        cursor::{CursorKey, CursorScope},
        paging::After,
    },
};

use crate::bytes::Bytes;

static KEY: LazyLock<CursorKey> = LazyLock::new(|| CursorKey::new([7; 32]));
const LONGEST_POSITION: usize = 256;
const LONGEST_CURSOR: usize = 512;

/// Three bytes that choose, then a position or a text.
///
/// A sealed position opens where it was sealed, and nowhere else; a text opens exactly when sealing what it opens to
/// gives that very text, so nothing that was not made here opens. Whatever a list accepts as a position is written
/// as it was read.
pub fn cursors(data: &[u8]) {
    let mut bytes = Bytes(data);
    let (cut, place, with) = (bytes.u8(), bytes.u8(), bytes.u8());
    let rest = bytes.0;

    // The scope's parts out of the input itself, cut at two places.
    let (workspace, list) = rest.split_at(usize::from(cut & 15).min(rest.len()));
    let (list, filter) = list.split_at(usize::from(cut >> 4).min(list.len()));
    let list = String::from_utf8_lossy(list);
    let here = CursorScope { workspace, list: &list, filter };

    let Some(sealed) = KEY.seal(here, rest) else {
        assert!(rest.len() > LONGEST_POSITION);
        return;
    };
    assert!(rest.len() <= LONGEST_POSITION && sealed.len() <= LONGEST_CURSOR);
    assert!(KEY.open(here, &sealed).is_ok_and(|position| position == rest));
    let parameter = After::decode(&Node::Parameter(sealed.clone()), &mut Errors::new());
    assert!(parameter.is_some_and(|after| after.as_str() == sealed), "a list takes the cursors it gives");
    let longer = format!("{list}.");
    let elsewhere = [
        CursorScope { workspace: rest, ..here },
        CursorScope { list: &longer, ..here },
        CursorScope { filter: b"another", ..here },
        CursorScope { workspace: filter, list: &list, filter: workspace },
    ];
    for scope in elsewhere {
        let is_here = (scope.workspace, scope.list, scope.filter) == (workspace, &*list, filter);
        assert_eq!(KEY.open(scope, &sealed).is_ok(), is_here);
    }

    // The same with one character replaced, and any text at all.
    let mut mangled = sealed.clone().into_bytes();
    let at = usize::from(place) % mangled.len();
    if let Some(character) = mangled.get_mut(at) {
        *character = with;
    }
    for text in [mangled.as_slice(), rest] {
        let Ok(text) = std::str::from_utf8(text) else { continue };
        if let Ok(position) = KEY.open(here, text) {
            assert_eq!(KEY.seal(here, &position).as_deref(), Some(text));
            assert_eq!(text, sealed, "it opens, and was not made");
        }
        let taken = After::decode(&Node::Parameter(text.to_owned()), &mut Errors::new()).is_some();
        let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        assert_eq!(taken, (1..=LONGEST_CURSOR).contains(&text.len()) && text.bytes().all(is_safe));
    }

    for rewritten in POSITIONS {
        assert!(rewritten(rest).is_none_or(|again| again == rest));
    }
}
