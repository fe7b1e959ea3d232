//! Backfills that a sensor asks for: recorded as requested, to be worked off by the backfill daemon.

use rondel_instance::backfills::{self, Details};
use rondel_model::instigation::RunRequest;
use rondel_model::partition::AssetGraphSubset;

use crate::DaemonError;
use crate::context::Context;

pub(crate) use rondel_instance::backfills::new_id;

/// Records the backfill under its reserved id; one that an interrupted tick recorded is left as it is.
pub(crate) async fn request(
    context: &Context,
    backfill_id: &str,
    request: &RunRequest,
    subset: &AssetGraphSubset,
    title: Option<String>,
) -> Result<(), DaemonError> {
    let store = context.storage().backfills();
    if store.get_backfill(backfill_id).await?.is_some() {
        return Ok(());
    }
    let details = Details {
        tags: request.tags.clone(),
        run_config: request.run_config.clone(),
        title,
        ..Details::default()
    };
    let backfill = backfills::of_assets(
        backfill_id.to_owned(),
        context.now(),
        backfills::assets_in(subset),
        subset.clone(),
        details,
    );
    Ok(store.add_backfill(&backfill).await?)
}
