//! Terminal output, with its colors as classes.

use crate::page::html::markup::html::Html;
use crate::page::words::ansi::{self, Piece};

/// The hues of a terminal in a light and a dark theme. Black and white are those of the page's text.
const HUES: [(&str, &str); 8] = [
    ("", ""),
    ("#b3261e", "#ff8b80"),
    ("#1b6e3c", "#7fd6a1"),
    ("#8a5300", "#f0c067"),
    ("#1f5fb0", "#8fbcff"),
    ("#8b2f8f", "#d9a0e0"),
    ("#1b6f77", "#7cc9d2"),
    ("", ""),
];

/// Returns `text` as HTML: colors become classes, other escape sequences are dropped.
pub(crate) fn output(text: &str) -> Html {
    let mut html = Html::new();
    let mut style = Style::default();
    for piece in ansi::pieces(text) {
        match piece {
            Piece::Sgr(parameters) => style.apply(parameters),
            Piece::Text(text) if style == Style::default() => {
                html.text(text);
            }
            Piece::Text(text) => {
                html.tag("span")
                    .attribute("class", style.classes())
                    .holding(text);
            }
        }
    }
    html
}

/// The style in which a terminal would draw the next character.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Style {
    weight: Weight,
    is_italic: bool,
    is_underlined: bool,
    /// One of the 16 colors.
    color: Option<u8>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Weight {
    #[default]
    Normal,
    Bold,
    Dim,
}

impl Style {
    /// Applies the parameters of ECMA-48 §8.3.117, and the bright and extended colors that terminals added.
    pub(crate) fn apply(&mut self, parameters: &str) {
        let mut numbers = parameters
            .split([';', ':'])
            .map(|number| number.parse().unwrap_or(0_u16));
        while let Some(number) = numbers.next() {
            match number {
                0 => *self = Style::default(),
                1 => self.weight = Weight::Bold,
                2 => self.weight = Weight::Dim,
                3 => self.is_italic = true,
                4 => self.is_underlined = true,
                22 => self.weight = Weight::Normal,
                23 => self.is_italic = false,
                24 => self.is_underlined = false,
                30..=37 => self.color = u8::try_from(number - 30).ok(),
                90..=97 => self.color = u8::try_from(number - 90 + 8).ok(),
                38 => self.color = extended(&mut numbers),
                39 => self.color = None,
                48 => _ = extended(&mut numbers),
                _ => {}
            }
        }
    }

    /// Returns the style as CSS declarations, for pages that have no classes of ours.
    pub(crate) fn declarations(self) -> String {
        let weight = match self.weight {
            Weight::Normal | Weight::Dim => "",
            Weight::Bold => "font-weight:700;",
        };
        let slant = if self.is_italic {
            "font-style:italic;"
        } else {
            ""
        };
        let line = if self.is_underlined {
            "text-decoration:underline;"
        } else {
            ""
        };
        // Bright colors, 8 to 15, have the hues of the others.
        let hue = self.color.map(|color| HUES[usize::from(color % 8)]);
        let color = hue.filter(|(light, _)| !light.is_empty());
        let color = color.map_or_else(String::new, |(light, dark)| {
            format!("color:light-dark({light},{dark})")
        });
        format!("{weight}{slant}{line}{color}")
    }

    fn classes(self) -> String {
        let mut classes = match self.weight {
            Weight::Normal => "",
            Weight::Bold => "b ",
            Weight::Dim => "d ",
        }
        .to_owned();
        if self.is_italic {
            classes.push_str("i ");
        }
        if self.is_underlined {
            classes.push_str("u ");
        }
        if let Some(color) = self.color {
            classes.push('c');
            classes.push_str(&color.to_string());
        }
        classes
    }
}

/// Returns the nearest of the 16 colors to `5;N` or `2;R;G;B`.
fn extended(numbers: &mut impl Iterator<Item = u16>) -> Option<u8> {
    let (red, green, blue) = match numbers.next()? {
        5 => match numbers.next()? {
            number @ 0..=15 => return u8::try_from(number).ok(),
            number @ 16..=231 => {
                let cube = number - 16;
                (cube / 36 * 51, cube / 6 % 6 * 51, cube % 6 * 51)
            }
            number => {
                // Numbers go up to 255, but the app may write any.
                let gray = (number.min(255) - 232) * 10 + 8;
                (gray, gray, gray)
            }
        },
        2 => {
            let mut component = || Some(numbers.next()?.min(255));
            (component()?, component()?, component()?)
        }
        _ => return None,
    };
    Some(nearest(red, green, blue))
}

/// Returns the nearest of the 16 colors: their numbers have a bit for each strong component, and one for a bright color.
fn nearest(red: u16, green: u16, blue: u16) -> u8 {
    let strongest = red.max(green).max(blue);
    if strongest < 64 {
        return 0;
    }
    let is_strong = |component: u16, bit: u8| if component * 2 > strongest { bit } else { 0 };
    let bright = if strongest > 192 { 8 } else { 0 };
    is_strong(red, 1) | is_strong(green, 2) | is_strong(blue, 4) | bright
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colors_become_classes_and_the_rest_is_inert() {
        for (text, html) in [
            ("plain <b>", "plain &lt;b&gt;"),
            (
                "\x1b[1m\x1b[91merror\x1b[0m: x",
                "<span class=\"b c9\">error</span>: x",
            ),
            (
                "\x1b[38;5;12mblue\x1b[39mplain",
                "<span class=\"c12\">blue</span>plain",
            ),
            ("\x1b[38;2;255;80;80mred", "<span class=\"c9\">red</span>"),
            ("\x1b[48;5;1mback\x1b[m", "back"),
            ("\x1b]8;;javascript:alert(1)\x07link\x1b]8;;\x07", "link"),
            ("\x1b[38;5mcut", "cut"),
            ("\x1b[999999mbig", "big"),
            ("\x1b[38;5;65535mbig", "<span class=\"c15\">big</span>"),
            ("\x1b[38;2;65535;0;0mbig", "<span class=\"c9\">big</span>"),
        ] {
            assert_eq!(output(text).into_string(), html, "{text:?}");
        }
    }
}
