//! One connection: its requests, its timeouts and its end.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use h3::error::Code;
use h3::quic::SendStream as _;
use h3::server::{self, RequestResolver};
use quinn::VarInt;
use tokio::select;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tracing::debug;

use crate::connection::{Activity, Connection, Limits, clock};
use crate::dispatch::Engine;
use crate::server::http3::exchange::Exchange;
use crate::server::http3::transport::Transport;

/// A connection over QUIC.
pub(super) struct Session {
    engine: Engine,
    connection: Arc<Connection>,
    activity: Arc<Activity>,
    quic: quinn::Connection,
    /// The requests that run. They end with the connection.
    exchanges: JoinSet<()>,
}

type Requests = server::Connection<Transport, Bytes>;

/// The reason why a connection is closed.
enum End {
    /// The client has closed it.
    Closed,
    TimedOut,
    Shutdown,
}

/// The time for sending a `GOAWAY` frame to a client that has timed out.
const FAREWELL: Duration = Duration::from_secs(1);

/// The number of requests that a client may still begin after the first `GOAWAY`. Of the second one it knows which were accepted.
const ON_THE_WAY: usize = 1 << 20;

impl Session {
    pub(super) fn new(engine: Engine, connection: Connection, quic: quinn::Connection) -> Session {
        let activity = Arc::new(Activity::new(connection.limits.clone()));
        Session {
            engine,
            connection: Arc::new(connection),
            activity,
            quic,
            exchanges: JoinSet::new(),
        }
    }

    /// Serves the requests of the connection until it ends or times out.
    pub(super) async fn serve(mut self) {
        let max_size = max_section_size(&self.connection.limits);
        let transport = Transport::new(self.quic.clone(), max_size);
        let mut builder = server::builder();
        builder.max_field_section_size(max_size);
        // It waits for the client's permission to open streams.
        let time = self.connection.limits.header_read_timeout;
        let Ok(Ok(mut requests)) = timeout(time, builder.build(transport)).await else {
            return;
        };
        match self.run(&mut requests).await {
            End::Closed => return,
            End::TimedOut => self.bid_farewell(&mut requests).await,
            End::Shutdown => self.wind_down(&mut requests).await,
        }
        let code = u32::try_from(Code::H3_NO_ERROR.value()).unwrap_or_default();
        self.quic.close(VarInt::from_u32(code), b"");
    }

    async fn run(&mut self, requests: &mut Requests) -> End {
        let activity = self.activity.clone();
        let mut timed_out = pin!(activity.timed_out());
        let shutdown = self.connection.shutdown.clone();
        let mut shutdown = pin!(shutdown.requested());
        loop {
            select! {
                accepted = requests.accept() => match accepted {
                    Ok(Some(resolver)) => self.begin(resolver, requests),
                    Ok(None) => return self.finish().await,
                    Err(error) => {
                        debug!(remote = ?self.connection.remote, "the HTTP/3 connection ended: {error}");
                        return End::Closed;
                    }
                },
                Some(_) = self.exchanges.join_next() => {}
                () = &mut timed_out => return End::TimedOut,
                () = &mut shutdown => return End::Shutdown,
            }
        }
    }

    /// Waits for the responses to a client that wants no more of them than those that run.
    async fn finish(&mut self) -> End {
        while self.exchanges.join_next().await.is_some() {}
        End::Shutdown
    }

    fn begin(&mut self, resolver: RequestResolver<Transport, Bytes>, requests: &mut Requests) {
        let Some(outcome) = requests.inner.conn.take_outcome() else {
            return;
        };
        self.follow_client();
        let exchange = Exchange {
            engine: self.engine.clone(),
            connection: self.connection.clone(),
            activity: self.activity.clone(),
            outcome,
        };
        self.exchanges.spawn(exchange.run(resolver));
    }

    /// Notes the address of a client that has moved, for example from one network to another.
    fn follow_client(&mut self) {
        let remote = self.quic.remote_address();
        if self.connection.remote != Some(remote) {
            self.connection = Arc::new(self.connection.moved(remote));
        }
    }

    /// Says which requests were accepted, so that the client may send the others again (RFC 9114 §5.2).
    async fn bid_farewell(&mut self, requests: &mut Requests) {
        if go_away(requests, 1).await {
            let _ = timeout(FAREWELL, self.quic.closed()).await;
        }
    }

    /// Lets running requests end, and those that the client has sent before it learns of the shutdown.
    async fn wind_down(&mut self, requests: &mut Requests) {
        if !go_away(requests, ON_THE_WAY).await {
            return;
        }
        self.activity.hurry_head(clock::millis());
        // A timer of its own, as the other one may sleep on until the deadline from before.
        let activity = self.activity.clone();
        let mut timed_out = pin!(activity.timed_out());
        // The client reacts to the frame after a round trip.
        let mut on_the_way = pin!(sleep(self.quic.rtt() * 2));
        loop {
            select! {
                accepted = requests.accept() => match accepted {
                    Ok(Some(resolver)) => self.begin(resolver, requests),
                    Ok(None) => break,
                    Err(_) => return,
                },
                Some(_) = self.exchanges.join_next() => {}
                () = &mut timed_out => return,
                // A client that has just connected may be about to send a request, which no other server gets.
                () = &mut on_the_way, if self.activity.request_number() > 0 => break,
            }
        }
        self.reject_further(requests).await;
    }

    /// Rejects further requests until those that run have ended.
    async fn reject_further(&mut self, requests: &mut Requests) {
        if !go_away(requests, 1).await {
            return;
        }
        let activity = self.activity.clone();
        let mut timed_out = pin!(activity.timed_out());
        while !self.exchanges.is_empty() {
            select! {
                accepted = requests.accept() => match accepted {
                    Ok(Some(mut resolver)) => {
                        resolver.frame_stream.reset(Code::H3_REQUEST_REJECTED.value());
                    }
                    Ok(None) => {
                        self.finish().await;
                        return;
                    }
                    Err(_) => return,
                },
                Some(_) = self.exchanges.join_next() => {}
                () = &mut timed_out => return,
            }
        }
    }
}

/// Sends a `GOAWAY` frame, after which `further` requests are accepted. Returns `false` if the client has gone or does not take it.
async fn go_away(requests: &mut Requests, further: usize) -> bool {
    let sent = timeout(FAREWELL, requests.shutdown(further)).await;
    sent.is_ok_and(|sent| sent.is_ok())
}

/// Returns the size of the largest head that h3 decodes, in bytes.
///
/// It is twice as much as is allowed: h3 refuses a head without a body and a line in the log, and the engine refuses it with both.
fn max_section_size(limits: &Limits) -> u64 {
    // h3 makes room for all headers of a head at once. A map of headers has no room for many more than 24,000.
    const MOST: u64 = 24_000 * 33;
    let size = limits.max_header_size.saturating_mul(2);
    u64::try_from(size).unwrap_or(MOST).min(MOST)
}
