//! The macro `templates!`: a directory that debug builds read and release builds contain.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

use crate::literal::text_of;
use crate::mistake::Mistake;

/// Returns the expression for the templates in a directory of the package.
pub(crate) fn templates(arguments: TokenStream) -> TokenStream {
    expand(arguments).unwrap_or_else(|mistake| {
        let error = mistake.to_item();
        quote!({ #error })
    })
}

fn expand(arguments: TokenStream) -> Result<TokenStream, Mistake> {
    let tokens: Vec<TokenTree> = arguments.into_iter().collect();
    // Without tokens the mistake is at the macro itself.
    let mistake = |message: String| Mistake::over(&tokens, message);
    let directory = text_of(&tokens).map_err(|_| {
        mistake(
            "the directory must be a string literal, as in `templates!(\"templates\")`".to_owned(),
        )
    })?;
    let package = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let package = package.unwrap_or_default();
    let path = package.join(&directory);
    let mut files = Vec::new();
    list(&path, "", &mut files).map_err(|error| {
        mistake(format!(
            "cannot read the directory {}: {error}",
            path.display()
        ))
    })?;
    files.sort();
    let files = files.iter().map(|(name, path)| {
        let path = path.to_string_lossy();
        quote!((#name, ::core::include_str!(#path)))
    });
    // Only release builds contain the files: in a debug build, each change of one would compile the app's crate again.
    Ok(quote! {{
        #[cfg(debug_assertions)]
        {
            ::gin::templates::Templates::of_package(::core::env!("CARGO_MANIFEST_DIR"), #directory)
        }
        #[cfg(not(debug_assertions))]
        {
            ::gin::templates::Templates::in_program(#directory, &[#(#files),*])
        }
    }})
}

/// Adds the names and paths of all files in `directory` that are neither hidden nor copies that editors leave.
fn list(directory: &Path, prefix: &str, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let file_name = entry.file_name();
        let visible = |own: &&str| !own.starts_with('.') && !own.ends_with('~');
        let Some(own) = file_name.to_str().filter(visible) else {
            continue;
        };
        let name = format!("{prefix}{own}");
        let path = entry.path();
        if path.is_dir() {
            list(&path, &format!("{name}/"), files)?;
        } else if path.is_file() {
            files.push((name, path));
        }
    }
    Ok(())
}
