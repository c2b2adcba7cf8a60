//! A client.

use std::{
    io::{BufRead, BufReader},
    time::Duration,
};

use serde_json::Value;
use ureq::{
    Agent, Body,
    http::{Request, Response},
};

/// Nothing in these tests takes that long.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug, Clone)]
pub struct Http {
    agent: Agent,
    address: String,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub text: String,
}

impl Http {
    /// `address` is that of the server, as in `http://127.0.0.1:8080`.
    pub fn new(address: String) -> Self {
        let config =
            Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE)).build();
        Self { agent: config.into(), address }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, None)
    }

    pub fn post(&self, path: &str, body: Value) -> Answer {
        self.ask("POST", path, Some(body))
    }

    pub fn patch(&self, path: &str, body: Value) -> Answer {
        self.ask("PATCH", path, Some(body))
    }

    pub fn put(&self, path: &str, body: Value) -> Answer {
        self.ask("PUT", path, Some(body))
    }

    pub fn delete(&self, path: &str) -> Answer {
        self.ask("DELETE", path, None)
    }

    /// The lines of an answer as they come.
    pub fn lines(&self, path: &str) -> impl Iterator<Item = String> + use<> {
        let answer = self.agent.get(format!("{}{path}", self.address)).call().expect("an answer");
        BufReader::new(answer.into_body().into_reader()).lines().map(|line| line.expect("a line"))
    }

    fn ask(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let request = Request::builder().method(method).uri(format!("{}{path}", self.address));
        let answer = match body {
            Some(body) => {
                let request = request.header("content-type", "application/json").body(body.to_string());
                self.agent.run(request.expect("a request"))
            }
            None => self.agent.run(request.body(()).expect("a request")),
        };
        Answer::read(answer.expect("an answer"))
    }
}

impl Answer {
    fn read(mut answer: Response<Body>) -> Self {
        let headers = answer
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().expect("text").to_owned()));
        Self {
            status: answer.status().as_u16(),
            headers: headers.collect(),
            text: answer.body_mut().read_to_string().expect("text"),
        }
    }

    /// The body, of an answer with this status.
    #[track_caller]
    pub fn json(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        serde_json::from_str(&self.text).expect("JSON")
    }

    /// The body of a list.
    #[track_caller]
    pub fn list(&self) -> Vec<Value> {
        assert_eq!(self.status, 200, "{self:?}");
        self.text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }
}
