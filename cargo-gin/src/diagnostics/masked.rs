//! Diagnostics without the secrets that programs print.

use crate::diagnostics::diagnostic::{Diagnostic, Message, Origin};
use crate::text::secret;

impl Diagnostic {
    /// Masks the secrets in the output of programs of the user, and the passwords in the URLs of cargo.
    ///
    /// rustc and the linker quote code, in which `token: u32` is a type.
    pub(super) fn mask(&mut self) {
        let mask = match self.origin {
            Origin::BuildScript | Origin::Hook => secret::mask_lines,
            Origin::Cargo | Origin::Gin => secret::mask_urls,
            Origin::Rustc | Origin::Linker => return,
        };
        self.message.mask(mask);
    }
}

impl Message {
    fn mask(&mut self, mask: fn(&str) -> String) {
        let texts = [Some(&mut self.message), self.rendered.as_mut()];
        for text in texts.into_iter().flatten() {
            *text = mask(text);
        }
        for child in &mut self.children {
            child.mask(mask);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::{Diagnostic, Diagnostics, Origin};

    #[test]
    fn the_output_of_programs_is_masked_and_code_is_not() {
        let text = "token: hush and git://ann:hush@x";
        for (origin, shown) in [
            (Origin::BuildScript, "token: •••••• and git://ann:••••••@x"),
            (Origin::Hook, "token: •••••• and git://ann:••••••@x"),
            (Origin::Cargo, "token: hush and git://ann:••••••@x"),
            (Origin::Rustc, text),
        ] {
            let mut diagnostics = Diagnostics::default();
            diagnostics.push(Diagnostic::error(origin, text));
            let message = &diagnostics.iter().next().unwrap().message;
            assert_eq!(message.message, shown, "{origin:?}");
            let rendered = message.rendered.as_deref().unwrap();
            assert_eq!(rendered, format!("error: {shown}\n"), "{origin:?}");
        }
    }
}
