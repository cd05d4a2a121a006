//! The client and the server of the service, without `protoc`. With a `.proto` file, `tonic-prost-build` makes the messages, too.

use tonic_build::manual::{Builder, Method, Service};

fn main() {
    let hello = Method::builder()
        .name("hello")
        .route_name("Hello")
        .input_type("crate::Guest")
        .output_type("crate::Greeting")
        .codec_path("tonic_prost::ProstCodec")
        .build();
    let greeter = Service::builder()
        .package("greeter")
        .name("Greeter")
        .method(hello)
        .build();
    Builder::new().compile(&[greeter]);
}
