//! What the program costs beside what everybody has: one table, every ratio from one run.
//!
//! `cargo bench --bench ratios`, or with the sizes of the goals: `cargo bench --bench ratios -- --full`. Other
//! arguments choose measures by a word of their name. Tools that are not on the path are left out and said so; `RG=PATH`
//! names one that is elsewhere, `LOG=PATH` a log for the measure of pattern counts, `JOBTRIAGE_BIN=PATH` another binary to
//! measure, `JOBTRIAGE_BENCH_DIR=PATH` another place
//! for the logs.

mod corpus;
#[path = "measure/mod.rs"]
mod measure;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use jobtriage::library::Library;
use jobtriage::pattern::Pattern;
use measure::{Cost, Run, in_turn, jobtriage, tool};

/// Sizes of what is read.
struct Sizes {
    big: u64,
    worst: u64,
    /// What rg reads: with thousands of regexes it takes seconds for that.
    rg: u64,
    files: usize,
    packed: usize,
    rounds: u32,
}

struct Bench {
    dir: PathBuf,
    sizes: Sizes,
    wanted: Vec<String>,
}

/// The argument with which this program only writes the library's regexes, one a line.
const REGEXES: &str = "--regexes";
/// rg as a user would start it with so many patterns: with its own limit it refuses them.
const RG: &[&str] = &["-c", "-j1", "--no-unicode", "--regex-size-limit=1G", "-f"];

fn main() -> io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args.iter().any(|arg| arg == REGEXES) {
        return regexes(&mut io::stdout().lock());
    }
    let full = args.iter().any(|arg| arg == "--full");
    let sizes = if full {
        Sizes {
            big: 1 << 30,
            worst: 64 << 20,
            rg: 256 << 10,
            files: 20_000,
            packed: 2_000,
            rounds: 5,
        }
    } else {
        Sizes {
            big: 128 << 20,
            worst: 16 << 20,
            rg: 64 << 10,
            files: 1_000,
            packed: 200,
            rounds: 3,
        }
    };
    let dir = std::env::var_os("JOBTRIAGE_BENCH_DIR")
        .map_or_else(
            || Path::new(env!("CARGO_TARGET_TMPDIR")).join("ratios"),
            PathBuf::from,
        )
        .join(if full { "full" } else { "small" });
    fs::create_dir_all(&dir)?;
    let wanted = args
        .into_iter()
        .filter(|arg| !arg.starts_with("--"))
        .collect();
    let bench = Bench { dir, sizes, wanted };
    println!(
        "| measure | goal | measured | cost of ours | of the other | peak MiB |\n|---|---|---:|---:|---:|---:|"
    );
    bench.big_log()?;
    bench.folder()?;
    bench.packed()?;
    bench.cold()?;
    bench.memory()?;
    bench.worst()?;
    bench.foreign()?;
    // Last: what this process takes for it would count as the peak of the processes it starts.
    bench.patterns()
}

/// Appends the piece with that number.
type Piece = fn(u64, &mut Vec<u8>);

/// How the ratio of two costs is told.
enum Tell {
    /// Ours over theirs, in CPU time.
    TimesTheirs,
    /// Theirs over ours, in CPU time.
    Faster,
    /// Theirs over ours, in wall time.
    FasterOnTheClock,
}

impl Bench {
    fn wants(&self, measure: &str) -> bool {
        self.wanted.is_empty()
            || self
                .wanted
                .iter()
                .any(|word| measure.contains(word.as_str()))
    }

    /// Runs two commands in turn and prints a row.
    fn compare(
        &self,
        measure: &str,
        goal: &str,
        tell: Tell,
        theirs: Vec<Run>,
        ours: Vec<Run>,
    ) -> io::Result<()> {
        if !self.wants(measure) {
            return Ok(());
        }
        let costs = in_turn(self.sizes.rounds, &[theirs, ours])?;
        let [theirs, ours] = costs[..] else {
            return Ok(());
        };
        let seconds = |cost: Cost| match tell {
            Tell::FasterOnTheClock => cost.wall.as_secs_f64(),
            _ => cost.cpu.as_secs_f64(),
        };
        let (ours_s, theirs_s) = (seconds(ours), seconds(theirs).max(1e-6));
        let ratio = match tell {
            Tell::TimesTheirs => ours_s / theirs_s,
            _ => theirs_s / ours_s,
        };
        println!(
            "| {measure} | {goal} | {ratio:.2} × | {:.2} ms | {:.2} ms | {:.1} |",
            ours_s * 1e3,
            theirs_s * 1e3,
            ours.peak as f64 / f64::from(1 << 20)
        );
        io::stdout().flush()
    }

