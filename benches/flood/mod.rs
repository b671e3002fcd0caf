//! Rooms of the bench `flood`: the server behind a real socket, the people who work, the flood.

#[path = "../issue/figures.rs"]
#[expect(dead_code, reason = "this bench needs a part of what others print with")]
pub mod figures;
pub mod server;
pub mod telling;
pub mod wire;
pub mod work;
pub mod wrong;
