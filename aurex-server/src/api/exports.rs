//! Exports of the log: ordered here, written down by the process, fetched as a file.

use aurex_core::identity::actions::{ExportAudit, ExportWorkspace, ReadAudit};
use aurex_core::service::{During, ExportWish, ask_export, note_download};
use aurex_core::tenancy::ExportId;
use aurex_core::time::{FinancialYear, Timestamp};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use poem::http::{HeaderValue, StatusCode, header};
use poem::{Body as PoemBody, IntoResponse, Request, Response};
use poem_openapi::registry::{
    MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry,
};
use poem_openapi::types::Type as _;
use poem_openapi::{
    ApiResponse, Object, OpenApi,
    payload::{Json, PlainText},
};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

use super::signed::{InPath, Signed};
use crate::export::{ExportForm, NoRoom, Printer, Progress, SpoolError, Spooled};
use crate::http::answer::Page;
use crate::http::body::{Body, Int, request};
use crate::http::problem::{Code, FieldCode, Problem};

request! {
    /// An order of an export. Without a time it is the whole log up to now.
    pub struct NewExportBody {
        /// The form.
        format: ExportForm,
        /// Entries made at this instant or later.
        from: Option<Timestamp>,
        /// Entries made before this instant.
        to: Option<Timestamp>,
        /// In the place of both: the calendar year in whose April an Indian financial year starts, 2026 for 2026-27. The
        /// form `fiscal-year` needs it.
        financial_year: Option<Int<2000, 9998>>,
    }
}

/// An export of the log.
#[derive(Debug, Clone, Object)]
pub struct ExportView {
    /// The id.
    pub id: String,
    /// The form.
    pub format: String,
    /// `writing`, `ready` or `failed`.
    pub state: String,
    /// When it was ordered.
    pub asked_at: String,
    /// The place of the first entry in the log.
    pub first: u64,
    /// The place behind the last entry.
    pub end: u64,
    /// How many entries are written down.
    pub written: u64,
    /// How many there are.
    pub entries: u64,
    /// How long the file is so far.
    pub bytes: u64,
    /// The whole file's SHA-256 in hexadecimal, as the log has it, once it is ready.
    pub sha256: Option<String>,
    /// Why it failed.
    pub failed: Option<String>,
}

impl From<Progress> for ExportView {
    fn from(progress: Progress) -> Self {
        let state = match (&progress.failed, progress.is_ready) {
            (Some(_), _) => "failed",
            (None, true) => "ready",
            (None, false) => "writing",
        };
        let entries = progress.order.entries;
        Self {
            id: progress.order.id,
            format: progress.order.form,
            state: state.to_owned(),
            asked_at: Timestamp::from_micros(progress.order.asked_at).to_string(),
            first: entries.start,
            end: entries.end,
            written: progress.next.saturating_sub(entries.start),
            entries: entries.end.saturating_sub(entries.start),
            bytes: progress.bytes,
            sha256: progress.sha256.filter(|_| progress.is_ready),
            failed: progress.failed,
        }
    }
}

/// 202: it will be written down.
pub struct Ordered(ExportView);

impl IntoResponse for Ordered {
    fn into_response(self) -> Response {
        Json(self.0).with_status(StatusCode::ACCEPTED).into_response()
    }
}

impl ApiResponse for Ordered {
    fn meta() -> MetaResponses {
        let content_type = "application/json; charset=utf-8";
        let content = vec![MetaMediaType { content_type, schema: ExportView::schema_ref() }];
        answered(202, "It will be written down.", content)
    }

    fn register(registry: &mut Registry) {
        ExportView::register(registry);
    }
}

/// An exported file, or the part of it that was asked for.
pub struct ExportedFile(Response);

impl IntoResponse for ExportedFile {
    fn into_response(self) -> Response {
        self.0
    }
}

impl ApiResponse for ExportedFile {
    fn meta() -> MetaResponses {
        let file = || {
            let schema = MetaSchema { format: Some("binary"), ..MetaSchema::new("string") };
            let schema = MetaSchemaRef::Inline(Box::new(schema));
            [
                "application/x-ndjson",
                "text/csv; charset=utf-8; header=present",
                "application/x-tar",
                "application/octet-stream",
            ]
            .into_iter()
            .map(|content_type| MetaMediaType { content_type, schema: schema.clone() })
            .collect()
        };
        let mut meta = answered(200, "The file.", file());
        meta.responses.extend(answered(206, "The part that `Range` asks for.", file()).responses);
        meta
    }

