//! Which literals of the library cost most on given logs: `cargo run --release --example literals -- FILE...`
//!
//! For each literal that is always looked for: how often it occurs in the clean text, and how often a regex behind it matches
//! that line.

use std::collections::HashMap;
use std::{env, fs::File};

use jobtriage::library::{Library, Target};
use jobtriage::trace::{BlockReader, line::Line};

fn main() {
    let library = Library::embedded();
    let tables = &library.tables()[0];
    let mut counts: HashMap<u32, (u64, u64)> = HashMap::new();
    let mut names: HashMap<u32, (String, Vec<String>)> = HashMap::new();
    let mut bytes = 0;
    let mut grams: HashMap<u32, u64> = HashMap::new();
    for file in env::args().skip(1) {
        let mut reader = BlockReader::new(File::open(&file).expect("a readable file"));
        while let Some(block) = reader.next_block() {
            let text = &block.bytes()[block.start()..];
            tables.sampled(text, |gram| *grams.entry(gram).or_default() += 1);
            tables.scan(text, |literal, at| {
                let entry = counts.entry(literal).or_default();
                entry.0 += 1;
                let piece = block.piece(block.start() + at);
                let line = Line::new(&block.bytes()[piece.from..piece.to], false);
                let matched = tables.targets(literal).map(Target::unpack).any(|t| {
                    t.pattern != Target::FRAME
                        && library
                            .get(t.pattern.into())
                            .regex(t.regex as usize)
                            .is_some_and(|r| r.is_match(line.content()))
                });
                entry.1 += u64::from(matched);
                names.entry(literal).or_insert_with(|| {
                    let ids =
                        tables
                            .targets(literal)
                            .map(Target::unpack)
                            .map(|t| match t.pattern {
                                Target::FRAME => "frame".to_owned(),
                                p => library.id(p.into()).to_owned(),
                            });
                    (
                        String::from_utf8_lossy(tables.literal(literal)).into_owned(),
                        ids.collect(),
                    )
                });
            });
        }
        bytes += reader.bytes();
    }
    let mut rows: Vec<_> = counts.into_iter().collect();
    rows.sort_by_key(|(_, (hits, _))| std::cmp::Reverse(*hits));
    println!("{} MiB, {} literals seen", bytes >> 20, rows.len());
    let mut common: Vec<_> = grams.iter().map(|(g, n)| (*n, g.to_le_bytes())).collect();
    common.sort_unstable_by(|a, b| b.cmp(a));
    println!(
        "{} close looks, one for {} bytes; most for:",
        common.iter().map(|c| c.0).sum::<u64>(),
        bytes / common.iter().map(|c| c.0).sum::<u64>().max(1)
    );
    for (count, gram) in common.iter().take(40) {
        print!("{count} {:?}  ", String::from_utf8_lossy(gram));
    }
    println!();
    println!("{:>9} {:>9}  literal (patterns)", "occurs", "matches");
    for (literal, (hits, matches)) in rows.iter().take(60) {
        let (text, ids) = &names[literal];
        println!("{hits:>9} {matches:>9}  {text:?} ({})", ids.join(", "));
    }
}
