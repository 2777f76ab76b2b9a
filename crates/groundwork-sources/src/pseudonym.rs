//! Identifiers of people become pseudonyms at the door: the same identifier the same pseudonym,
//! and no way back without the key.

use crate::values::identifier::{self, Found};
use sha2::{Digest as _, Sha256};
use std::path::Path;

/// The file beside the pipeline that holds the key, as text.
pub const KEY_FILE: &str = "groundwork.key";

/// Makes pseudonyms with one key.
#[derive(Clone)]
pub(crate) struct Pseudonyms {
    inner: [u8; 64],
    outer: [u8; 64],
}

impl Pseudonyms {
    /// With the key in `groundwork.key` beside the pipeline. Without that file identifiers are
    /// replaced all the same, but whoever knows the program can try out all thirteen-digit numbers.
    pub(crate) fn beside(base: &Path) -> Self {
        let key = std::fs::read(base.join(KEY_FILE)).unwrap_or_default();
        Self::with(key.trim_ascii())
    }

    /// HMAC (RFC 2104) with SHA-256: blocks of 64 bytes.
    fn with(key: &[u8]) -> Self {
        let mut block = [0; 64];
        if key.len() > block.len() {
            block[..32].copy_from_slice(&Sha256::digest(key));
        } else {
            block[..key.len()].copy_from_slice(key);
        }
        Self { inner: block.map(|b| b ^ 0x36), outer: block.map(|b| b ^ 0x5c) }
    }

    /// What tells this key from others, and not what it is.
    pub(crate) fn code(&self) -> String {
        self.of("which key is this")
    }

    fn name(&self, found: &Found) -> String {
        self.of(&found.key)
    }

    fn of(&self, text: &str) -> String {
        let inner = Sha256::new().chain_update(self.inner).chain_update(text).finalize();
        let outer = Sha256::new().chain_update(self.outer).chain_update(inner).finalize();
        let digits: String = outer.iter().take(10).map(|byte| format!("{byte:02x}")).collect();
        format!("id:{digits}")
    }

    /// The text with a pseudonym in the place of every identifier; none where it holds none.
    pub(crate) fn replaced(&self, text: &str) -> Option<String> {
        identifier::replaced(text, |found| self.name(found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_identifier_has_one_pseudonym_under_one_key() {
        let a = Pseudonyms::with(b"a");
        let name = a.replaced("๑-๐๐๐๐-๙๙๙๙๙-๐๐-๓").unwrap();
        assert_eq!(a.replaced("1000099999003.0").as_ref(), Some(&name));
        assert_ne!(a.replaced("2000099999001").as_ref(), Some(&name));
        assert_ne!(Pseudonyms::with(b"b").replaced("1000099999003").as_ref(), Some(&name));
        assert_eq!(a.replaced("Nan"), None);
        // Nothing in a pseudonym looks like an identifier again.
        assert_eq!(a.replaced(&name), None);
    }

    #[test]
    fn the_code_is_that_of_rfc_4231() {
        let found = Found {
            start: 0,
            end: 0,
            kind: identifier::Kind::Handle,
            key: "what do ya want for nothing?".into(),
        };
        assert_eq!(Pseudonyms::with(b"Jefe").name(&found), "id:5bdcc146bf60754e6a04");
    }
}
