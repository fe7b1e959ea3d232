//! Owners of schedules, sensors and jobs: people by mail address, teams by name.

use async_graphql::{SimpleObject, Union};

#[derive(SimpleObject, Clone)]
pub(crate) struct UserDefinitionOwner {
    email: String,
}

#[derive(SimpleObject, Clone)]
pub(crate) struct TeamDefinitionOwner {
    team: String,
}

#[derive(Union, Clone)]
pub(crate) enum DefinitionOwner {
    UserDefinitionOwner(UserDefinitionOwner),
    TeamDefinitionOwner(TeamDefinitionOwner),
}

impl DefinitionOwner {
    /// Owners as definitions write them: `ann@example.com`, `team:data`.
    pub(crate) fn list(owners: Option<&[String]>) -> Vec<Self> {
        let owner = |text: &String| {
            if is_email(text) {
                UserDefinitionOwner { email: text.clone() }.into()
            } else {
                TeamDefinitionOwner { team: text.strip_prefix("team:").unwrap_or(text).to_owned() }
                    .into()
            }
        };
        owners.unwrap_or_default().iter().map(owner).collect()
    }
}

/// Whether Dagster takes the text for a mail address (`is_valid_email`).
pub(crate) fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else { return false };
    let Some((domain, top)) = host.rsplit_once('.') else { return false };
    let in_name = |c: char| c.is_ascii_alphanumeric() || "._%+-".contains(c);
    let in_domain = |c: char| c.is_ascii_alphanumeric() || ".-".contains(c);
    let starts_with_word = name.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    starts_with_word
        && name.chars().all(in_name)
        && !domain.is_empty()
        && domain.chars().all(in_domain)
        && (2..=7).contains(&top.len())
        && top.chars().all(|c| c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_addresses_are_told_from_teams() {
        assert!(is_email("ann@example.com"));
        assert!(is_email("a.b+c@sub.example.io"));
        assert!(!is_email("team:data"));
        assert!(!is_email("ann@example"));
        assert!(!is_email("@example.com"));
    }
}
