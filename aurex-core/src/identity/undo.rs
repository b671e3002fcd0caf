//! How what the workspace's own actions did is taken back.

use crate::rbac::Undo;

const LETTER: &str = "a letter that was sent is not called back";
const AGAIN: &str = "the entry of each time stays in the log";

/// A row for each of the kernel's actions that change something.
pub const UNDOS: &[Undo] = &[
    Undo::never("workspace.open", "it is the log's first entry, and nothing comes before it"),
    Undo::by("session.open", "session.close", "what was done in the session has its own undo"),
    Undo::by("session.close", "session.open", "a session of its own, with a token of its own"),
    Undo::by("session.step_up", "session.close", "it lapses by itself before that"),
    Undo::again("password.change", "the password before is not put back: it is not kept"),
    Undo::by("password.reset", "password.change", "the one-time password is gone with its first use"),
    Undo::never("link.request", LETTER),
    Undo::never("link.use", "a link is used once; what it set or opened has its own undo"),
    Undo::by("second_factor.add", "second_factor.change", "the seed is not kept"),
    Undo::by("second_factor.change", "second_factor.add", "the seed is another"),
    Undo::by("second_factor.reset", "second_factor.add", "its owner sets up another"),
    Undo::again("pin.set", "the number before is not kept"),
    Undo::again("till.change", "a device that was revoked is enrolled anew"),
    Undo::by(
        "member.add",
        "member.change",
        "a member is disabled and never removed: their name stands in the log",
    ),
    Undo::again("member.change", AGAIN),
    Undo::never("member.send_reset", LETTER),
    Undo::by("member.sign_out", "session.open", "they sign in again"),
    Undo::by("member.sign_out_everybody", "session.open", "each signs in again"),
    Undo::again("custom_role.change", AGAIN),
    Undo::by("approval.request", "approval.decide", "refused, or left to lapse"),
    Undo::never("approval.decide", "it is said once; what it let happen has its own undo"),
    Undo::by("api_token.create", "api_token.revoke", "what the token did has its own undo"),
    Undo::by("api_token.revoke", "api_token.create", "a token of its own, with a secret of its own"),
    Undo::again("settings.change", AGAIN),
    Undo::again("contact.change", AGAIN),
    Undo::by("contact.verify", "contact.change", "an address set anew is unproved"),
    Undo::by("contact.tend", "contact.verify", "proving the address takes the mark off it"),
    Undo::again("billing.change", AGAIN),
    Undo::again("plan.change", AGAIN),
    Undo::never("audit.review", "it says that somebody has looked"),
    Undo::never("audit.digest", LETTER),
    Undo::never("personal.erase", "what is erased is gone for good: that is what was asked for"),
    Undo::never("personal.expire", "what is erased is gone for good: its time was over"),
    Undo::never("workspace.export", "what has left the house is not called back"),
    Undo::never("workspace.export_ready", "it says what was made"),
    Undo::by("workspace.leave", "workspace.arrive", "copied back, with what was done where it was"),
    Undo::by("workspace.arrive", "workspace.leave", "copied back, with what was done here"),
    Undo::by("workspace.delete", "workspace.keep", "as long as it has not ended; then nothing is left of it"),
    Undo::by("workspace.keep", "workspace.delete", "asked and approved anew, with a month of its own"),
    Undo::never("workspace.remind", LETTER),
    Undo::never("audit.export", "what has left the house is not called back"),
    Undo::never("audit.export_ready", "it says what was made"),
    Undo::never("audit.collect", "it says what was observed"),
    Undo::by("member.retire", "member.change", "enabled again, with a later last day"),
    Undo::never("api_token.remind", LETTER),
];
