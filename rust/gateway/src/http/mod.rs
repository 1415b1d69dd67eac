//! HTTP/1.1: one request after the other, answers in their order.

pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod route;
