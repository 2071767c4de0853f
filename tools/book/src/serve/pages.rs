//! The routes of the server.

use super::Status;
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use std::convert::Infallible;
use tokio::sync::watch::Receiver;
use tokio_stream::wrappers::WatchStream;
use tokio_stream::{Stream, StreamExt};
use tower::ServiceExt;
use tower_http::services::{ServeDir, ServeFile};

/// A page that is larger than this is served as it is.
const LARGEST_PAGE: usize = 32 << 20;

/// The page that is served while there is none of the book to show.
const EMPTY: &str = "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>The book cannot be built yet\
                     </title></head><body><p>The book cannot be built yet; the reason stands below. \
                     This page follows as soon as it can be.</p></body></html>";

pub(super) fn router(status: Receiver<Status>) -> Router {
    Router::new()
        .route("/__book/", get(about))
        .route("/__book/events", get(events))
        .route("/__book/reload.js", get(reload))
        .fallback(file)
        .with_state(status)
}

/// What this server is: pages ask, and show what it can do.
async fn about(State(status): State<Receiver<Status>>) -> Response {
    let build = status.borrow().build;
    axum_json(&serde_json::json!({ "book": env!("CARGO_PKG_NAME"), "build": build, "reload": true }))
}

fn axum_json(value: &serde_json::Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

/// The newest status at once, and each that follows.
async fn events(State(status): State<Receiver<Status>>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let stream = WatchStream::new(status).map(|status| {
        let data = serde_json::json!({ "build": status.build, "fault": status.fault });
        Ok(Event::default().event("status").data(data.to_string()))
    });
    Sse::new(stream).keep_alive(KeepAlive::default())
}

async fn reload() -> Response {
    ([(header::CONTENT_TYPE, "text/javascript")], include_str!("reload.js")).into_response()
}

/// A file of the newest site; a page gets the line that listens for the next one.
async fn file(State(status): State<Receiver<Status>>, request: Request) -> Response {
    let (site, build) = {
        let status = status.borrow();
        (status.site.clone(), status.build)
    };
    let Some(site) = site else {
        return with_listener(Html(EMPTY).into_response(), build).await;
    };
    // An address that names nothing is answered by the book's own page for that, with the status that says so.
    let missing = ServeFile::new(site.join("404.html"));
    let files = ServeDir::new(site).not_found_service(missing);
    let response = match files.oneshot(request).await {
        Ok(response) => response.map(Body::new),
        Err(never) => match never {},
    };
    with_listener(response, build).await
}

async fn with_listener(response: Response, build: u64) -> Response {
    let (mut head, body) = response.into_parts();
    // What is shown changes whenever the text does.
    head.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    let is_page = head.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    // A page that was made here is not measured yet, and small.
    let length = head.headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let is_too_large = length.is_some_and(|length: usize| length > LARGEST_PAGE);
    if !is_page || is_too_large || head.status == StatusCode::PARTIAL_CONTENT {
        return Response::from_parts(head, body);
    }
    let Ok(page) = to_bytes(body, LARGEST_PAGE).await else {
        return (StatusCode::INTERNAL_SERVER_ERROR, "this page cannot be read").into_response();
    };
    head.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(head, Body::from(insert_listener(&page, build)))
}

/// The page with the listener as the last thing in its body.
fn insert_listener(page: &Bytes, build: u64) -> Vec<u8> {
    let script = format!("<script type=\"module\" src=\"/__book/reload.js?build={build}\"></script>");
    let end = b"</body>";
    let at = page.windows(end.len()).rposition(|window| window == end).unwrap_or(page.len());
    [&page[..at], script.as_bytes(), &page[at..]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_listener_stands_at_the_end_of_the_body() {
        let page = insert_listener(&Bytes::from("<body>a</body>\n</html>"), 7);
        let page = String::from_utf8_lossy(&page);
        assert_eq!(page, "<body>a<script type=\"module\" src=\"/__book/reload.js?build=7\"></script></body>\n</html>");
    }
}
