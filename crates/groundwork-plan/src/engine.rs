//! The engine: what counts the rows, where it is not this machine.

use crate::diag::Diagnostic;
use crate::location::{Location, Span};
use crate::shape::{Object, Shape};

pub(crate) static ENGINE: Object = Object {
    name: "engine",
    about: "What counts the rows of exports that one machine is too small for; see the section on it above.",
    keys: &[crate::language::must(
        "spark",
        Shape::Text,
        "Where Apache Spark, or another server of its Connect protocol, is spoken to: `sc://spark.example.org:15002/;use_ssl=true`. No secret stands here: a token comes from the environment variable `SPARK_CONNECT_AUTHENTICATE_TOKEN`.",
    )],
};

/// The port of a server whose address names none.
const PORT: u16 = 15002;

/// A server of the Spark Connect protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Engine {
    /// Its address, `sc://host:port/;key=value`.
    pub address: String,
    /// Where the address was given.
    pub location: Location,
}

impl Engine {
    /// The engine at an address in the pipeline.
    pub(crate) fn in_pipeline(address: &str, span: Span) -> Result<Self, Diagnostic> {
        let engine = Self { address: address.to_owned(), location: Location::Pipeline(span) };
        let settings = engine.settings().map_err(|what| wrong(&engine.location, &what))?;
        let is_secret = |key: &&str| {
            let key = key.to_lowercase();
            ["token", "password", "secret", "authorization"].iter().any(|word| key.contains(word))
        };
        match settings.iter().map(|(key, _)| *key).find(is_secret) {
            None => Ok(engine),
            Some(key) => Err(Diagnostic::pipeline(
                "engine.secret",
                span,
                format!("the address of the engine holds a secret, `{key}`, which everybody can read who gets the pipeline"),
            )
            .hint("Take it out, and let the environment variable `SPARK_CONNECT_AUTHENTICATE_TOKEN` hold the token. Have the token replaced: it was written down.")),
        }
    }

    /// The engine at an address of the command line.
    ///
    /// # Errors
    /// `engine.address`, where it is not one.
    pub fn on_command_line(address: &str) -> Result<Self, Diagnostic> {
        let engine = Self { address: address.to_owned(), location: Location::CommandLine };
        engine.settings().map_err(|what| wrong(&engine.location, &what))?;
        Ok(engine)
    }

    /// The settings behind the address.
    fn settings(&self) -> Result<Vec<(&str, &str)>, String> {
        let Some(rest) = self.address.strip_prefix("sc://") else {
            return Err("it does not begin with `sc://`".to_owned());
        };
        let (server, settings) = rest.split_once('/').unwrap_or((rest, ""));
        let (host, port) = match server.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => {
                (host, port.parse().map_err(|_| "what follows `:` is not a port".to_owned())?)
            }
            _ => (server, PORT),
        };
        if host.is_empty() || port == 0 {
            return Err("it names no host".to_owned());
        }
        if host.contains('@') {
            return Err("a name stands before the host, and `user_id=` behind it is expected".to_owned());
        }
        let mut out = Vec::new();
        for setting in settings.split(';').filter(|setting| !setting.is_empty()) {
            match setting.split_once('=') {
                Some((key, value)) if !key.is_empty() => out.push((key, value)),
                _ => return Err("a setting behind `/;` is not `key=value`".to_owned()),
            }
        }
        Ok(out)
    }
}

fn wrong(location: &Location, what: &str) -> Diagnostic {
    let mut problem =
        Diagnostic::command_line("engine.address", format!("this is no address of an engine: {what}"));
    problem.location = location.clone();
    problem.hint("Write `sc://host:port`, with settings behind it such as `/;use_ssl=true`.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(address: &str) -> &'static str {
        Engine::in_pipeline(address, Span::default()).map_or_else(|problem| problem.code, |_| "")
    }

    #[test]
    fn an_address_is_understood() {
        for address in [
            "sc://localhost",
            "sc://127.0.0.1:50051",
            "sc://[::1]:15002",
            "sc://spark.example.org/;use_ssl=true;x-databricks-cluster-id=a",
        ] {
            assert_eq!(code(address), "", "{address}");
        }
        for address in ["spark://a", "sc://", "sc://:1", "sc://a:b", "sc://a/;x", "sc://me@a", "sc://a:0"] {
            assert_eq!(code(address), "engine.address", "{address}");
        }
    }

    #[test]
    fn no_secret_stands_in_a_pipeline_or_in_a_message() {
        for key in ["token", "TOKEN", "x-password", "Authorization"] {
            let address = format!("sc://a/;use_ssl=true;{key}=abcdef");
            let problem = Engine::in_pipeline(&address, Span::default()).err();
            assert_eq!(problem.as_ref().map(|p| p.code), Some("engine.secret"), "{key}");
            assert!(!format!("{problem:?}").contains("abcdef"));
        }
        assert!(Engine::on_command_line("sc://a/;use_ssl=true;token=abcdef").is_ok());
    }
}
