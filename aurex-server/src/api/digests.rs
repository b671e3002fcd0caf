//! What was unusual in a week, and who has reviewed it.

use aurex_core::audit::digest::Unusual;
use aurex_core::identity::actions::ReviewAudit;
use aurex_core::service::{DigestState, DigestView, digest, digests, review_digest};
use aurex_core::time::Date;
use poem_openapi::{Object, OpenApi, payload::Json};

use super::signed::{InPath, Signed};
use crate::http::answer::Page;
use crate::http::body::Leaves;
use crate::http::idempotency::IdempotencyKey;
use crate::http::problem::Problem;

/// Somebody has looked through a week's digest.
#[derive(Debug, Clone, Object)]
pub struct ReviewView {
    /// The member.
    pub by: String,
    /// When.
    pub at: String,
}

/// A week, and what has become of its digest.
#[derive(Debug, Clone, Object)]
pub struct WeekView {
    /// The week's Monday.
    pub week: String,
    /// When its digest was mailed to the owners.
    pub sent_at: Option<String>,
    /// Who has reviewed it, first to last.
    pub reviews: Vec<ReviewView>,
}

/// Something that the four weeks before had not.
#[derive(Debug, Clone, Object)]
pub struct UnusualView {
    /// `new_device`, `night_hours`, `taken_back`, `given_away`, `two_places` or `failed_sign_ins`.
    pub code: String,
    /// The member it is about.
    pub member_id: Option<String>,
    /// Their name.
    pub name: Option<String>,
    /// What the device calls itself.
    pub device: Option<String>,
    /// The first time.
    pub first_at: Option<String>,
    /// How often.
    pub count: Option<u64>,
    /// How often in a week before.
    pub usual: Option<u64>,
    /// How much was given away, in minor units of the workspace's currency.
    pub minor: Option<u64>,
    /// How much in a week before.
    pub usual_minor: Option<u64>,
}

/// A week in short.
#[derive(Debug, Clone, Object)]
pub struct WeekDigestView {
    /// The week's Monday.
    pub week: String,
    /// How many entries its log has.
    pub entries: u64,
    /// Whether all of them were looked at: of more than 200,000 in five weeks, the newest are.
    pub is_whole: bool,
    /// What stands out.
    pub unusual: Vec<UnusualView>,
    /// When its digest was mailed to the owners.
    pub sent_at: Option<String>,
    /// Who has reviewed it, first to last.
    pub reviews: Vec<ReviewView>,
}

impl From<DigestState> for WeekView {
    fn from(state: DigestState) -> Self {
        let reviews =
            state.reviews.iter().map(|(by, at)| ReviewView { by: by.to_string(), at: at.to_string() });
        Self {
            week: state.week.to_string(),
            sent_at: state.sent_at.map(|at| at.to_string()),
            reviews: reviews.collect(),
        }
    }
}

impl From<DigestView> for WeekDigestView {
    fn from(view: DigestView) -> Self {
        let names = view.names;
        let WeekView { week, sent_at, reviews } = view.state.into();
        let unusual = view.digest.unusual.into_iter().map(|one| UnusualView {
            name: one.member().and_then(|id| names.get(id).cloned()),
            ..UnusualView::from(one)
        });
        Self {
            week,
            entries: view.digest.entries,
            is_whole: view.is_whole,
            unusual: unusual.collect(),
            sent_at,
            reviews,
        }
    }
}

impl From<Unusual> for UnusualView {
    fn from(unusual: Unusual) -> Self {
        let mut view = Self {
            code: unusual.code().to_owned(),
            member_id: unusual.member().cloned(),
            name: None,
            device: None,
            first_at: None,
            count: None,
            usual: None,
            minor: None,
            usual_minor: None,
        };
        match unusual {
            Unusual::NewDevice { device, at, .. } => {
                view.device = device.as_deref().map(super::whereabouts::device);
                view.first_at = Some(at.to_string());
            }
            Unusual::NightHours { count, at, .. } => {
                view.count = Some(count);
                view.first_at = Some(at.to_string());
            }
            Unusual::TakenBack { count, usual, .. } | Unusual::FailedSignIns { count, usual } => {
                view.count = Some(count);
                view.usual = Some(usual);
            }
            Unusual::GivenAway { count, minor, usual_minor, .. } => {
                view.count = Some(count);
                view.minor = Some(minor);
                view.usual_minor = Some(usual_minor);
            }
            Unusual::TwoPlaces { count, .. } => view.count = Some(count),
        }
        view
    }
}

/// Weekly digests of the log.
pub struct Digests;

#[OpenApi]
impl Digests {
    /// Lists the last twelve weeks, the last week first: when its digest was mailed, and who has reviewed it.
    #[oai(path = "/:w/audit/digests", method = "get", operation_id = "listDigests")]
    async fn list(&self, w: Signed) -> Result<Json<Page<WeekView>>, Problem> {
        let weeks = w.check(digests(w.road(), w.scope()).await).await?;
        Ok(Json(Page { items: weeks.into_iter().map(WeekView::from).collect(), next: None }))
    }

    /// Says what was unusual in the week that began on a Monday, compared with the four weeks before: new devices, hours
    /// at night, documents taken back and discounts beyond somebody's habit, two places at once, failed sign-ins. The
    /// reading is itself recorded.
    #[oai(path = "/:w/audit/digests/:week", method = "get", operation_id = "showDigest")]
    async fn show(&self, w: Signed, week: InPath<Date>) -> Result<Json<WeekDigestView>, Problem> {
        Ok(Json(w.check(digest(w.road(), w.scope(), *week).await).await?.into()))
    }

    /// Records that one has looked through a week's digest. Doing so twice changes nothing.
    #[oai(path = "/:w/audit/digests/:week/review", method = "post", operation_id = "reviewDigest")]
    async fn review(
        &self,
        w: Signed,
        week: InPath<Date>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
    ) -> Result<Json<WeekView>, Problem> {
        w.may::<ReviewAudit>().await?;
        let presented = w.presented_for(&key, &Leaves::default(), &week.to_string());
        let done = review_digest(w.road(), w.scope(), presented.as_ref(), *week).await;
        Ok(Json(w.check(done).await?.value.into()))
    }
}
