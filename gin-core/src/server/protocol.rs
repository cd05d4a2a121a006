//! HTTP/1.1 or HTTP/2 on one connection.

use std::convert::Infallible;
use std::future::pending;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderValue, Method, Request, StatusCode, Version, header};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1::{self, UpgradeableConnection};
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::TokioTimer;
use tokio::select;
use tokio::time::timeout;
use tracing::info;

use crate::connection::{Activity, Connection, Http2Stream, Limits, RequestGuard, clock};
use crate::content::{WireBody, header_pool};
use crate::dispatch::Engine;
use crate::failure::BodyError;
use crate::request::{Context, RequestBody};
use crate::response::{Response, respond};
use crate::server::header_blocks::PREFACE;
#[cfg(feature = "http3")]
use crate::server::http3::advertise;
#[cfg(feature = "tls")]
use crate::server::https::promise;
use crate::server::io::ObservedSocket;
use crate::server::linger::close;
use crate::server::outgoing::{OutgoingBody, waiting};
use crate::server::side_task::with_side_task;
use crate::server::socket::Socket;
use crate::server::streams::StreamExecutor;
use crate::server::upgrade::{refuse_unswitched, take_as_get};

/// The time for sending a `GOAWAY` frame to an HTTP/2 client that has timed out.
const FAREWELL: Duration = Duration::from_secs(1);

/// The service of one connection's requests.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) engine: Engine,
    pub(crate) connection: Arc<Connection>,
}

/// The reason why hyper stops serving a connection that has not ended.
enum End {
    /// A timeout has passed: the connection is closed.
    TimedOut,
    /// The server shuts down: running requests may end.
    Shutdown,
    /// There was no request for a while: only the socket is kept.
    Quiet,
}

impl Session {
    /// Serves the requests on `socket` until the connection ends or times out.
    pub(crate) async fn serve(self, socket: Socket) {
        let activity = Arc::new(Activity::new(self.connection.limits.clone()));
        let mut timed_out = pin!(activity.timed_out());
        let mut socket = ObservedSocket::new(socket, activity.clone());
        match self
            .is_http2(&mut socket, &activity, timed_out.as_mut())
            .await
        {
            Some(true) => Box::pin(self.http2(socket, &activity, timed_out)).await,
            Some(false) => self.http1(socket, &activity, timed_out).await,
            None => {}
        }
    }

    /// Returns `true` if the client speaks HTTP/2, by its first bytes, or `None` if the connection ends before.
    async fn is_http2(
        &self,
        socket: &mut ObservedSocket,
        activity: &Activity,
        timed_out: Pin<&mut impl Future<Output = ()>>,
    ) -> Option<bool> {
        let accepted = clock::millis();
        match with_side_task(pin!(socket.starts_with(PREFACE)), self.end(timed_out)).await {
            Ok(is_http2) => return is_http2.ok(),
            Err(End::Shutdown) => {}
            Err(End::TimedOut | End::Quiet) => return None,
        }
        // A client that has just connected may be about to send a request, which no other server gets.
        let since = if socket.has_unread() {
            clock::millis()
        } else {
            accepted
        };
        activity.hurry_head(since);
        // A timer of its own, as the other one may sleep on until the deadline from before.
        let timed_out = Box::pin(activity.timed_out());
        let is_http2 = with_side_task(pin!(socket.starts_with(PREFACE)), timed_out).await;
        is_http2.ok()?.ok()
    }

    /// Serves HTTP/1.1. Between requests only the socket is kept: most connections are idle most of the time, and hyper's buffers
    /// are large.
    async fn http1(
        &self,
        mut socket: ObservedSocket,
        activity: &Arc<Activity>,
        mut timed_out: Pin<&mut impl Future<Output = ()>>,
    ) {
        socket.speak_http1();
        loop {
            let requests = Box::pin(self.requests(socket, activity, timed_out.as_mut()));
            let Some(idle) = requests.await else {
                return;
            };
            let Some(woken) = self.idle(idle, timed_out.as_mut()).await else {
                return;
            };
            socket = woken;
        }
    }

    /// Waits for the next request on an idle connection. Returns `None` if the connection ends before.
    async fn idle(
        &self,
        mut socket: ObservedSocket,
        timed_out: Pin<&mut impl Future<Output = ()>>,
    ) -> Option<ObservedSocket> {
        let next = with_side_task(pin!(socket.readable()), self.end(timed_out)).await;
        match next {
            Ok(true) => return Some(socket),
            Err(End::Shutdown) => close(socket.into_socket()).await,
            Ok(false) | Err(End::TimedOut | End::Quiet) => {}
        }
        None
    }

