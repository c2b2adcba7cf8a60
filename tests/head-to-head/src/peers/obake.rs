//! obake, with its enum of all versions internally tagged, the one flat form it has.

pub(crate) mod account {
    use bson::{DateTime, oid::ObjectId};
    use serde::{Deserialize, Serialize};

    #[obake::versioned]
    #[obake(version("1.0.0"))]
    #[obake(version("2.0.0"))]
    #[obake(version("3.0.0"))]
    #[obake(derive(Serialize, Deserialize))]
    #[obake(serde(tag = "schemaVersion"))]
    #[derive(Serialize, Deserialize)]
    pub(crate) struct Document {
        #[serde(rename = "_id")]
        id: ObjectId,
        #[obake(cfg("<2"))]
        name: String,
        #[obake(cfg(">=2"))]
        display: String,
        email: String,
        #[obake(cfg("<2"))]
        logins: i32,
        #[obake(cfg(">=2"))]
        logins: i64,
        balance: f64,
        since: DateTime,
        #[obake(cfg(">=3"))]
        active: bool,
    }

    pub(crate) type Any = obake::AnyVersion<Document>;

    impl From<Document!["1.0.0"]> for Document!["2.0.0"] {
        fn from(old: Document!["1.0.0"]) -> Self {
            Self {
                id: old.id,
                display: old.name,
                email: old.email,
                logins: old.logins.into(),
                balance: old.balance,
                since: old.since,
            }
        }
    }

    impl From<Document!["2.0.0"]> for Document!["3.0.0"] {
        fn from(old: Document!["2.0.0"]) -> Self {
            Self {
                id: old.id,
                display: old.display,
                email: old.email,
                logins: old.logins,
                balance: old.balance,
                since: old.since,
                active: true,
            }
        }
    }
}

pub(crate) mod order {
    use bson::{DateTime, oid::ObjectId};
    use serde::{Deserialize, Serialize};

    use crate::plain::{Customer, Line, LineV1, euros};

    #[obake::versioned]
    #[obake(version("1.0.0"))]
    #[obake(version("2.0.0"))]
    #[obake(version("3.0.0"))]
    #[obake(derive(Serialize, Deserialize))]
    #[obake(serde(tag = "schemaVersion"))]
    #[derive(Serialize, Deserialize)]
    pub(crate) struct Document {
        #[serde(rename = "_id")]
        id: ObjectId,
        number: i64,
        status: String,
        #[obake(cfg("<2"))]
        customer: Customer,
        #[obake(cfg(">=2"))]
        buyer: Customer,
        #[obake(cfg("<2"))]
        lines: Vec<LineV1>,
        #[obake(cfg(">=2"))]
        lines: Vec<Line>,
        #[obake(cfg("<2"))]
        cents: i32,
        #[obake(cfg(">=2"))]
        total: f64,
        tags: Vec<String>,
        placed_at: DateTime,
        shipped_at: Option<DateTime>,
        note: String,
        #[obake(cfg(">=3"))]
        returns: Vec<Line>,
    }

    pub(crate) type Any = obake::AnyVersion<Document>;

    impl From<Document!["1.0.0"]> for Document!["2.0.0"] {
        fn from(old: Document!["1.0.0"]) -> Self {
            Self {
                id: old.id,
                number: old.number,
                status: old.status,
                buyer: old.customer,
                lines: old.lines.into_iter().map(Line::from).collect(),
                total: euros(old.cents),
                tags: old.tags,
                placed_at: old.placed_at,
                shipped_at: old.shipped_at,
                note: old.note,
            }
        }
    }

    impl From<Document!["2.0.0"]> for Document!["3.0.0"] {
        fn from(old: Document!["2.0.0"]) -> Self {
            Self {
                id: old.id,
                number: old.number,
                status: old.status,
                buyer: old.buyer,
                lines: old.lines,
                total: old.total,
                tags: old.tags,
                placed_at: old.placed_at,
                shipped_at: old.shipped_at,
                note: old.note,
                returns: Vec::new(),
            }
        }
    }
}
