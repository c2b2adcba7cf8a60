//! A view at the server, created and dropped as often as one likes.

use bson::{Document, doc};

use super::{
    super::{Context, StepError},
    Refused, describe,
    same::same,
    server::{self, NAMESPACE_EXISTS},
};
use crate::error::During;

/// What a view shows.
#[derive(Debug, Clone)]
pub(super) struct View {
    pub(super) name: String,
    pub(super) on: String,
    pub(super) pipeline: Vec<Document>,
}

impl View {
    pub(super) fn describe(&self) -> String {
        let Self { name, on, pipeline } = self;
        format!("`{name}` on `{on}`: {}", describe::documents(pipeline))
    }

    pub(super) async fn create(&self, context: &Context) -> Result<(), StepError> {
        let Self { name, on, pipeline } = self;
        let command = doc! { "create": name, "viewOn": on, "pipeline": pipeline.clone() };
        match server::command(context, command).await {
            Err(error) if server::code(&error) == Some(NAMESPACE_EXISTS) => {
                self.is_there(context).await.map(drop)
            }
            created => {
                created.during("create it", name)?;
                Ok(())
            }
        }
    }

    pub(super) async fn drop(&self, context: &Context) -> Result<(), StepError> {
        if self.is_there(context).await? {
            server::drop_collection(context, &self.name).await?;
        }
        Ok(())
    }

    /// Whether there is one of the name, and it is this one.
    async fn is_there(&self, context: &Context) -> Result<bool, StepError> {
        let Some(there) = server::specification(context, &self.name).await? else { return Ok(false) };
        let options = there.get_document("options").cloned().unwrap_or_default();
        let how = match there.get_str("type").unwrap_or("collection") {
            "view" => {
                let pipeline = options.get_array("pipeline").cloned().unwrap_or_default();
                let on = options.get_str("viewOn").unwrap_or_default();
                let asked = self.pipeline.clone().into();
                if on == self.on && same(&pipeline.clone().into(), &asked) {
                    return Ok(true);
                }
                format!("it shows {} of `{on}`", describe::value(&pipeline.into()))
            }
            kind => format!("it is a {kind}"),
        };
        Err(Refused::Exists { name: self.name.clone(), how }.into())
    }
}