    /// Serves requests until the connection ends or is quiet. Returns the socket of a quiet one.
    async fn requests(
        &self,
        socket: ObservedSocket,
        activity: &Arc<Activity>,
        mut timed_out: Pin<&mut impl Future<Output = ()>>,
    ) -> Option<ObservedSocket> {
        let service = service_fn(|request| self.respond(request, || activity.begin_request()));
        let mut http = http1(&self.connection.limits)
            .serve_connection(socket, service)
            .with_upgrades();
        let wind_down = UpgradeableConnection::graceful_shutdown;
        let ended = self.run(
            &mut http,
            wind_down,
            activity,
            activity.quiet(),
            timed_out.as_mut(),
        );
        let error = match ended.await {
            Ok(result) => result.err(),
            Err(End::TimedOut | End::Shutdown) => return None,
            Err(End::Quiet) => {
                let parts = http.into_parts()?;
                return Some(parts.io.with_unread(parts.read_buf));
            }
        };
        if let Some(error) = &error {
            self.explain(error);
        }
        let mut rest = pin!(async {
            match (self.connection.take_upgrade(), http.into_parts()) {
                (Some(upgrade), None) => {
                    // For the timeouts, another protocol is one long request.
                    let _guard = activity.begin_request();
                    upgrade.await;
                }
                (_, Some(parts)) => self.finish(parts.io, error.as_ref()).await,
                (None, None) => {}
            }
        });
        if with_side_task(rest.as_mut(), timed_out).await.is_err() {
            // Another protocol may still clean up.
            activity.break_socket();
            rest.await;
        }
        None
    }

    /// Logs that a client was refused which does not speak HTTP, but TLS for example. The access log has no line for it, as there is
    /// no request.
    fn explain(&self, error: &hyper::Error) {
        if error.is_parse() {
            let remote = self.connection.remote.map(|remote| remote.to_string());
            info!(
                "{} was refused: {error}",
                remote.as_deref().unwrap_or("a client")
            );
        }
    }

    async fn http2(
        &self,
        socket: ObservedSocket,
        activity: &Arc<Activity>,
        timed_out: Pin<&mut impl Future<Output = ()>>,
    ) {
        let service = service_fn(|request: Request<Incoming>| {
            let (session, guard) = (self.clone(), activity.begin_request());
            let activity = activity.clone();
            let may_upgrade = request.method() == Method::CONNECT;
            // A request with a body does not wait: what it sends would fill the window that those before it need.
            let may_wait = request.body().is_end_stream();
            async move {
                if may_wait {
                    activity.room().await;
                }
                let response = session.respond(request, || guard).await?;
                if may_upgrade {
                    session.connection.spawn_upgrade(activity.begin_request());
                }
                Ok::<_, Infallible>(response.map(|body| OutgoingBody::new(body, activity)))
            }
        });
        let mut http = http2(&self.connection.limits, activity).serve_connection(socket, service);
        let wind_down = http2::Connection::graceful_shutdown;
        let ended = self.run(&mut http, wind_down, activity, pending(), timed_out);
        if let Err(End::TimedOut) = ended.await {
            // RFC 9113 §6.8: a client that gets a GOAWAY knows which of its requests were not processed, and may send them again.
            wind_down(Pin::new(&mut http));
            let _ = timeout(FAREWELL, http).await;
        } else {
            drop(http);
        }
        // Their streams have ended, but the app's functions may still clean up.
        self.connection.upgrades_ended().await;
    }

    /// Runs `http` to its end, which `wind_down` brings about when the server shuts down. The error is the reason why it was
    /// interrupted.
    async fn run<H: Future + Unpin>(
        &self,
        http: &mut H,
        wind_down: impl FnOnce(Pin<&mut H>),
        activity: &Activity,
        quiet: impl Future<Output = ()>,
        mut timed_out: Pin<&mut impl Future<Output = ()>>,
    ) -> Result<H::Output, End> {
        let end = async {
            select! {
                end = self.end(timed_out.as_mut()) => end,
                () = quiet => End::Quiet,
            }
        };
        match with_side_task(Pin::new(&mut *http), end).await {
            Err(End::Shutdown) => {
                wind_down(Pin::new(http));
                activity.hurry_head(clock::millis());
                // A timer of its own, as the other one may sleep on until the deadline from before.
                let timed_out = Box::pin(activity.timed_out());
                let ended = with_side_task(Pin::new(http), timed_out).await;
                ended.map_err(|()| End::TimedOut)
            }
            ended => ended,
        }
    }

    /// Waits for a timeout or the shutdown.
    async fn end(&self, timed_out: Pin<&mut impl Future<Output = ()>>) -> End {
        select! {
            () = timed_out => End::TimedOut,
            () = self.connection.shutdown.requested() => End::Shutdown,
        }
    }