    fn register(_registry: &mut Registry) {}
}

fn answered(status: u16, description: &'static str, content: Vec<MetaMediaType>) -> MetaResponses {
    let headers = Vec::new();
    let response = MetaResponse { description, status: Some(status), status_range: None, content, headers };
    MetaResponses { responses: vec![response] }
}

fn during(body: &NewExportBody) -> Result<During, Problem> {
    if body.format == ExportForm::Bundle {
        // No part of a log proves anything.
        let beside = [
            ("/from", body.from.is_some()),
            ("/to", body.to.is_some()),
            ("/financial_year", body.financial_year.is_some()),
        ];
        if let Some((pointer, _)) = beside.into_iter().find(|(_, is_there)| *is_there) {
            return Err(Problem::new(Code::BodyInvalid).field(pointer, FieldCode::Unknown));
        }
    }
    let year = body.financial_year.and_then(|year| i32::try_from(year.get()).ok());
    match (year, body.from, body.to) {
        (None, ..) if body.format == ExportForm::FiscalYear => {
            Err(Problem::new(Code::BodyInvalid).field("/financial_year", FieldCode::Missing))
        }
        (None, from, to) => Ok(During::Span(from, to)),
        (Some(year), None, None) => Ok(During::Year(FinancialYear::starting_in(year))),
        (Some(_), from, _) => {
            let beside = if from.is_some() { "/from" } else { "/to" };
            Err(Problem::new(Code::BodyInvalid).field(beside, FieldCode::Unknown))
        }
    }
}

fn found(spooled: Result<Option<Spooled>, SpoolError>) -> Result<Spooled, Problem> {
    spooled.map_err(Problem::fault)?.ok_or_else(|| Problem::new(Code::ResourceUnknown))
}

/// The bytes that `Range` asks for of so many: from a place to the end or to another, or the last so many. What is asked
/// for in another way, or of another file than `If-Range` names, is answered with the whole (RFC 9110, 14.2). `Err` when
/// nothing of the file is in the range.
fn range(request: &Request, etag: &str, length: u64) -> Result<Option<(u64, u64)>, Problem> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    if header(header::IF_RANGE).is_some_and(|named| named != etag) {
        return Ok(None);
    }
    let wanted = header(header::RANGE).and_then(|range| range.strip_prefix("bytes=")?.split_once('-'));
    let Some((first, last)) = wanted else { return Ok(None) };
    let span = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => Some((first, last.saturating_add(1).min(length))),
        (Ok(first), Err(_)) if last.is_empty() => Some((first, length)),
        (Err(_), Ok(many)) if first.is_empty() => Some((length.saturating_sub(many), length)),
        _ => return Ok(None),
    };
    match span.filter(|(first, end)| first < end) {
        Some(span) => Ok(Some(span)),
        None => Err(Problem::new(Code::RangeUnsatisfiable)),
    }
}

/// Exports of the audit log.
pub struct Exports;

#[OpenApi]
impl Exports {
    /// Orders an export of the log, which the server writes down meanwhile. Needs a fresh proof; is itself an entry.
    ///
    /// One at a time for a workspace, and ten of one day. Ask for its progress until it is `ready`, then fetch its file
    /// within a day of ordering it. When it is ready the log has another entry, with the SHA-256 of the file.
    ///
    /// A `bundle` is the whole log up to its newest checkpoint, with its proof, as one archive: unpack it, and
    /// `aurex-server audit verify <folder>` or any program of one's own says whether it is what was signed.
    #[oai(path = "/:w/audit/exports", method = "post", operation_id = "orderExport")]
    async fn order(&self, w: Signed, body: Body<NewExportBody>) -> Result<Ordered, Problem> {
        w.may::<ExportAudit>().await?;
        let body = body.into_inner();
        let wish = ExportWish { format: body.format.as_str().to_owned(), during: during(&body)? };
        let place = w.app().exports.place(w.scope().tenant()).map_err(Problem::fault)?;
        let place = place.map_err(|NoRoom| {
            let soon = std::time::Duration::from_secs(60);
            Problem::new(Code::RateLimited).detail(NoRoom.to_string()).retry_after(soon)
        })?;
        let span = w.check(ask_export(w.road(), w.scope(), wish).await).await?;
        let printer = Printer { form: body.format, workspace: w.slug().to_owned(), zone: span.zone };
        let progress = place.order(span, &printer).map_err(Problem::fault)?;
        Ok(Ordered(progress.into()))
    }