    fn left_out(&self, measure: &str, why: &str) {
        if self.wants(measure) {
            println!("| {measure} | | {why} | | | |");
        }
    }

    fn big_log(&self) -> io::Result<()> {
        let log = self.dir.join("big.log");
        corpus::big(&log, self.sizes.big)?;
        let ours = vec![Run::new(jobtriage(), &[]).file(&log)];
        let cat = vec![Run::new("cat", &[]).file(&log)];
        self.compare(
            "a big log against cat",
            "≤ 7 ×",
            Tell::TimesTheirs,
            cat,
            ours,
        )?;
        let name = "a part of it against rg -f";
        if !self.wants(name) {
            return Ok(());
        }
        let part = self.dir.join("part.log");
        corpus::big(&part, self.sizes.rg)?;
        match self.rg()? {
            Some(rg) => self.compare(
                name,
                "≥ 4 × faster",
                Tell::Faster,
                vec![rg.file(&part)],
                vec![Run::new(jobtriage(), &[]).file(&part)],
            ),
            None => {
                self.left_out(name, "rg is not on the path");
                Ok(())
            }
        }
    }

    /// rg with every regex of the library, over raw text.
    fn rg(&self) -> io::Result<Option<Run>> {
        let Some(rg) = tool("rg") else {
            return Ok(None);
        };
        let file = self.dir.join("patterns.txt");
        // A process of its own: the library would count as the peak of whatever this one starts.
        let this = Command::new(std::env::current_exe()?)
            .arg(REGEXES)
            .output()?;
        fs::write(&file, this.stdout)?;
        Ok(Some(Run::new(rg, RG).file(&file)))
    }

    fn folder(&self) -> io::Result<()> {
        let dir = self.dir.join("logs");
        corpus::folder(&dir, self.sizes.files)?;
        let list = self.dir.join("logs.txt");
        fs::write(&list, names(&dir)?)?;
        let scan = |jobs: &str| vec![Run::new(jobtriage(), &["scan", jobs]).file(&dir)];
        let cat = vec![Run::new("xargs", &["cat"]).stdin(&list)];
        self.compare(
            "a folder of logs against xargs cat",
            "≤ 1.5 ×",
            Tell::TimesTheirs,
            cat,
            scan("-j1"),
        )?;
        let name = "a folder of logs, 2 threads against 1";
        self.compare(
            name,
            "≥ 1.8 × faster",
            Tell::FasterOnTheClock,
            scan("-j1"),
            scan("-j2"),
        )
    }

    fn packed(&self) -> io::Result<()> {
        let name = "gz and zst logs against gzip -dc and zstd -dc";
        let (Some(gzip), Some(zstd)) = (tool("gzip"), tool("zstd")) else {
            self.left_out(name, "gzip or zstd is not on the path");
            return Ok(());
        };
        if !self.wants(name) {
            return Ok(());
        }
        let (plain, dir) = (self.dir.join("logs"), self.dir.join("packed"));
        corpus::folder(&plain, self.sizes.files)?;
        fs::create_dir_all(&dir)?;
        let (mut gz, mut zst) = (String::new(), String::new());
        for k in 0..self.sizes.packed {
            let log = plain.join(format!("{k:05}.log"));
            let (a, b) = (
                dir.join(format!("{k:05}.log.gz")),
                dir.join(format!("{k:05}.log.zst")),
            );
            if !a.exists() {
                let packed = Command::new(&gzip).arg("-c").arg(&log).output()?;
                fs::write(&a, packed.stdout)?;
            }
            if !b.exists() {
                let packed = Command::new(&zstd).args(["-q", "-c"]).arg(&log).output()?;
                fs::write(&b, packed.stdout)?;
            }
            gz += &format!("{}\n", a.display());
            zst += &format!("{}\n", b.display());
        }
        let (gz_list, zst_list) = (self.dir.join("gz.txt"), self.dir.join("zst.txt"));
        fs::write(&gz_list, gz)?;
        fs::write(&zst_list, zst)?;
        let theirs = vec![
            Run::new("xargs", &["gzip", "-dc"]).stdin(&gz_list),
            Run::new("xargs", &["zstd", "-q", "-dc"]).stdin(&zst_list),
        ];
        let ours = vec![Run::new(jobtriage(), &["scan", "-j1"]).file(&dir)];
        self.compare(name, "≤ 1.1 ×", Tell::TimesTheirs, theirs, ours)
    }

