//! Quiet, colored lines for humans, and one status line while work is in progress.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::time::Duration;

use console::{Term, style};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::TerminalOptions;
use crate::page::{self, Color, Inert};
use crate::state::{Cause, Chunk, Phase, Progress, Revival, Start, Status, Stream, Writer};
use crate::terminal::keys::Key;
use crate::terminal::name_colors::NameColors;
use crate::terminal::qr;
use crate::terminal::reported::{Reported, Shown};
use crate::terminal::run::Urls;
use crate::terminal::screen::Screen;
use crate::terminal::still::Still;
use crate::terminal::wait_log::{WaitLog, waiting};

/// The screen for humans. Our own lines go to standard error, the app's to the stream that it wrote to.
#[derive(Debug)]
pub(super) struct Human {
    prefix: String,
    volume: Volume,
    bar: ProgressBar,
    /// The attempt and the phase that were shown last.
    last: Option<(u64, &'static str)>,
    /// The cause in the line of that attempt. More files may change before it ends.
    cause: Cause,
    /// The ports in the last remark about wrong ports.
    opened: Vec<u16>,
    reported: Reported,
    /// The dev server's URL on this machine.
    url: String,
    cursor: Cursor,
    log: WaitLog,
    name_colors: NameColors,
}

/// The amount of output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Volume {
    Normal,
    Quiet,
}

/// The position of the cursor after the app's output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cursor {
    LineStart,
    InLine,
}

impl Human {
    /// Makes a screen for these options and processes beside the app.
    pub(super) fn new(options: &TerminalOptions, name_colors: NameColors) -> Human {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        Human {
            prefix: options.log_prefix.clone(),
            volume: if options.quiet {
                Volume::Quiet
            } else {
                Volume::Normal
            },
            bar,
            last: None,
            cause: Cause::Started,
            opened: Vec::new(),
            reported: Reported::default(),
            url: String::new(),
            cursor: Cursor::LineStart,
            log: WaitLog::default(),
            name_colors,
        }
    }

    /// Prints a line of ours, except with `--quiet`.
    fn inform(&mut self, text: &str) {
        if self.volume == Volume::Normal {
            self.line(text);
        }
    }

    /// Prints a line of ours even with `--quiet`.
    fn line(&mut self, text: &str) {
        let prefix = match self.prefix.as_str() {
            "" => String::new(),
            prefix => format!("{} ", style(format!("[{prefix}]")).for_stderr().cyan()),
        };
        let text = Inert {
            text,
            color: Color::Ansi,
        };
        self.print(&format!("{prefix}{text}\n"));
    }

    /// Prints text as it is.
    fn print(&mut self, text: &str) {
        let lead = match self.cursor {
            Cursor::LineStart => "",
            Cursor::InLine => "\n",
        };
        self.cursor = Cursor::LineStart;
        // Writing to a terminal that is gone fails, and that is fine.
        let _ = self
            .bar
            .suspend(|| write!(io::stderr().lock(), "{lead}{text}"));
    }

    fn begin(&mut self, status: &Status) {
        let verb = match status.cause {
            Cause::Started => "building",
            Cause::Requested | Cause::Changed(_) | Cause::Overflow => "rebuilding",
            Cause::RestartRequested | Cause::Crashed => "restarting",
        };
        let subject = match &status.cause {
            Cause::Started | Cause::RestartRequested => status.target.name.clone(),
            cause => cause.to_string(),
        };
        // The status line of the previous build would stay on the screen.
        self.bar.finish_and_clear();
        self.inform(&format!("{verb}: {subject}"));
        self.cause.clone_from(&status.cause);
        if self.volume == Volume::Normal {
            self.bar = spinner();
        }
    }

    fn progress(&mut self, progress: &Progress, status: &Status) {
        if self.bar.is_hidden() {
            for line in self.log.lines(progress) {
                self.inform(&line);
            }
            return;
        }
        let crates = match progress.underway.names() {
            names if names.is_empty() && self.has_grown(status) => status.cause.to_string(),
            names => names.join(", "),
        };
        let text = match (&progress.blocked, progress.total) {
            (Some(blocked), _) => waiting(blocked),
            (None, _) if !progress.hook.is_empty() => format!("running {}", progress.hook),
            (None, 0) if crates.is_empty() => progress.step.clone(),
            (None, 0) => crates,
            (None, total) => format!("{}/{total} {crates}", progress.done),
        };
        self.message(text);
    }

    /// Returns `true` if more files have changed since the line of this attempt.
    fn has_grown(&self, status: &Status) -> bool {
        self.cause != status.cause
    }

    /// Returns the whole cause in parentheses, if it has grown.
    fn whole_cause(&self, status: &Status) -> String {
        if self.has_grown(status) {
            format!(" ({})", status.cause)
        } else {
            String::new()
        }
    }

    /// Prints the output of a process beside the app or of a hook, each line after its name.
    fn side_output(&mut self, name: &str, chunk: &Chunk) {
        let text = String::from_utf8_lossy(&chunk.bytes);
        let color = self.name_colors.color(name);
        let name = style(format!("{name} |")).for_stderr().fg(color);
        let mut lines = String::new();
        for line in text.lines() {
            // Writing to a string never fails.
            let _ = writeln!(lines, "{name} {}", Still(line));
        }
        self.print(&lines);
    }

    /// Changes the status line, if there is one.
    fn message(&self, text: String) {
        if !self.bar.is_finished() {
            self.bar.set_message(text);
        }
    }

