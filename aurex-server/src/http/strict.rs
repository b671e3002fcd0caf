//! An API that takes nothing it does not document.
//!
//! poem-openapi ignores query parameters that no operation names (a misspelt `?form=` would silently list everything),
//! answers a wrong method without the `Allow` that RFC 9110 requires, calls path parameters `param0` in the matched
//! pattern, and prints a path twice when two API structs share it. All four are mended here from the API's own
//! description, so there is no second list to keep.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, OnceLock},
};

use poem::{
    Endpoint, EndpointExt as _, PathPattern, Request, Response, Result,
    endpoint::{BoxEndpoint, make_sync},
    http::Method,
};
use poem_openapi::{
    OpenApi,
    registry::{MetaApi, MetaParamIn, MetaPath, Registry},
};

use super::{
    detach,
    parameter::pairs,
    problem::{Code, FieldCode, Problem},
};

/// Every method of RFC 9110 and RFC 5789 but `HEAD`, which the router answers from `GET`, and `CONNECT`.
const METHODS: [Method; 7] =
    [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS, Method::TRACE];

/// Wraps the whole of an API (all its structs, as one tuple).
pub struct Strict<T>(pub T);

impl<T: OpenApi> OpenApi for Strict<T> {
    fn meta() -> Vec<MetaApi> {
        let mut paths: BTreeMap<String, MetaPath> = BTreeMap::new();
        for path in T::meta().into_iter().flat_map(|api| api.paths) {
            paths
                .entry(path.path.clone())
                .or_insert_with(|| MetaPath { path: path.path, operations: Vec::new() })
                .operations
                .extend(path.operations);
        }
        vec![MetaApi { paths: paths.into_values().collect() }]
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn add_routes(self, table: &mut HashMap<String, HashMap<Method, BoxEndpoint<'static>>>) {
        let documented: HashMap<String, MetaPath> = Self::meta()
            .into_iter()
            .flat_map(|api| api.paths)
            .map(|path| (shape(&path.path), path))
            .collect();
        let mut routes = HashMap::new();
        self.0.add_routes(&mut routes);
        for (path, endpoints) in routes {
            let meta = documented.get(&shape(&path));
            let names: Arc<[String]> =
                meta.map(|meta| parameter_names(&meta.path)).unwrap_or_default().into();
            let allow = allowed(endpoints.keys());
            let mut strict: HashMap<Method, BoxEndpoint<'static>> = endpoints
                .into_iter()
                .map(|(method, inner)| {
                    let known = meta.map(|meta| query_names(meta, &method)).unwrap_or_default();
                    let guarded = meta.is_some_and(|meta| is_guarded(meta, &method));
                    let names = Arc::clone(&names);
                    (method, Operation { inner, known, guarded, names, pattern: OnceLock::new() }.boxed())
                })
                .collect();
            for method in METHODS {
                let allow = allow.clone();
                strict.entry(method).or_insert_with(|| refuse_method(allow));
            }
            table.insert(path, strict);
        }
    }
}

/// The endpoint for the methods that a path does not have.
fn refuse_method(allow: Vec<Method>) -> BoxEndpoint<'static> {
    make_sync(move |_| -> Result<Response> {
        Err(Problem::new(Code::MethodUnsupported).allow(&allow).into())
    })
    .map_to_response()
    .boxed()
}

fn allowed<'m>(methods: impl Iterator<Item = &'m Method>) -> Vec<Method> {
    let mut allowed: Vec<Method> = methods.cloned().collect();
    if allowed.contains(&Method::GET) && !allowed.contains(&Method::HEAD) {
        allowed.push(Method::HEAD);
    }
    allowed.sort_by(|a, b| a.as_str().cmp(b.as_str()));
    allowed
}

/// The path without the names of its parameters: the router's `:param0` and the document's `{id}` become the same.
fn shape(path: &str) -> String {
    let shape: Vec<_> =
        path.split('/').map(|part| if part.starts_with([':', '{']) { "{}" } else { part }).collect();
    shape.join("/")
}

fn parameter_names(path: &str) -> Vec<String> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{').and_then(|part| part.strip_suffix('}')))
        .map(str::to_owned)
        .collect()
}

fn is_guarded(path: &MetaPath, method: &Method) -> bool {
    path.operations.iter().any(|operation| operation.method == *method && !operation.security.is_empty())
}