    fn cold(&self) -> io::Result<()> {
        let log = self.dir.join("one.log");
        corpus::big(&log, 60 << 10)?;
        let cat = vec![Run::new("cat", &[]).file(&log).times(50)];
        let ours = vec![Run::new(jobtriage(), &[]).file(&log).times(50)];
        self.compare(
            "a cold run on a 60 KB log against cat",
            "≤ 2 ×",
            Tell::TimesTheirs,
            cat.clone(),
            ours,
        )?;
        // Secrets are shown in a file only, not in a pipe.
        let text = format!("text={}", self.dir.join("report.txt").display());
        let bare = vec![
            Run::new(jobtriage(), &["--no-redact", "-f", &text])
                .file(&log)
                .times(50),
        ];
        self.compare(
            "the same without redaction",
            "",
            Tell::TimesTheirs,
            cat,
            bare,
        )
    }

    /// Peak memory; the time against cat is a by-product.
    fn memory(&self) -> io::Result<()> {
        let line = self.dir.join("line.log");
        if self.wants("memory: one long line") {
            corpus::write(&line, self.sizes.big, |turn, out| {
                let mut g = corpus::Gen::new(turn);
                for _ in 0..1000 {
                    out.extend(format!("{}={} error ", g.below(1 << 20), g.below(1 << 30)).bytes());
                }
            })?;
            let cat = vec![Run::new("cat", &[]).file(&line)];
            let ours = vec![Run::new(jobtriage(), &[]).file(&line)];
            self.compare(
                "memory: one long line",
                "≤ 16 MiB",
                Tell::TimesTheirs,
                cat,
                ours,
            )?;
            fs::remove_file(&line)?;
        }
        let log = self.dir.join("big.log");
        let cat = vec![Run::new("cat", &[]).stdin(&log)];
        let ours = vec![Run::new(jobtriage(), &[]).stdin(&log)];
        self.compare(
            "memory: standard input",
            "≤ 16 MiB",
            Tell::TimesTheirs,
            cat,
            ours,
        )?;
        let (dir, list) = (self.dir.join("logs"), self.dir.join("logs.txt"));
        for (format, jobs, goal) in [
            ("table", "-j1", "≤ 16 MiB"),
            ("jsonl", "-j1", "≤ 16 MiB"),
            ("json", "-j1", "≤ 16 MiB"),
            ("jsonl", "-j2", "≤ 32 MiB"),
        ] {
            let cat = vec![Run::new("xargs", &["cat"]).stdin(&list)];
            let ours = vec![Run::new(jobtriage(), &["scan", jobs, "-f", format]).file(&dir)];
            self.compare(
                &format!("memory: a folder as {format}, {jobs}"),
                goal,
                Tell::TimesTheirs,
                cat,
                ours,
            )?;
        }
        Ok(())
    }

    /// Three thousand patterns: those of the library, and made-up ones with words of their own.
    fn patterns(&self) -> io::Result<()> {
        let name = "700 against 3,000 patterns";
        if !self.wants(name) {
            return Ok(());
        }
        let library = Library::embedded();
        let own = || library.indices().map(|k| library.whole(k));
        let few = || own().step_by(own().count().div_ceil(700).max(1));
        let mut g = corpus::Gen::new(3);
        let mut made_up = |own: Vec<Pattern>| {
            let more = (own.len()..3000).map(|k| corpus::pattern(&mut g, k));
            Library::of(own.into_iter().chain(more.collect::<Vec<_>>()).collect())
        };
        let libraries = [
            Library::of(few().collect()),
            made_up(few().collect()),
            made_up(own().collect()),
        ];
        let log = std::env::var_os("LOG").map_or_else(|| self.dir.join("big.log"), PathBuf::from);
        let mut least = [f64::MAX; 3];
        for _ in 0..self.sizes.rounds {
            for (least, library) in least.iter_mut().zip(&libraries) {
                let start = measure::thread_time();
                jobtriage::engine::Scanner::new(library).scan(fs::File::open(&log)?);
                *least = least.min((measure::thread_time() - start).as_secs_f64());
            }
        }
        let [few, with_made_up, with_all] = least;
        for (name, goal, many) in [
            (name, "≤ 1.2 ×", with_made_up),
            (
                "700 against the whole library, made up to 3,000",
                "",
                with_all,
            ),
        ] {
            println!(
                "| {name} | {goal} | {:.2} × | {:.2} ms | {:.2} ms | |",
                many / few,
                many * 1e3,
                few * 1e3
            );
        }
        Ok(())
    }

