//! Owners of assets: people by mail address, teams by name.

use async_graphql::{SimpleObject, Union};

use crate::common::is_email;

#[derive(SimpleObject, Clone)]
pub(crate) struct UserAssetOwner {
    email: String,
}

#[derive(SimpleObject, Clone)]
pub(crate) struct TeamAssetOwner {
    team: String,
}

#[derive(Union, Clone)]
pub(crate) enum AssetOwner {
    UserAssetOwner(UserAssetOwner),
    TeamAssetOwner(TeamAssetOwner),
}

impl AssetOwner {
    /// Owners as definitions write them: `ann@example.com`, `team:data`.
    pub(crate) fn list(owners: Option<&[String]>) -> Vec<Self> {
        let owner = |text: &String| {
            if is_email(text) {
                UserAssetOwner { email: text.clone() }.into()
            } else {
                let team = text.strip_prefix("team:").unwrap_or(text);
                TeamAssetOwner { team: team.to_owned() }.into()
            }
        };
        owners.unwrap_or_default().iter().map(owner).collect()
    }
}