fn query_names(path: &MetaPath, method: &Method) -> Vec<String> {
    path.operations
        .iter()
        .filter(|operation| operation.method == *method)
        .flat_map(|operation| &operation.params)
        .filter(|parameter| parameter.in_type == MetaParamIn::Query)
        .map(|parameter| parameter.name.clone())
        .collect()
}

/// What is wrong with the query of a call that asks for authentication: its extractor answers it, after 401.
#[derive(Clone, Debug)]
pub struct QueryFault(pub Problem);

/// One operation behind the check of its parameters.
struct Operation {
    inner: BoxEndpoint<'static>,
    known: Vec<String>,
    /// Whether it asks for authentication, which is answered before its parameters.
    guarded: bool,
    names: Arc<[String]>,
    // The prefix is known with the first request and stays.
    pattern: OnceLock<PathPattern>,
}

impl Endpoint for Operation {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let matched = request.data::<PathPattern>();
        let pattern =
            matched.map(|matched| self.pattern.get_or_init(|| readable(&matched.0, &self.names)).clone());
        let mut request = request;
        let checked = match self.check(&request) {
            Err(problem) if self.guarded => {
                request.set_data(QueryFault(problem));
                Ok(())
            }
            checked => checked,
        };
        let answer = match checked {
            // Here and not only at the edge: past the router a panic would no longer be known by its route.
            Ok(()) => detach::contained(self.inner.call(request)).await,
            Err(problem) => Err(problem.into()),
        };
        let Some(pattern) = pattern else { return answer };
        // The router adds its own pattern only where there is none.
        match answer {
            Ok(mut response) => {
                response.set_data(pattern);
                Ok(response)
            }
            Err(mut error) => {
                error.set_data(pattern);
                Err(error)
            }
        }
    }
}

impl Operation {
    fn check(&self, request: &Request) -> Result<(), Problem> {
        let pairs = pairs(request)?;
        let mut problem = Problem::new(Code::QueryInvalid);
        let unknown = pairs.iter().filter(|(name, _)| !self.known.iter().any(|known| known == name)).take(8);
        for (name, _) in unknown {
            // An overlong name is nobody's typing mistake, and is not repeated.
            let name = if name.len() <= 64 { name.as_str() } else { "" };
            problem = problem.parameter(name, FieldCode::Unknown);
        }
        if problem.errors().is_empty() { Ok(()) } else { Err(problem) }
    }
}

fn readable(pattern: &str, names: &[String]) -> PathPattern {
    let mut names = names.iter();
    let parts: Vec<String> = pattern
        .split('/')
        .map(|part| match part.strip_prefix(":param") {
            Some(_) => names.next().map_or_else(|| part.to_owned(), |name| format!("{{{name}}}")),
            None => part.to_owned(),
        })
        .collect();
    PathPattern(parts.join("/").into())
}

/// The methods of one page or probe outside the API: like poem's own, with `Allow` on what it refuses.
#[derive(Default)]
pub struct Methods(HashMap<Method, BoxEndpoint<'static>>);

impl Methods {
    /// A page with `GET` (and `HEAD`).
    #[must_use]
    pub fn get(endpoint: impl Endpoint + 'static) -> Self {
        Self::default().and(Method::GET, endpoint)
    }

    /// Another method of the same page.
    #[must_use]
    pub fn and(mut self, method: Method, endpoint: impl Endpoint + 'static) -> Self {
        self.0.insert(method, endpoint.map_to_response().boxed());
        self
    }
}

impl poem::IntoEndpoint for Methods {
    type Endpoint = poem::RouteMethod;

    fn into_endpoint(self) -> Self::Endpoint {
        let allow = allowed(self.0.keys());
        let missing: Vec<Method> =
            METHODS.into_iter().filter(|method| !self.0.contains_key(method)).collect();
        let route = self
            .0
            .into_iter()
            .fold(poem::RouteMethod::new(), |route, (method, endpoint)| route.method(method, endpoint));
        missing.into_iter().fold(route, |route, method| route.method(method, refuse_method(allow.clone())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_routers_and_the_documents_spelling_of_a_path_are_one() {
        assert_eq!(shape("/:param0/items/:param1"), shape("/{w}/items/{id}"));
        assert_ne!(shape("/{w}/items"), shape("/{w}/lots"));
        let names = ["w".to_owned(), "id".to_owned()];
        assert_eq!(&*readable("/api/v1/:param0/items/:param1", &names).0, "/api/v1/{w}/items/{id}");
    }
}
