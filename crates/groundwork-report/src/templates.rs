//! Templates and fonts: those that come with groundwork, and those of a template's author.

use groundwork_plan::diag::Diagnostic;
use std::collections::{BTreeMap, BTreeSet};
use typst::foundations::Bytes;
use typst::text::Font;

macro_rules! built_in {
    ($($path:literal),* $(,)?) => {
        [$(($path, include_bytes!(concat!("../../../reports/", $path)).as_slice())),*]
    };
}

const FILES: [(&str, &[u8]); 34] = built_in![
    "lessons-learned.typ",
    "quarterly-funder.typ",
    "quarterly-page.typ",
    "site-comparison.typ",
    "theme.css",
    "theme.typ",
    "sections/adaptations.typ",
    "sections/asks.typ",
    "sections/certainty.typ",
    "sections/changes.typ",
    "sections/comparison.typ",
    "sections/evaluations.typ",
    "sections/evidence.typ",
    "sections/figures.typ",
    "sections/headlines.typ",
    "sections/indicators.typ",
    "sections/lessons.typ",
    "sections/limits.typ",
    "sections/matrix.typ",
    "sections/methods.typ",
    "sections/object.typ",
    "sections/opening.typ",
    "sections/people.typ",
    "sections/performance.typ",
    "sections/provenance.typ",
    "sections/quality.typ",
    "sections/restated.typ",
    "sections/scorecard.typ",
    "sections/summary.typ",
    "sections/trust.typ",
    "sections/voices.typ",
    "words/en.json",
    "words/my.json",
    "words/th.json",
];

const FONTS: [&[u8]; 8] = [
    include_bytes!("../../../reports/fonts/NotoSans-Regular.ttf"),
    include_bytes!("../../../reports/fonts/NotoSans-SemiBold.ttf"),
    include_bytes!("../../../reports/fonts/NotoSansThai-Regular.ttf"),
    include_bytes!("../../../reports/fonts/NotoSansThai-SemiBold.ttf"),
    include_bytes!("../../../reports/fonts/NotoSansMyanmar-Regular.ttf"),
    include_bytes!("../../../reports/fonts/NotoSansMyanmar-SemiBold.ttf"),
    include_bytes!("../../../reports/fonts/NotoSansMath-Subset.ttf"),
    include_bytes!("../../../reports/fonts/NotoSansSymbols2-Subset.ttf"),
];

/// Templates, their words, and fonts.
#[derive(Clone)]
pub struct Templates {
    /// By path, without a slash in front: `sections/summary.typ`.
    pub(crate) files: BTreeMap<String, Bytes>,
    /// Those that did not come with groundwork.
    pub(crate) own: BTreeSet<String>,
    /// Fonts that did not come with groundwork, by path.
    own_fonts: BTreeMap<String, Vec<u8>>,
    /// In the order in which a character looks for its font.
    pub(crate) fonts: Vec<Font>,
}

impl Templates {
    /// The templates and fonts that come with groundwork.
    pub fn built_in() -> Self {
        let files = FILES.iter().map(|(path, bytes)| ((*path).to_owned(), Bytes::new(*bytes)));
        let fonts = FONTS.iter().flat_map(|bytes| Font::iter(Bytes::new(*bytes)));
        Self {
            files: files.collect(),
            own: BTreeSet::new(),
            own_fonts: BTreeMap::new(),
            fonts: fonts.collect(),
        }
    }

    /// Adds files of a template's author, each with its path inside the folder of templates,
    /// such as `my-report.typ` or `sections/summary.typ`. A file of the same path is replaced;
    /// `.ttf`, `.otf` and `.ttc` files are added to the fonts.
    ///
    /// This crate opens no files: the caller reads the folder.
    ///
    /// # Errors
    ///
    /// A font file that is no font.
    pub fn with_files(
        mut self,
        files: impl IntoIterator<Item = (String, Vec<u8>)>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut problems = Vec::new();
        for (path, bytes) in files {
            let path = path.replace('\\', "/").trim_start_matches(['/', '.']).to_owned();
            let lower = path.to_ascii_lowercase();
            if [".ttf", ".otf", ".ttc"].iter().any(|end| lower.ends_with(end)) {
                let before = self.fonts.len();
                self.fonts.extend(Font::iter(Bytes::new(bytes.clone())));
                if self.fonts.len() == before {
                    problems.push(crate::diag::not_a_font(&path));
                }
                self.own_fonts.insert(path, bytes);
            } else {
                self.own.insert(path.clone());
                self.files.insert(path, Bytes::new(bytes));
            }
        }
        if problems.is_empty() { Ok(self) } else { Err(problems) }
    }

    /// Every template, catalogue and font that comes with groundwork, in an order that never changes.
    pub fn shipped() -> impl Iterator<Item = &'static [u8]> {
        FILES.iter().map(|(_, bytes)| *bytes).chain(FONTS)
    }

    /// The files of a template's author, fonts among them, by path.
    pub fn own(&self) -> BTreeMap<&str, &[u8]> {
        let files = self.files.iter().filter(|(path, _)| self.own.contains(*path));
        let files = files.map(|(path, bytes)| (path.as_str(), bytes.as_slice()));
        files.chain(self.own_fonts.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()))).collect()
    }

    /// The names of the templates: the `.typ` files that stand in no folder, but for the theme.
    pub fn names(&self) -> Vec<&str> {
        let names = self.files.keys().filter_map(|path| path.strip_suffix(".typ"));
        names.filter(|name| !name.contains('/') && *name != "theme").collect()
    }
}

impl std::fmt::Debug for Templates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Templates")
            .field("files", &self.files.keys().collect::<Vec<_>>())
            .field("fonts", &self.fonts.len())
            .finish()
    }
}
