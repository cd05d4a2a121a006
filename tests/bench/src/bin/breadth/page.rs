//! The page that the servers render: templates, and the values for them.

use std::sync::LazyLock;

use serde::Serialize;

/// The templates by name.
pub(crate) const TEMPLATES: [(&str, &str); 2] = [
    (
        "layout.html",
        "<!doctype html><title>{{ title }}</title><body>{% block main %}{% endblock %}</body>",
    ),
    (
        "articles.html",
        "{% extends 'layout.html' %}{% block main %}<h1>{{ title }}</h1><ul>{% for article in articles %}\
         <li class=\"{% if loop.first %}first{% else %}other{% endif %}\">\
         <a href=\"/articles/{{ article.id }}\">{{ article.title }}</a> by {{ article.author|upper }}</li>\
         {% endfor %}</ul>{% endblock %}",
    ),
];

pub(crate) const TITLE: &str = "Articles & essays";

#[derive(Debug, Serialize)]
pub(crate) struct Article {
    id: u32,
    title: String,
    author: &'static str,
}

/// The articles of the page. A title needs escapes.
pub(crate) static ARTICLES: LazyLock<Vec<Article>> = LazyLock::new(|| {
    let article = |id| Article {
        id,
        title: format!("Number {id} of <many>"),
        author: "Ann",
    };
    (1..=20).map(article).collect()
});
