//! Proof by use: three servers behind `HAProxy` or nginx, with sessions and a rate limit in Redis, are replaced one after the other under load.

#![cfg(unix)]

mod client;
mod instance;
mod proxy;
mod redis;

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::time::timeout;

use crate::client::Client;
use crate::instance::{Instance, LIMIT};
use crate::proxy::{Kind, Proxy};
use crate::redis::Redis;

/// Longer than anything here takes. A test that waits so long has failed.
const LONG: Duration = Duration::from_secs(60);

/// The users, each of whom sends up to 125 requests a second: 2,000 together.
const USERS: usize = 16;

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    listener.local_addr().expect("it is bound").port()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rolling_restart_loses_no_request_no_session_and_no_count() {
    restart_behind(Kind::HaProxy).await;
}

/// nginx knows nothing of readiness: it learns from a connection that is refused or closed.
#[tokio::test(flavor = "multi_thread")]
async fn a_rolling_restart_behind_nginx_loses_nothing() {
    restart_behind(Kind::Nginx).await;
}

async fn restart_behind(kind: Kind) {
    let Some(redis) = Redis::start().await else {
        eprintln!("skipped: redis-server is not installed");
        return;
    };
    let mut instances = Vec::new();
    for _ in 0..3 {
        instances.push(Instance::start(free_port(), &redis).await);
    }
    let ports: Vec<_> = instances.iter().map(|instance| instance.port).collect();
    let Some(proxy) = Proxy::start(kind, &ports).await else {
        eprintln!("skipped: {kind:?} is not installed");
        return;
    };
    for instance in &instances {
        proxy.reaches(instance).await;
    }
    let start = Instant::now();
    let is_over = Arc::new(AtomicBool::new(false));
    let users: Vec<_> = (0..USERS)
        .map(|_| tokio::spawn(client::counts(proxy.port, is_over.clone())))
        .collect();
    let limited: Vec<_> = (0..2)
        .map(|_| tokio::spawn(client::served(proxy.port, is_over.clone())))
        .collect();
    for instance in &mut instances {
        let old = instance.id();
        instance.end().await;
        *instance = Instance::start(instance.port, &redis).await;
        assert_ne!(instance.id(), old);
        proxy.reaches(instance).await;
    }
    let millis = start.elapsed().as_millis();
    is_over.store(true, Ordering::Relaxed);
    let mut requests = 0;
    for user in users {
        let counted = timeout(LONG, user).await.expect("the load ends");
        requests += counted.expect("no request and no session was lost");
    }
    let mut served = 0;
    for user in limited {
        let counted = timeout(LONG, user).await.expect("the load ends");
        served += counted.expect("no request was lost");
    }
    assert_eq!(served, LIMIT, "the servers share one limit");
    let rate = u128::from(requests) * 1_000 / millis.max(1);
    eprintln!("{kind:?}: {requests} requests during three restarts, {rate} a second, none lost");
    assert!(requests > 0);
    assert!(Client::connect(proxy.port).await.is_ok());
}
