//! Starting servers of the Spark Connect protocol for a test, on this machine only, and ending them.

use std::collections::BTreeSet;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(120);

/// A server, and the processes that it is made of; the one that answers comes last.
pub struct Server {
    address: String,
    port: u16,
    processes: Mutex<Vec<Child>>,
    start: Box<dyn Fn() -> Command + Send + Sync>,
    /// What the processes write.
    _folder: tempfile::TempDir,
}

/// A port that is free now.
///
/// # Errors
/// When the machine gives none.
pub fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|e| e.to_string())?;
    listener.local_addr().map(|address| address.port()).map_err(|e| e.to_string())
}

/// A program on the path.
fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file())
}

/// Starts Sail; nothing where it is not on the path.
pub fn sail() -> Option<Result<Server, String>> {
    let program = on_path("sail")?;
    let start = move |port: u16, _: &Path| {
        let program = program.clone();
        let start = move || {
            let mut command = Command::new(&program);
            command.args(["spark", "server", "--ip", "127.0.0.1", "--port", &port.to_string()]);
            command
        };
        Ok((Vec::new(), Box::new(start) as Box<dyn Fn() -> Command + Send + Sync>))
    };
    Some(Server::started(start))
}

/// Starts a master, two workers and a server of Apache Spark; nothing where `spark-submit` of the
/// package `pyspark` is not on the path.
pub fn spark() -> Option<Result<Server, String>> {
    on_path("java")?;
    // `bin/spark-submit` of a Python environment is the one inside the package.
    let home = on_path("find_spark_home.py").map(|script| {
        let found = Command::new("python3").arg(&script).output().ok();
        let text = found.map(|found| String::from_utf8_lossy(&found.stdout).trim().to_owned());
        PathBuf::from(text.unwrap_or_default())
    })?;
    let class = home.join("bin/spark-class");
    if !class.is_file() {
        return None;
    }
    let start = move |port: u16, folder: &Path| {
        let folder = folder.to_owned();
        let ports: Vec<u16> = (0..4).map(|_| free_port()).collect::<Result<_, _>>()?;
        let master = format!("spark://127.0.0.1:{}", ports[0]);
        let command = |name: &str, class_name: &str, arguments: &[&str]| {
            let mut command = Command::new(&class);
            let logs = folder.join(name);
            command
                .arg(class_name)
                .args(arguments)
                .current_dir(&folder)
                .env("SPARK_HOME", &home)
                .env("SPARK_LOCAL_IP", "127.0.0.1")
                .env("SPARK_WORKER_DIR", &logs)
                .env("SPARK_LOCAL_DIRS", &logs);
            command
        };
        let deploy = "org.apache.spark.deploy";
        let of_master =
            ["--host", "127.0.0.1", "--port", &ports[0].to_string(), "--webui-port", &ports[1].to_string()];
        let mut all = vec![quiet(command("master", &format!("{deploy}.master.Master"), &of_master))?];
        listens(ports[0])?;
        for (name, at) in [("one", 2), ("two", 3)] {
            let web = ports[at].to_string();
            let arguments =
                ["--host", "127.0.0.1", "--cores", "1", "--memory", "1g", "--webui-port", &web, &master];
            all.push(quiet(command(name, &format!("{deploy}.worker.Worker"), &arguments))?);
        }
        let (home, class) = (home.clone(), class.clone());
        let start = move || {
            let mut command = Command::new(&class);
            command.arg(format!("{deploy}.SparkSubmit")).args(["--master", &master]);
            for setting in [
                "spark.driver.host=127.0.0.1",
                "spark.driver.bindAddress=127.0.0.1",
                "spark.ui.enabled=false",
                "spark.executor.memory=768m",
                "spark.sql.shuffle.partitions=4",
                // As after minutes: the server ends what it answers before it is complete.
                "spark.connect.execute.reattachable.senderMaxStreamDuration=1s",
                "spark.connect.grpc.binding.address=127.0.0.1",
                &format!("spark.connect.grpc.binding.port={port}"),
            ] {
                command.args(["--conf", setting]);
            }
            command
                .args([
                    "--class",
                    "org.apache.spark.sql.connect.service.SparkConnectServer",
                    "spark-internal",
                ])
                .current_dir(&folder)
                .env("SPARK_HOME", &home)
                .env("SPARK_LOCAL_IP", "127.0.0.1");
            command
        };
        Ok((all, Box::new(start) as Box<dyn Fn() -> Command + Send + Sync>))
    };
    Some(Server::started(start))
}

/// A number that the machine tells of a process.
fn told(id: u32, name: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next()?.parse().ok()
}

fn quiet(mut command: Command) -> Result<Child, String> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().map_err(|e| format!("{}: {e}", command.get_program().display()))
}

/// Waits until somebody listens.
fn listens(port: u16) -> Result<(), String> {
    let begun = Instant::now();
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    while TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_err() {
        if begun.elapsed() > PATIENCE {
            return Err(format!("no server came up within {PATIENCE:?}"));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

/// What a server needs first, and how it is started.
type Parts = (Vec<Child>, Box<dyn Fn() -> Command + Send + Sync>);

impl Server {
    fn started(parts: impl Fn(u16, &Path) -> Result<Parts, String>) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
        let port = free_port()?;
        let (processes, start) = parts(port, folder.path())?;
        let server = Self {
            address: format!("sc://127.0.0.1:{port}"),
            port,
            processes: Mutex::new(processes),
            start,
            _folder: folder,
        };
        server.again()?;
        Ok(server)
    }

    /// Where it answers.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The most memory that its processes and those that they started held so far, MB, each by itself;
    /// nothing where the machine does not say.
    pub fn peak_mb(&self) -> u64 {
        let mut of = self.processes.lock().map_or(Vec::new(), |all| all.iter().map(Child::id).collect());
        let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        let running = entries.filter_map(|e| e.file_name().to_str()?.parse::<u32>().ok());
        // A child has a larger number than its parent, until numbers begin anew.
        for id in running.collect::<BTreeSet<u32>>() {
            if told(id, "PPid:").is_some_and(|parent| of.iter().any(|id| u64::from(*id) == parent)) {
                of.push(id);
            }
        }
        of.into_iter().filter_map(|id| told(id, "VmHWM:")).sum::<u64>() / 1024
    }

    /// Kills the process that answers.
    pub fn kill(&self) {
        if let Some(mut child) = self.processes.lock().ok().and_then(|mut all| all.pop()) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Kills a process that works for the one that answers.
    ///
    /// # Errors
    /// When there is none.
    pub fn kill_worker(&self) -> Result<(), String> {
        let mut all = self.processes.lock().map_err(|e| e.to_string())?;
        // The master stands first, and the one that answers last.
        let at = all.len().checked_sub(2).filter(|at| *at > 0).ok_or("there is no worker")?;
        let mut child = all.remove(at);
        child.kill().and_then(|()| child.wait()).map(|_| ()).map_err(|e| e.to_string())
    }

    /// Starts the process that answers.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn again(&self) -> Result<(), String> {
        let child = quiet((self.start)())?;
        if let Ok(mut all) = self.processes.lock() {
            all.push(child);
        }
        listens(self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for child in self.processes.get_mut().map(std::mem::take).unwrap_or_default().iter_mut().rev() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
