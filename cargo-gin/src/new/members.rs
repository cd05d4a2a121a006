//! The list of a workspace's members, edited in the form that its manifest has.

use anyhow::{Context as _, anyhow};
use toml_edit::{Array, Item, RawString, TableLike, Value};

use crate::workspace::edited;

/// Adds a member to the manifest of a workspace, in its place if the list is sorted.
pub(super) fn with_member(manifest: &str, member: &str) -> anyhow::Result<String> {
    edited(manifest, |document| {
        let workspace = document
            .get_mut("workspace")
            .and_then(Item::as_table_like_mut)
            .context("the manifest has no table `workspace`")?;
        insert(list(workspace)?, member);
        Ok(())
    })
}

fn list(workspace: &mut dyn TableLike) -> anyhow::Result<&mut Array> {
    let members = workspace.entry("members");
    let members = members.or_insert_with(|| Item::Value(Array::new().into()));
    let members = members.as_array_mut();
    members.ok_or_else(|| anyhow!("`members` of the workspace is not a list"))
}

fn insert(members: &mut Array, member: &str) {
    let names: Vec<&str> = members.iter().filter_map(Value::as_str).collect();
    let index = if names.is_sorted() {
        names.partition_point(|name| *name < member)
    } else {
        names.len()
    };
    let is_last = index >= members.len();
    let indent = members
        .iter()
        .filter_map(|value| indent_of(prefix(value)))
        .last();
    let mut value = Value::from(member);
    let own = match &indent {
        // A comment after the last member stays beside it.
        Some(indent) if is_last => format!("{}\n{indent}", take_end(members)),
        Some(indent) => format!("{}\n{indent}", take_line(members, index)),
        None if index == 0 => String::new(),
        None => " ".to_owned(),
    };
    value.decor_mut().set_prefix(own);
    if let (None, 0, Some(first)) = (&indent, index, members.get_mut(0)) {
        first.decor_mut().set_prefix(" ");
    }
    members.insert_formatted(index, value);
}

/// Takes the text before a member that is still on the line of the one before it, such as that one's comment.
fn take_line(members: &mut Array, index: usize) -> String {
    let Some(member) = members.get_mut(index) else {
        return String::new();
    };
    let text = prefix(member).to_owned();
    let (line, rest) = text.split_once('\n').unwrap_or(("", &text));
    member.decor_mut().set_prefix(format!("\n{rest}"));
    line.to_owned()
}

/// Takes the text between the last member and the end of the list, up to its last line.
fn take_end(members: &mut Array) -> String {
    let text = |raw: Option<&RawString>| raw.and_then(RawString::as_str).unwrap_or("").to_owned();
    let trailing = text(Some(members.trailing()));
    let count = members.len();
    let last = count.checked_sub(1).and_then(|last| members.get_mut(last));
    let suffix = last.map(|last| {
        let suffix = text(last.decor().suffix());
        last.decor_mut().set_suffix("");
        suffix
    });
    let suffix = suffix.unwrap_or_default();
    if members.trailing_comma() {
        members.set_trailing("\n");
        trailing.trim_end().to_owned()
    } else {
        // Without a comma, the text follows the value itself. A comma has to come before a comment.
        members.set_trailing_comma(true);
        members.set_trailing("\n");
        suffix.trim_end().to_owned() + trailing.trim_end()
    }
}

fn prefix(value: &Value) -> &str {
    let prefix = value.decor().prefix();
    prefix.and_then(RawString::as_str).unwrap_or_default()
}

/// Returns the indentation of a member that has a line of its own.
fn indent_of(prefix: &str) -> Option<String> {
    let (_, indent) = prefix.rsplit_once('\n')?;
    Some(indent.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_added_in_the_form_of_the_list() {
        for (before, after) in [
            ("[workspace]\n", "[workspace]\nmembers = [\"b\"]\n"),
            (
                "[workspace]\nmembers = []\n",
                "[workspace]\nmembers = [\"b\"]\n",
            ),
            (
                "[workspace] # all\nmembers = ['a', 'c'] # two\n",
                "[workspace] # all\nmembers = ['a', \"b\", 'c'] # two\n",
            ),
            (
                "workspace = { members = [\"c\"], resolver = \"3\" }\n",
                "workspace = { members = [\"b\", \"c\"], resolver = \"3\" }\n",
            ),
            (
                "[workspace]\nmembers = [\n    \"z\",\n    # first\n    \"a\", # last\n]\n",
                "[workspace]\nmembers = [\n    \"z\",\n    # first\n    \"a\", # last\n    \"b\",\n]\n",
            ),
            (
                "[workspace]\nmembers = [\n\t\"a\", # first\n\t\"c\"\n]\n",
                "[workspace]\nmembers = [\n\t\"a\", # first\n\t\"b\",\n\t\"c\"\n]\n",
            ),
            (
                "[workspace]\r\nmembers = [\r\n  \"a\"\r\n]\r\n",
                "[workspace]\r\nmembers = [\r\n  \"a\",\r\n  \"b\",\r\n]\r\n",
            ),
            (
                "\u{feff}[workspace]\nmembers = [\"a\"]\n",
                "\u{feff}[workspace]\nmembers = [\"a\", \"b\"]\n",
            ),
        ] {
            assert_eq!(with_member(before, "b").unwrap(), after);
        }
    }
}