    /// Lists the exports of the last day, oldest first.
    #[oai(path = "/:w/audit/exports", method = "get", operation_id = "listExports")]
    async fn list(&self, w: Signed) -> Result<Json<Page<ExportView>>, Problem> {
        w.may::<ReadAudit>().await?;
        let exports = w.app().exports.exports(w.scope().tenant()).map_err(Problem::fault)?;
        Ok(Json(Page { items: exports.into_iter().map(ExportView::from).collect(), next: None }))
    }

    /// Shows how far an export is.
    #[oai(path = "/:w/audit/exports/:id", method = "get", operation_id = "showExport")]
    async fn show(&self, w: Signed, id: InPath<ExportId>) -> Result<Json<ExportView>, Problem> {
        w.may::<ReadAudit>().await?;
        let spooled = found(w.app().exports.export(w.scope().tenant(), *id))?;
        Ok(Json(spooled.progress.into()))
    }

    /// Shows the note that goes beside the file of an export that is ready, as C2SP's signed-note: which log, the file's
    /// name, form, entries, length and SHA-256, and when it was made, signed with the log's key. `audit verify` checks a
    /// file against it.
    #[oai(path = "/:w/audit/exports/:id/note", method = "get", operation_id = "showExportNote")]
    async fn note(&self, w: Signed, id: InPath<ExportId>) -> Result<PlainText<String>, Problem> {
        w.may::<ReadAudit>().await?;
        let progress = found(w.app().exports.export(w.scope().tenant(), *id))?.progress;
        progress.note.filter(|_| progress.is_ready).map(PlainText).ok_or_else(not_ready)
    }

    /// Fetches the file of an export that is ready; an archive of the whole workspace only for an owner with a fresh proof.
    ///
    /// With `Range` a download that broke off goes on. Each fetching is
    /// recorded.
    #[oai(path = "/:w/audit/exports/:id/file", method = "get", operation_id = "fetchExport")]
    async fn fetch(
        &self,
        w: Signed,
        id: InPath<ExportId>,
        request: &Request,
    ) -> Result<ExportedFile, Problem> {
        w.may::<ReadAudit>().await?;
        let spooled = found(w.app().exports.export(w.scope().tenant(), *id))?;
        if spooled.progress.is_archive() {
            w.may::<ExportWorkspace>().await?;
        }
        let (name, media_type) = (spooled.progress.file_name(), spooled.progress.media_type());
        let Progress { bytes, sha256, is_ready, .. } = spooled.progress;
        let (Some(media_type), Some(digest), true) = (media_type, sha256, is_ready) else {
            return Err(not_ready());
        };
        let etag = format!("\"{digest}\"");
        let (first, end, status) = match range(request, &etag, bytes)? {
            Some((first, end)) => (first, end, StatusCode::PARTIAL_CONTENT),
            None => (0, bytes, StatusCode::OK),
        };
        let mut file = tokio::fs::File::open(&spooled.path).await.map_err(Problem::fault)?;
        file.seek(std::io::SeekFrom::Start(first)).await.map_err(Problem::fault)?;
        w.check(note_download(w.road(), w.scope(), *id).await).await?;
        let length = end.saturating_sub(first);
        let mut response = Response::builder()
            .status(status)
            .content_type(media_type)
            .header(header::CONTENT_LENGTH, length)
            .header(header::ACCEPT_RANGES, "bytes")
            .header(header::ETAG, etag)
            .header(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))
            .body(PoemBody::from_async_read(file.take(length)));
        if status == StatusCode::PARTIAL_CONTENT
            && let Ok(part) =
                HeaderValue::from_str(&format!("bytes {first}-{}/{bytes}", end.saturating_sub(1)))
        {
            response.headers_mut().insert(header::CONTENT_RANGE, part);
        }
        // RFC 9530: the digest of the whole, whatever part this is.
        if let Some(bytes) = bytes_of(&digest)
            && let Ok(value) = HeaderValue::from_str(&format!("sha-256=:{}:", STANDARD.encode(bytes)))
        {
            response.headers_mut().insert("repr-digest", value);
        }
        Ok(ExportedFile(response))
    }
}

fn not_ready() -> Problem {
    Problem::new(Code::StateConflict).detail("the export is not ready yet".to_owned())
}

fn bytes_of(hexadecimal: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> = hexadecimal.chars().filter_map(|digit| digit.to_digit(16)).collect();
    digits
        .chunks_exact(2)
        .map(|pair| u8::try_from(pair.iter().fold(0, |sum, digit| sum * 16 + digit)).ok())
        .collect()
}
