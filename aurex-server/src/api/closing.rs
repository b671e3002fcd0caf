//! Closing the books: the lock.

use aurex_core::service::shop;
use aurex_core::shop::actions::{LockBooks, UnlockBooks};
use aurex_core::text::Note;
use aurex_core::time::Date;
use poem_openapi::{Object, OpenApi, payload::Json};

use super::signed::Signed;
use crate::http::body::{Body, request};
use crate::http::problem::Problem;

request! {
    /// Through which day the books are locked.
    pub struct BooksLockBody {
        /// The last day that takes no entries any more; not after today.
        through: Date,
    }
}

request! {
    /// How far the lock goes back, and why.
    pub struct BooksUnlockBody {
        /// The last day that stays locked; left out, nothing does.
        through: Option<Date>,
        /// Why.
        reason: Note,
    }
}

/// The books' lock.
#[derive(Debug, Clone, Object)]
pub struct BooksLockView {
    /// The last day that takes no entries any more; null while all do.
    pub locked_through: Option<String>,
}

impl From<Option<Date>> for BooksLockView {
    fn from(through: Option<Date>) -> Self {
        Self { locked_through: through.map(|day| day.to_string()) }
    }
}

/// Closing the books.
pub struct Closing;

#[OpenApi]
impl Closing {
    /// Shows through which day the books are locked.
    #[oai(path = "/:w/books/lock", method = "get", operation_id = "showBooksLock")]
    async fn show(&self, w: Signed) -> Result<Json<BooksLockView>, Problem> {
        Ok(Json(w.check(shop::books_lock(w.road(), w.scope()).await).await?.into()))
    }

    /// Locks the books through a day: whatever would post on it or before it, and whatever would cancel a document of
    /// those days, is refused with `books.locked` from now on. Locking through the same day again changes nothing.
    #[oai(path = "/:w/books/lock", method = "post", operation_id = "lockBooks")]
    async fn lock(&self, w: Signed, body: Body<BooksLockBody>) -> Result<Json<BooksLockView>, Problem> {
        w.may::<LockBooks>().await?;
        let through = body.into_inner().through;
        Ok(Json(w.check(shop::lock_books(w.road(), w.scope(), through).await).await?.value.into()))
    }

    /// Moves the lock back to an earlier day, or takes it away. The owner's alone, with a reason that the log keeps; needs a
    /// fresh proof.
    #[oai(path = "/:w/books/unlock", method = "post", operation_id = "unlockBooks")]
    async fn unlock(&self, w: Signed, body: Body<BooksUnlockBody>) -> Result<Json<BooksLockView>, Problem> {
        w.may::<UnlockBooks>().await?;
        let BooksUnlockBody { through, reason } = body.into_inner();
        let done = w.check(shop::unlock_books(w.road(), w.scope(), through, reason).await).await?;
        Ok(Json(done.value.into()))
    }
}
