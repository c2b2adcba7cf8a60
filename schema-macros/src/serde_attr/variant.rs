//! What we must know of serde's attributes on a variant: where its fields are stored.

use darling::Result;
use syn::Attribute;

use super::{ContainerSerde, FieldSerde, Tagging, read_each};

/// serde's attributes on one variant.
pub(crate) struct VariantSerde {
    name: FieldSerde,
    /// What holds for its fields.
    pub(crate) fields: ContainerSerde,
    tagging: Tagging,
}

impl VariantSerde {
    pub(crate) fn parse(attrs: &[Attribute], container: &ContainerSerde) -> Result<Self> {
        let fields = ContainerSerde {
            rename_all_written: container.rename_all_fields_written,
            rename_all_read: container.rename_all_fields_read,
            ..ContainerSerde::default()
        };
        let fields = read_each(fields, attrs, ContainerSerde::read)?;
        let name = FieldSerde::parse(attrs)?;
        let untagged = container.tagging.untagged || fields.tagging.untagged;
        Ok(Self { name, tagging: Tagging { untagged, ..container.tagging.clone() }, fields })
    }

    /// The field that holds what is in the variant; none where that stands among the fields around it.
    pub(crate) fn written_in(&self, variant: &str, container: &ContainerSerde) -> Option<String> {
        let Tagging { tag, content, untagged } = &self.tagging;
        if *untagged || (*tag && content.is_none()) {
            return None;
        }
        let name = || self.renamed(variant, container);
        Some(content.clone().unwrap_or_else(name))
    }

    fn renamed(&self, variant: &str, container: &ContainerSerde) -> String {
        let renamed = self.name.rename_written.clone();
        renamed.unwrap_or_else(|| container.rename_all_written.apply_to_variant(variant))
    }

    /// The name that says that a document is this variant, in what is written.
    pub(crate) fn written_as(&self, variant: &str, container: &ContainerSerde) -> Option<String> {
        (!self.name.skip_written).then(|| self.renamed(variant, container))
    }

    /// The names that say so in what is read.
    pub(crate) fn read_as(&self, variant: &str, container: &ContainerSerde) -> Vec<String> {
        if self.name.skip_read {
            return Vec::new();
        }
        let renamed = self.name.rename_read.clone();
        let name = renamed.unwrap_or_else(|| container.rename_all_read.apply_to_variant(variant));
        std::iter::once(name).chain(self.name.aliases.iter().cloned()).collect()
    }
}