    fn failed(&mut self, status: &Status) {
        self.diagnostics(status);
        let errors = count(status.diagnostics.errors(), "error");
        let after = seconds(status.timings.build.unwrap_or_default());
        let text = style(format!("build failed: {errors}"))
            .for_stderr()
            .red()
            .bold();
        let cause = self.whole_cause(status);
        self.line(&format!("{text} after {after}{cause}"));
    }

    fn ready(&mut self, status: &Status) {
        self.diagnostics(status);
        let [build, start] =
            [status.timings.build, status.timings.start].map(Option::unwrap_or_default);
        let took = seconds(build + start);
        let text = style("ready").for_stderr().green().bold();
        let cause = self.whole_cause(status);
        self.inform(&format!("{text} in {took}{cause}"));
    }

    fn crashed(&mut self, status: &Status) {
        let Phase::Crashed(exit) = &status.phase else {
            return;
        };
        let text = style(format!("the app exited: {}", exit.status))
            .for_stderr()
            .red()
            .bold();
        let remark = match status.revival {
            Revival::Edit => ", at the same place as before; edit the code, and save",
            Revival::Save | Revival::Pause | Revival::Request => "; save a file to try again",
        };
        let uptime = seconds(exit.uptime);
        self.line(&format!("{text}, {uptime} after its start{remark}"));
    }

    fn starting(&mut self, start: &Start) {
        self.message("starting".to_owned());
        if self.opened == start.opened {
            return;
        }
        self.opened.clone_from(&start.opened);
        if let Some(wrong_port) = page::wrong_port(start) {
            self.line(&wrong_port);
        }
    }

    /// Prints the diagnostics, except warnings that were printed before. `--quiet` hides all warnings.
    fn diagnostics(&mut self, status: &Status) {
        let shown = match self.volume {
            Volume::Normal => Shown::All,
            Volume::Quiet => Shown::Errors,
        };
        let color = if console::colors_enabled_stderr() {
            Color::Ansi
        } else {
            Color::Plain
        };
        let text = self.reported.text(status, shown, &self.url, color);
        if !text.is_empty() {
            self.print(&text);
        }
    }
}

impl Screen for Human {
    fn listening(&mut self, status: &Status, urls: &Urls) {
        self.url.clone_from(&urls.local);
        let link = |url: &str| style(url).for_stderr().bold().underlined().to_string();
        self.inform(&format!("{} at {}", status.target.name, link(&urls.local)));
        for url in &urls.network {
            self.inform(&format!("on your network at {}", link(url)));
        }
        if let Some(url) = urls.network.first()
            && self.volume == Volume::Normal
            && let Some(code) = qr::code(url, &Term::stderr())
        {
            self.print(&code);
        }
    }

    fn show(&mut self, status: &Status) {
        if status.attempt == 0 {
            // The first attempt has not begun.
            return;
        }
        let now = (status.attempt, status.phase.name());
        let last = self.last.replace(now);
        let is_new = last != Some(now);
        if is_new && !matches!(status.phase, Phase::Building(_) | Phase::Starting(_)) {
            self.bar.finish_and_clear();
        }
        match &status.phase {
            Phase::Building(progress) => {
                // An attempt that more changes have joined begins over again, also from the start of the app.
                if last.is_none_or(|(attempt, _)| attempt != status.attempt) {
                    self.begin(status);
                }
                self.progress(progress, status);
            }
            Phase::Starting(start) => self.starting(start),
            Phase::Failed if is_new => self.failed(status),
            Phase::Ready(_) if is_new => self.ready(status),
            Phase::Crashed(_) if is_new => self.crashed(status),
            Phase::Idle if is_new => self.inform("built; the first request starts the app"),
            Phase::Built if is_new => self.inform("built"),
            // A hook may have found more.
            Phase::Ready(_) => self.diagnostics(status),
            Phase::Failed | Phase::Crashed(_) | Phase::Idle | Phase::Built => {}
        }
    }

    fn output(&mut self, chunk: &Chunk) {
        if let Writer::Side(name) | Writer::Hook(name) = &chunk.writer {
            return self.side_output(name, chunk);
        }
        let ends = match chunk.bytes.last() {
            Some(b'\n') | None => Cursor::LineStart,
            Some(_) => Cursor::InLine,
        };
        if ends == Cursor::InLine {
            // The status line would follow the app's unfinished line.
            self.bar.finish_and_clear();
        }
        let write = || match chunk.stream {
            Stream::Stdout => {
                let mut stdout = io::stdout().lock();
                stdout.write_all(&chunk.bytes).and_then(|()| stdout.flush())
            }
            Stream::Stderr => io::stderr().lock().write_all(&chunk.bytes),
        };
        // Writing to a terminal that is gone fails, and that is fine.
        let _ = self.bar.suspend(write);
        self.cursor = ends;
    }

    fn notice(&mut self, text: &str) {
        let mark = style("note:").for_stderr().yellow().bold();
        // A name in it may contain the start of a line of ours.
        let text = text.replace('\n', "\n  ");
        self.line(&format!("{mark} {text}"));
    }

    fn press(&mut self, key: Key) {
        match key {
            Key::Clear => self.print("\x1b[2J\x1b[H"),
            _ => self
                .line("r rebuild · s start again · o open the browser · d open the dashboard · c clear · q quit"),
        }
    }
}

fn spinner() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    // The template is a constant and valid.
    if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed} {wide_msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

fn seconds(duration: Duration) -> String {
    match duration.as_millis() {
        millis @ 0..1000 => format!("{millis} ms"),
        _ => format!("{:.1} s", duration.as_secs_f64()),
    }
}
