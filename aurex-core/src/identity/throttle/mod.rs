//! How often somebody may try a password.
//!
//! Four counts stand in a stranger's way, each against another attack:
//!
//! | bucket | against | burst | then one every | in the worst hour |
//! |---|---|---|---|---|
//! | account: this address in this workspace | guessing one password | 8 | 5 min | 20 |
//! | address: IPv4 address or IPv6 /64 | trying many accounts from one place | 30 | 20 s | 210 |
//! | workspace | a botnet trying many accounts of a shop | 300 | 3 s | 1500 |
//! | person: this address in any workspace | trying one person's password shop by shop | 16 | 150 s | 40 |
//!
//! A *known device* (one from which this member signed in before, and which proves it with a [secret
//! cookie](DeviceCookie)) answers to none of these. It has a bucket of its own, 10 and then one a minute, which nobody
//! else can spend. So a stranger can make other strangers wait, and never somebody on a known device: a lock-out is an
//! attack too. What is left: while an attack on an account lasts, its holder competes with the attacker for the tries
//! on a *new* device. Nobody is ever told to wait longer than 5 minutes.
//!
//! **The figure**: without a known device, nobody gets more than 20 guesses an hour at one account, 296 a day (8 more
//! each time its holder signs in from a new device, which empties the account's bucket). A password that is not among
//! the first ten thousand of a good guesser's list holds for more than a month, and the log tells long before.
//!
//! **Order.** A guess is charged before the password is hashed, in the same step that reads the bucket: a hundred
//! guesses at once are a hundred guesses, and a refusal costs no hash. A refused guess charges nothing, so
//! hammering does not lengthen the wait. Success empties the account's or the device's own bucket and hands
//! back its own charge to the others: an address full of cashiers is never slow in the morning, while signing in to an
//! account of one's own buys no guesses at another.

mod bucket;
mod device;
mod key;
mod sign_in;

pub use bucket::{Bucket, Decision, ThrottlePolicy, ThrottlePolicyError, decide};
pub use device::{DeviceCookie, DeviceKeys, DeviceNonce};
pub use key::{BucketKey, ThrottleKeys};
pub use sign_in::{Buckets, SignInPolicies, StrangerBuckets, decide_sign_in};
