//! The colors of the names before lines of output.

use std::sync::Arc;

use console::Color;

/// The colors of the processes beside the app. Red is the color of errors.
const SIDES: [Color; 5] = [
    Color::Cyan,
    Color::Green,
    Color::Yellow,
    Color::Blue,
    Color::Magenta,
];

/// The color of the commands around a build.
const HOOKS: Color = Color::Magenta;

/// The colors of names, by the order of the processes: the same at every start, and different for up to five of them.
#[derive(Debug)]
pub(super) struct NameColors(Vec<Arc<str>>);

impl NameColors {
    /// Colors these processes beside the app.
    pub(super) fn new(sides: Vec<Arc<str>>) -> NameColors {
        NameColors(sides)
    }

    /// Returns the color of a process or a hook.
    pub(super) fn color(&self, name: &str) -> Color {
        let place = self.0.iter().position(|side| **side == *name);
        place.map_or(HOOKS, |place| SIDES[place % SIDES.len()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_processes_have_five_colors_and_a_hook_has_its_own() {
        let names = ["api", "css", "docs", "vite", "worker", "zoo"];
        let colors = NameColors::new(names.map(Arc::from).to_vec());
        let colors_of = |names: &[&str]| -> Vec<Color> {
            names.iter().map(|name| colors.color(name)).collect()
        };
        assert_eq!(colors_of(&names[..5]), SIDES);
        assert_eq!(colors_of(&["zoo", "api"]), [Color::Cyan, Color::Cyan]);
        assert_eq!(colors.color("on.build"), HOOKS);
    }
}
