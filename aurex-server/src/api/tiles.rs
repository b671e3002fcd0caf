//! The tiles of the audit log, and its entries in bundles of 256, under the paths of C2SP's tlog-tiles.
//!
//! Their paths have as many parts as the log is long, which OpenAPI cannot say: the contract names them with the
//! checkpoint. Who asks is found out as everywhere, by [`Signed`].

use aurex_core::audit::tile::{EntriesId, TileId};
use aurex_core::service::ServiceError;
use aurex_core::service::transparency;
use poem::http::header;
use poem::{Endpoint, Request, RequestBody, Response, Result, endpoint::make};
use poem_openapi::{ApiExtractor, ExtractParamOptions};

use super::signed::Signed;
use crate::http::detach;
use crate::http::problem::{Code, FieldCode, Problem};
use crate::http::strict::QueryFault;

/// The path below a workspace. The workspace's part has the name by which [`Signed`] knows it.
pub const PATH: &str = "/:param0/log/tile/*place";

/// `GET …/log/tile/…`.
pub fn endpoint() -> impl Endpoint<Output = Response> {
    make(|request: Request| detach::contained(serve(request)))
}

async fn serve(mut request: Request) -> Result<Response> {
    if request.uri().query().is_some() {
        request.set_data(QueryFault(Problem::new(Code::QueryInvalid).parameter("", FieldCode::Unknown)));
    }
    let none = ExtractParamOptions {
        name: "w",
        default_value: None,
        example_value: None,
        explode: true,
        ignore_case: false,
        style: None,
    };
    let w = Signed::from_request(&request, &mut RequestBody::default(), none).await?;
    let path = format!("tile/{}", request.raw_path_param("place").unwrap_or_default());
    let (road, scope) = (w.road(), w.scope());
    let bytes = match (path.parse::<EntriesId>(), path.parse::<TileId>()) {
        (Ok(id), _) => transparency::entries(road, scope, id).await,
        (_, Ok(id)) => transparency::tile(road, scope, id).await,
        _ => Err(ServiceError::NotFound("tile")),
    };
    let bytes = w.check(bytes).await?;
    Ok(Response::builder().header(header::CONTENT_TYPE, "application/octet-stream").body(bytes))
}
