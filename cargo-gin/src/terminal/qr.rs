//! QR codes, for phones on the same network.

use console::{Term, style};
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;

/// Returns the code of a URL as lines, or `None` where the terminal cannot show it.
pub(super) fn code(url: &str, terminal: &Term) -> Option<String> {
    if !terminal.is_term() {
        return None;
    }
    let code = QrCode::new(url).ok()?;
    // Not every camera reads a code that is light on dark, so the colors are set where there are any. Without, most terminals are
    // dark, and the light squares are drawn.
    let text = if console::colors_enabled_stderr() {
        code.render::<Dense1x2>().build()
    } else {
        let (dark, light) = (Dense1x2::Light, Dense1x2::Dark);
        let mut renderer = code.render::<Dense1x2>();
        renderer.dark_color(dark).light_color(light).build()
    };
    let lines: Vec<_> = text.lines().collect();
    let width = lines.iter().map(|line| line.chars().count()).max()?;
    if let Some((rows, columns)) = terminal.size_checked()
        && (width > usize::from(columns) || lines.len() >= usize::from(rows))
    {
        return None;
    }
    let paint = |line: &str| {
        let line = style(line).for_stderr().black().on_white();
        format!("{}\n", line.on_bright())
    };
    Some(lines.into_iter().map(paint).collect())
}
