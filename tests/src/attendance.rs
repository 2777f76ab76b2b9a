//! Attendance as a programme has it, of any length: who, where, when, with whom. Sites and sexes are
//! spelt in two languages, every tenth day stands in the Buddhist era, and some cells are empty.

use std::error::Error;
use std::path::Path;

/// Sessions of one person, on average.
const SESSIONS: u64 = 40;

/// The source of the people, with the steps that each of them took.
pub const BY_PERSON: &str = "  by_person:
    summary:
      of: attendance
      by: person
      columns: {site: {only: site}, joined: {min: held}, visited: {min: visited_on}, certified: {min: certified_on}}
";

/// A pipeline with every typing and check on. `sources` stands beside the attendance, `indicators` is
/// what stands under `indicators:`, and `reports` the part of the reports.
pub fn pipeline(file: &str, sources: &str, indicators: &str, reports: &str) -> String {
    format!(
        r"groundwork: 1
programme: {{id: attendance, title: Attendance}}
calendar: {{periods: quarter, from: 2019-Q1, to: 2021-Q4, as_of: 2022-01-15}}
sites: {{chiang_rai: {{name: Chiang Rai, code: TH-57}}, nan: {{name: Nan, code: TH-55}}}}
audience: internal
sources:
  attendance:
    export: {file}
    columns:
      row_id: text
      person: text
      site: site
      held: date
      sex: {{type: category, values: {{female: [หญิง], male: [ชาย]}}}}
      age: integer
      minutes: number
      led_by_volunteer: boolean
      visited_on: date
      certified_on: date
    derive:
      age_band: {{bands: [0-9, 10-14, 15-17, 18+], of: age}}
    checks:
      - {{required: [person, site, held]}}
      - {{holds: age < 120, on_failure: report}}
{sources}indicators:
{indicators}{reports}"
    )
}

/// Draws a file, CSV or by its ending Parquet with every column as text. The same number of rows gives
/// the same rows. People come and go: each is there for a quarter of the time. Some sessions are a visit to
/// a family, and some end with a certificate.
pub fn draw(path: &Path, rows: u64) -> Result<(), Box<dyn Error>> {
    let connection = duckdb::Connection::open_in_memory()?;
    let is_parquet = path.extension().is_some_and(|ending| ending == "parquet");
    let format = if is_parquet { "FORMAT parquet" } else { "HEADER, DELIMITER ','" };
    let people = (rows / SESSIONS).max(5);
    let (later, window) = (people * 4 / 5, people / 5);
    let path = path.display().to_string().replace('\'', "''");
    // Numbers are mixed by multiplication modulo a prime, which no version of the engine changes.
    connection.execute_batch(&format!(
        r"
        COPY (
            SELECT 'r' || i AS row_id,
                   'P' || lpad(CAST(person AS VARCHAR), 8, '0') AS person,
                   CASE person % 2 * 2 + a % 2
                       WHEN 0 THEN 'Chiang Rai' WHEN 1 THEN 'เชียงราย' WHEN 2 THEN 'Nan' ELSE 'น่าน' END AS site,
                   CASE WHEN b % 10 = 0 THEN strftime(held, '%d/%m/') || CAST(year(held) + 543 AS VARCHAR)
                        ELSE strftime(held, '%Y-%m-%d') END AS held,
                   CASE person % 5
                       WHEN 0 THEN 'female' WHEN 1 THEN 'ชาย' WHEN 2 THEN 'หญิง' WHEN 3 THEN 'male' END AS sex,
                   CAST(6 + person % 70 AS VARCHAR) AS age,
                   CAST(a % 180 AS VARCHAR) || '.5' AS minutes,
                   CASE b % 4 WHEN 0 THEN 'yes' WHEN 1 THEN 'no' WHEN 2 THEN 'ใช่' END AS led_by_volunteer,
                   CASE WHEN b % 17 = 0 THEN strftime(held, '%Y-%m-%d') END AS visited_on,
                   CASE WHEN b % 29 = 0 THEN strftime(held, '%Y-%m-%d') END AS certified_on
            FROM (
                SELECT i, i * {later} // {rows} + (i * 48271 + 11) % 2147483647 % {window} AS person,
                       (i * 69621 + 7) % 2147483647 AS a, (i * 39373 + 3) % 2147483647 AS b,
                       DATE '2019-01-01' + CAST(i * 1095 // {rows} AS INTEGER) AS held
                FROM range({rows}) AS rows(i)
            )
        ) TO '{path}' ({format})"
    ))?;
    Ok(())
}