    /// Responds to a request, which `begin` begins. The request ends when its response has been sent.
    #[expect(
        clippy::manual_async_fn,
        reason = "an async fn moves its arguments once more, into its own future"
    )]
    fn respond(
        &self,
        request: Request<Incoming>,
        begin: impl FnOnce() -> RequestGuard + Send,
    ) -> impl Future<Output = Result<Response, Infallible>> + Send {
        // All in one block, so that the request is moved once: into hyper's place for this future. It begins after that move, as an
        // atomic operation before it would cost two more. hyper polls the future at once.
        async move {
            let guard = begin();
            let (connection, site) = (self.connection.clone(), self.engine.site());
            let rate = connection.limits.min_body_rate;
            let (head, body) = request.into_parts();
            let wire = match head.version {
                Version::HTTP_2 => WireBody::Http2,
                _ => WireBody::Http1,
            };
            let body = RequestBody::incoming(wire(body), rate, guard.activity());
            let mut cx = Context::new(head, body, connection, site);
            let is_tunnel = take_as_get(&mut cx);
            #[cfg(debug_assertions)]
            let mut response = crate::report::respond(&self.engine, &mut cx).await;
            #[cfg(not(debug_assertions))]
            let mut response = self.engine.receive(&mut cx).await.respond(&mut cx).await;
            #[cfg(feature = "tls")]
            promise(&self.connection, &cx, &mut response);
            if is_tunnel {
                refuse_unswitched(&mut cx, &mut response);
            }
            if cx.version() < Version::HTTP_2 {
                if guard.activity().is_receiving() {
                    end_request(&mut cx, &mut response).await;
                }
                if self.connection.is_draining() {
                    leave(&mut response);
                }
            } else if !has_room(&response) {
                response = respond(&mut cx, BodyError::crowded());
            }
            #[cfg(feature = "http3")]
            advertise(&self.connection, &mut response);
            response.body_mut().track(guard);
            header_pool::recycle(cx.headers_mut());
            Ok(response)
        }
    }
}

/// Ends a request whose body was not read to its end. The rest of it is dropped if it has come, or the response says that the
/// connection is closed, as the next bytes on it do not begin a request (RFC 9112 §9.6).
async fn end_request(cx: &mut Context, response: &mut Response) {
    let is_expecting = cx.headers().contains_key(header::EXPECT);
    let body = cx.body_mut();
    if body.is_in_use() || !is_expecting && body.discard().await {
        return;
    }
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
}

/// Returns `true` if an HTTP/2 connection has room for the bytes of `response` that wait.
fn has_room(response: &Response) -> bool {
    let bytes = waiting(response.body());
    bytes == 0 || Http2Stream::current().is_none_or(|stream| stream.has_room_for_response(bytes))
}

/// Makes the client close the connection, as its next request had better go to another server. Over HTTP/2, a `GOAWAY` frame says
/// so later.
fn leave(response: &mut Response) {
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
}

/// hyper's own limit. It is not set again, as hyper allocates for any other number at every request.
const HYPER_MAX_HEADERS: usize = 100;

/// In bytes: the size of a read, and the largest head that fits into the buffer of hyper's own size.
const HYPER_BUFFER_SIZE: usize = 8 << 10;
const HYPER_MAX_HEADER_SIZE: usize = 400 << 10;

/// In bytes, for each stream: the most of a response that HTTP/2 takes from it before the client does.
const SEND_BUFFER_SIZE: usize = 64 << 10;

fn http1(limits: &Limits) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        // Without this, hyper reads on while a handler runs, to notice that the client has gone. For that it allocates a new
        // buffer, as the request still uses parts of the old one. The socket notices it for less.
        .half_close(true)
        .max_header_size(limits.max_header_size);
    if limits.max_headers != HYPER_MAX_HEADERS {
        builder.max_headers(limits.max_headers);
    }
    // A head must fit into the buffer. It is set only then, as hyper reads bodies into buffers of this size as well.
    if limits.max_header_size > HYPER_MAX_HEADER_SIZE {
        builder.max_buf_size(limits.max_header_size + HYPER_BUFFER_SIZE);
    }
    builder
}

/// HTTP/2 with its limits. Pings find clients that have gone without closing the connection.
fn http2(limits: &Limits, activity: &Arc<Activity>) -> http2::Builder<StreamExecutor> {
    const PING: Duration = Duration::from_secs(20);
    let mut builder = http2::Builder::new(StreamExecutor(activity.clone()));
    // Twice as much as is allowed: hyper refuses a head without a body and a line in the log, and the engine refuses it with both.
    let max_header_size = limits.max_header_size.saturating_mul(2);
    let max_header_size = u32::try_from(max_header_size).unwrap_or(u32::MAX);
    builder
        .timer(TokioTimer::new())
        .enable_connect_protocol()
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING)
        .max_concurrent_streams(200)
        .max_send_buf_size(SEND_BUFFER_SIZE)
        .max_header_list_size(max_header_size);
    builder
}
