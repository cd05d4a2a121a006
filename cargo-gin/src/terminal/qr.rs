//! QR codes, for phones on the same network.

use console::{Term, style};
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;

/// Returns the code of a URL as lines, or `None` where the terminal cannot show it.
///
/// The colors are set, because not every camera reads a code that is light on dark.
pub(super) fn code(url: &str, terminal: &Term) -> Option<String> {
    if !terminal.features().colors_supported() || !terminal.is_term() {
        return None;
    }
    let code = QrCode::new(url).ok()?.render::<Dense1x2>().build();
    let lines: Vec<_> = code.lines().collect();
    let width = lines.iter().map(|line| line.chars().count()).max()?;
    let (rows, columns) = terminal.size_checked()?;
    if width > usize::from(columns) || lines.len() >= usize::from(rows) {
        return None;
    }
    let paint = |line: &str| {
        let line = style(line).for_stderr().black().on_white();
        format!("{}\n", line.on_bright())
    };
    Some(lines.into_iter().map(paint).collect())
}
