//! The limits and timeouts of a server.

use std::time::Duration;

use crate::server::serve::Server;
use crate::server::settings::BadSetting;

impl Server {
    /// Sets how long a client may take to send a request's head. Default: 10 s.
    ///
    /// The time starts when the connection is accepted, and for later requests with their first byte. After it the connection is
    /// closed.
    ///
    /// [`Duration::MAX`] turns it off. Less than 1 ms is an error of [`run`](Server::run).
    #[track_caller]
    pub fn header_read_timeout(mut self, time: Duration) -> Server {
        let bad = BadSetting::of_timeout("header_read_timeout", time);
        self.bad_settings.extend(bad);
        self.limits.header_read_timeout = time;
        self
    }

    /// Sets how long a connection may stay open between two requests. Default: 75 s.
    ///
    /// [`Duration::MAX`] turns it off. Less than 1 ms is an error of [`run`](Server::run).
    #[track_caller]
    pub fn keep_alive_timeout(mut self, time: Duration) -> Server {
        let bad = BadSetting::of_timeout("keep_alive_timeout", time);
        self.bad_settings.extend(bad);
        self.limits.keep_alive_timeout = time;
        self
    }

    /// Sets how long a client may accept no part of a response before it is disconnected. Default: 30 s.
    ///
    /// A client that reads slowly accepts a part whenever it acknowledges bytes, which only Linux reports: elsewhere a part is what
    /// the system's buffer of the connection takes. Over HTTP/2, a client accepts a part when its flow-control window has room for
    /// it. There a response of which it accepts nothing is reset, while it accepts others.
    ///
    /// [`Duration::MAX`] turns it off. Less than 1 ms is an error of [`run`](Server::run).
    #[track_caller]
    pub fn write_timeout(mut self, time: Duration) -> Server {
        let bad = BadSetting::of_timeout("write_timeout", time);
        self.bad_settings.extend(bad);
        self.limits.write_timeout = time;
        self
    }

    /// Sets how long requests may still run after shutdown is requested. Then they are cut off. Default: 10 s.
    ///
    /// By [`Duration::ZERO`] they are cut off at once, by [`Duration::MAX`] never.
    pub fn shutdown_timeout(mut self, time: Duration) -> Server {
        self.limits.shutdown_timeout = time;
        self
    }

    /// Sets the slowest rate at which a request's body may come, after a grace period. A slower one is 408. Default: 240 bytes a
    /// second, after 10 s.
    ///
    /// Only the time in which a handler waits for the body counts. A rate of 0 or a grace period of [`Duration::MAX`] turns the limit
    /// off.
    pub fn min_body_rate(mut self, bytes_per_second: u32, grace: Duration) -> Server {
        self.limits.min_body_rate.bytes_per_second = bytes_per_second;
        self.limits.min_body_rate.grace = grace;
        self
    }

    /// Sets the maximum size of a request's head, in bytes. A larger one is 431. Default: 64 KiB.
    ///
    /// Over HTTP/2, each header counts 32 bytes more than its name and its value (RFC 9113 §6.5.2). Less than 1 KiB and more than
    /// 16 MiB are errors of [`run`](Server::run).
    #[track_caller]
    pub fn max_header_size(mut self, bytes: usize) -> Server {
        self.bad_settings.extend(BadSetting::of_header_size(bytes));
        self.limits.max_header_size = bytes;
        self
    }

    /// Sets the maximum number of a request's headers. More are 431. Default: 100.
    ///
    /// Over HTTP/2, where a client may split its cookies, all `Cookie` headers count as one. 0 and more than 10,000 are errors of
    /// [`run`](Server::run).
    #[track_caller]
    pub fn max_headers(mut self, headers: usize) -> Server {
        self.bad_settings.extend(BadSetting::of_headers(headers));
        self.limits.max_headers = headers;
        self
    }

    /// Sets the maximum size of a request's path and query, in bytes. A larger one is 414. Default: 16 KiB.
    ///
    /// More than 65,534 bytes are 414 with any setting; over HTTP/2, their stream is reset. 0 is an error of [`run`](Server::run).
    #[track_caller]
    pub fn max_uri_size(mut self, bytes: usize) -> Server {
        self.bad_settings.extend(BadSetting::of_uri_size(bytes));
        self.limits.max_uri_size = bytes;
        self
    }

    /// Sets how much the requests and responses of one HTTP/2 connection hold in memory together, in bytes. Default: 64 MiB.
    ///
    /// The sum has the bodies that are collected, and the responses that the client has not taken. When more than eight responses
    /// hold a quarter of the limit, further requests wait before their handlers run. A response or a body beyond the limit is 503,
    /// unless it is the only one. A body that is streamed counts by the chunk.
    ///
    /// A proxy that sends the requests of many clients on one connection may need more. [`usize::MAX`] turns the limit off, 0 is an
    /// error of [`run`](Server::run).
    #[doc(alias("max_send_buf_size", "memory", "flow control"))]
    #[track_caller]
    pub fn max_http2_buffer(mut self, bytes: usize) -> Server {
        self.bad_settings.extend(BadSetting::of_buffer(bytes));
        self.limits.max_http2_buffer = bytes;
        self
    }
}
