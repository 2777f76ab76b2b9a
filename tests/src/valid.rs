//! Whether a PDF is what it says: PDF/A-3a and PDF/UA-1, by an independent validator.

use page_validation::{ValidationOptions, ValidationProfile, validate_pdf_bytes};

/// Validates a PDF against both standards.
pub fn valid(pdf: &[u8]) -> Result<(), String> {
    for profile in [ValidationProfile::PdfUa1, ValidationProfile::PdfA3a] {
        let options = ValidationOptions::default().profile(profile);
        let report = validate_pdf_bytes(pdf, &options).map_err(|e| format!("{e:?}"))?;
        if !report.is_compliant {
            return Err(format!("{profile:?}: {:?}", report.failures));
        }
    }
    Ok(())
}