    fn foreign(&self) -> io::Result<()> {
        let name = "foreign text against rg -f";
        if !self.wants(name) {
            return Ok(());
        }
        let file = self.dir.join("foreign.txt");
        corpus::write(&file, self.sizes.rg, |turn, out| {
            out.extend(corpus::foreign(&mut corpus::Gen::new(turn)).bytes())
        })?;
        match self.rg()? {
            Some(rg) => {
                let ours = vec![Run::new(jobtriage(), &[]).file(&file)];
                self.compare(
                    name,
                    "≥ 8 × faster",
                    Tell::Faster,
                    vec![rg.file(&file)],
                    ours,
                )
            }
            None => {
                self.left_out(name, "rg is not on the path");
                Ok(())
            }
        }
    }

    fn worst(&self) -> io::Result<()> {
        let cases: [(&str, Piece); 7] = [
            ("a hit on every line", |turn, out| {
                for k in 0..100 {
                    out.extend(format!("write /tmp/{turn}-{k}: no space left on device\n").bytes());
                }
            }),
            ("a colour on every word", |turn, out| {
                let mut g = corpus::Gen::new(turn);
                for k in 0..1400 {
                    let end = if k % 14 == 13 { "\n" } else { " " };
                    out.extend(
                        format!("\x1b[3{};1mw{}\x1b[0m{end}", g.below(8), g.below(1000)).bytes(),
                    );
                }
            }),
            ("a lone CR every 10 bytes", |_, out| {
                out.extend(b"123456789\r".repeat(1000))
            }),
            ("lines of one byte", |_, out| {
                out.extend(b"x\n".repeat(5000))
            }),
            ("nothing but ESC", |_, out| {
                out.extend([0x1b].repeat(10_000))
            }),
            ("nothing but NUL", |_, out| out.extend([0].repeat(10_000))),
            ("one line", |turn, out| {
                let mut g = corpus::Gen::new(turn);
                for _ in 0..1000 {
                    out.extend(format!("{}={} error ", g.below(1 << 20), g.below(1 << 30)).bytes());
                }
            }),
        ];
        for (k, (case, make)) in cases.into_iter().enumerate() {
            let name = format!("worst case: {case}");
            if !self.wants(&name) {
                continue;
            }
            let file = self.dir.join(format!("worst-{k}.log"));
            corpus::write(&file, self.sizes.worst, make)?;
            let cat = vec![Run::new("cat", &[]).file(&file).times(4)];
            let ours = vec![Run::new(jobtriage(), &["--text"]).file(&file)];
            self.compare(&name, "≤ 10 ×", Tell::TimesTheirs, cat, ours)?;
        }
        Ok(())
    }
}

/// The regexes of the library without the names of their captures, which two of them may share.
fn regexes(out: &mut impl Write) -> io::Result<()> {
    let name = regex::Regex::new(r"\(\?P?<\w+>").expect("a valid regex");
    let library = Library::embedded();
    for index in library.indices() {
        for one in &library.get(index).pattern.matches {
            // rg refuses what names a line end.
            if one.regex.source.contains(r"\n") {
                continue;
            }
            let flags = if one.regex.ignore_case { "(?i)" } else { "" };
            writeln!(out, "{flags}{}", name.replace_all(&one.regex.source, "("))?;
        }
    }
    Ok(())
}

/// The files of a folder, one a line.
fn names(dir: &Path) -> io::Result<String> {
    let mut names: Vec<String> = fs::read_dir(dir)?
        .map(|entry| Ok(entry?.path().display().to_string()))
        .collect::<io::Result<_>>()?;
    names.sort();
    Ok(names.join("\n") + "\n")
}
