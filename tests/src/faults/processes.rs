//! The processes of the job, and what happens to them.

use std::{
    fmt,
    path::PathBuf,
    process::Stdio,
    time::{Duration, Instant},
};

use tokio::{
    io::AsyncReadExt,
    process::{Child, Command},
    time::sleep,
};

use super::{
    cluster::{Outcome, signal},
    fail_points::{self, Trouble},
};

const POLL: Duration = Duration::from_millis(20);

#[derive(Debug, Clone, Copy)]
pub enum ProcessFault {
    /// SIGKILL, and another in its place after this time.
    Kill {
        process: usize,
        gap: Duration,
    },
    /// SIGSTOP, and SIGCONT after this time.
    Pause {
        process: usize,
        time: Duration,
    },
    Trouble(Trouble),
}

/// As many processes as are wanted, each of them replaced when it ends.
pub struct Processes {
    program: PathBuf,
    arguments: Vec<String>,
    ports: Vec<u16>,
    places: Vec<Place>,
    pub started: u32,
    /// What those have said that ended with an error: none of the faults is one that a job may fail of.
    pub complaints: Vec<String>,
}

struct Place {
    child: Option<Child>,
    /// When there is to be another.
    next: Instant,
    /// When it is to go on, if it is stopped.
    goes_on: Option<Instant>,
}

impl Processes {
    pub fn new(program: PathBuf, arguments: Vec<String>, ports: Vec<u16>, count: usize) -> Self {
        let now = Instant::now();
        let places = (0..count).map(|_| Place { child: None, next: now, goes_on: None }).collect();
        Self { program, arguments, ports, places, started: 0, complaints: Vec::new() }
    }

    /// Keeps the processes going, and lets the faults happen, each at its time; for at least as long as `others` go on.
    pub async fn suffer(
        &mut self,
        faults: &[(Duration, ProcessFault)],
        others: impl Future<Output = Outcome>,
    ) -> Outcome {
        let began = Instant::now();
        let mut faults = faults.iter().peekable();
        let mut cut_until: Option<Instant> = None;
        tokio::pin!(others);
        let mut over = false;
        while !over || faults.peek().is_some() || cut_until.is_some() {
            self.tend().await?;
            while let Some((_, fault)) = faults.next_if(|(at, _)| began.elapsed() >= *at) {
                match fault {
                    ProcessFault::Kill { process, gap } => self.kill(*process, *gap).await?,
                    ProcessFault::Pause { process, time } => self.pause(*process, *time)?,
                    ProcessFault::Trouble(trouble) => {
                        trouble.begin(&self.ports).await;
                        cut_until = trouble.time().map(|time| Instant::now() + time).or(cut_until);
                    }
                }
            }
            if cut_until.is_some_and(|until| Instant::now() >= until) {
                fail_points::end(&self.ports).await;
                cut_until = None;
            }
            tokio::select! {
                outcome = &mut others, if !over => {
                    outcome?;
                    over = true;
                }
                () = sleep(POLL) => {}
            }
        }
        Ok(())
    }

    /// Lets all processes come to their ends by themselves.
    pub async fn finish(&mut self, limit: Duration) -> Outcome {
        let began = Instant::now();
        for place in &mut self.places {
            place.next = began + limit * 2;
        }
        while self.places.iter().any(|place| place.child.is_some()) {
            self.tend().await?;
            if began.elapsed() > limit {
                self.complaints.push(format!("a process of the job has not ended within {limit:?}"));
                return self.kill_all().await;
            }
            sleep(POLL).await;
        }
        Ok(())
    }

    pub async fn kill_all(&mut self) -> Outcome {
        for process in 0..self.places.len() {
            self.kill(process, Duration::ZERO).await?;
        }
        Ok(())
    }

    /// Replaces those that have ended, and lets those go on that were stopped for long enough.
    async fn tend(&mut self) -> Outcome {
        let now = Instant::now();
        for place in &mut self.places {
            if let Some(child) = &mut place.child {
                if place.goes_on.is_some_and(|goes_on| now >= goes_on) {
                    place.goes_on = None;
                    signal(child.id().ok_or("a stopped process has ended")?, "CONT")?;
                }
                if let Some(status) = child.try_wait()? {
                    if !status.success() {
                        let mut said = String::new();
                        if let Some(mut errors) = child.stderr.take() {
                            errors.read_to_string(&mut said).await?;
                        }
                        self.complaints.push(format!("a process of the job ended with {status}: {said}"));
                    }
                    place.child = None;
                    place.next = place.next.max(now + Duration::from_millis(100));
                }
            } else if now >= place.next {
                let mut command = Command::new(&self.program);
                command.args(&self.arguments).kill_on_drop(true);
                place.child = Some(command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?);
                self.started += 1;
            }
        }
        Ok(())
    }

    async fn kill(&mut self, process: usize, gap: Duration) -> Outcome {
        let Some(place) = self.places.get_mut(process) else { return Ok(()) };
        if let Some(mut child) = place.child.take() {
            child.kill().await?;
        }
        (place.next, place.goes_on) = (Instant::now() + gap, None);
        Ok(())
    }

    fn pause(&mut self, process: usize, time: Duration) -> Outcome {
        let Some(place) = self.places.get_mut(process) else { return Ok(()) };
        if let Some(pid) = place.child.as_ref().and_then(Child::id) {
            signal(pid, "STOP")?;
            place.goes_on = Some(Instant::now() + time);
        }
        Ok(())
    }
}

impl fmt::Display for ProcessFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kill { process, gap } => write!(f, "kill process {process}, another after {gap:?}"),
            Self::Pause { process, time } => write!(f, "stop process {process} for {time:?}"),
            Self::Trouble(trouble) => trouble.fmt(f),
        }
    }
}
