//! The methods of a group that add routes.

use std::any::type_name;
use std::borrow::Cow;

use crate::app::group::Group;
use crate::handlers::IntoHandler;

/// Routes of closures and functions, by method.
impl Group {
    /// Routes `GET` requests for `pattern` to `handler`, and `HEAD` requests unless [`Routing::without_head`](crate::routing::Routing::without_head) is set.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// let app = Group::new("")
    ///     .get("/users/:id", async |Path(id): Path<u32>| format!("user {id}"))
    ///     .post("/users", async |Json(name): Json<String>| (201, name))
    ///     .delete("/users/:id", async || 204);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// client.get("/users/7").await.has_text("user 7");
    /// client.head("/users/7").await.is(200).has_text("");
    /// client.post("/users").json(&"Ann").await.is(201).has_text("Ann");
    /// client.delete("/users/7").await.is(204);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[track_caller]
    pub fn get<H: IntoHandler<K>, K>(
        self,
        pattern: impl Into<Cow<'static, str>>,
        handler: H,
    ) -> Group {
        let handler = (handler.into_handler(), type_name::<H>());
        self.add(&["GET"], pattern.into(), handler)
    }

    /// Routes `POST` requests for `pattern` to `handler`.
    #[track_caller]
    pub fn post<H: IntoHandler<K>, K>(
        self,
        pattern: impl Into<Cow<'static, str>>,
        handler: H,
    ) -> Group {
        let handler = (handler.into_handler(), type_name::<H>());
        self.add(&["POST"], pattern.into(), handler)
    }

    /// Routes `PUT` requests for `pattern` to `handler`.
    #[track_caller]
    pub fn put<H: IntoHandler<K>, K>(
        self,
        pattern: impl Into<Cow<'static, str>>,
        handler: H,
    ) -> Group {
        let handler = (handler.into_handler(), type_name::<H>());
        self.add(&["PUT"], pattern.into(), handler)
    }

    /// Routes `PATCH` requests for `pattern` to `handler`.
    #[track_caller]
    pub fn patch<H: IntoHandler<K>, K>(
        self,
        pattern: impl Into<Cow<'static, str>>,
        handler: H,
    ) -> Group {
        let handler = (handler.into_handler(), type_name::<H>());
        self.add(&["PATCH"], pattern.into(), handler)
    }

    /// Routes `DELETE` requests for `pattern` to `handler`.
    #[track_caller]
    pub fn delete<H: IntoHandler<K>, K>(
        self,
        pattern: impl Into<Cow<'static, str>>,
        handler: H,
    ) -> Group {
        let handler = (handler.into_handler(), type_name::<H>());
        self.add(&["DELETE"], pattern.into(), handler)
    }

    /// Routes `HEAD` requests for `pattern` to `handler`.
    #[track_caller]
    pub fn head<H: IntoHandler<K>, K>(
        self,
        pattern: impl Into<Cow<'static, str>>,
        handler: H,
    ) -> Group {
        let handler = (handler.into_handler(), type_name::<H>());
        self.add(&["HEAD"], pattern.into(), handler)
    }

    /// Routes `OPTIONS` requests for `pattern` to `handler`.
    #[track_caller]
    pub fn options<H: IntoHandler<K>, K>(
        self,
        pattern: impl Into<Cow<'static, str>>,
        handler: H,
    ) -> Group {
        let handler = (handler.into_handler(), type_name::<H>());
        self.add(&["OPTIONS"], pattern.into(), handler)
    }

    /// Routes requests of every method for `pattern` to `handler`. A route for one method wins over it.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// let app = Group::new("").any("/echo", async |method: Method| method.to_string()).post("/echo", async || "posted");
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// client.request("PURGE", "/echo").await.has_text("PURGE");
    /// client.post("/echo").await.has_text("posted");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[track_caller]
    pub fn any<H: IntoHandler<K>, K>(
        self,
        pattern: impl Into<Cow<'static, str>>,
        handler: H,
    ) -> Group {
        let handler = (handler.into_handler(), type_name::<H>());
        self.add(&[], pattern.into(), handler)
    }
}
