//! Fills the placeholders of the page, which are those of Dagster's bundle.

/// What the page is told about the server.
pub(crate) struct PageValues<'a> {
    pub(crate) path_prefix: &'a str,
    /// The run storage's id: which deployment browser-side settings belong to.
    pub(crate) instance_id: &'a str,
    pub(crate) telemetry_enabled: bool,
    pub(crate) live_data_poll_rate: Option<u32>,
    /// Allows the page's own inline scripts.
    pub(crate) nonce: &'a str,
}

impl PageValues<'_> {
    pub(crate) fn fill(&self, template: &str) -> String {
        let telemetry = if self.telemetry_enabled { "true" } else { "false" };
        let mut page = template
            .replace("BUILDTIME_ASSETPREFIX_REPLACE_ME", self.path_prefix)
            .replace("__PATH_PREFIX__", self.path_prefix)
            .replace("__INSTANCE_ID__", self.instance_id)
            .replace("\"__TELEMETRY_ENABLED__\"", telemetry)
            .replace("NONCE-PLACEHOLDER", self.nonce);
        if let Some(rate) = self.live_data_poll_rate {
            page = page.replace("__LIVE_DATA_POLL_RATE__", &rate.to_string());
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_placeholder_is_filled_and_the_poll_rate_only_when_set() {
        let template = "BUILDTIME_ASSETPREFIX_REPLACE_ME|__PATH_PREFIX__|__INSTANCE_ID__|\
                        \"__TELEMETRY_ENABLED__\"|NONCE-PLACEHOLDER|__LIVE_DATA_POLL_RATE__";
        let mut values = PageValues {
            path_prefix: "/x",
            instance_id: "id",
            telemetry_enabled: false,
            live_data_poll_rate: None,
            nonce: "n",
        };
        assert_eq!(values.fill(template), "/x|/x|id|false|n|__LIVE_DATA_POLL_RATE__");
        values.live_data_poll_rate = Some(2000);
        assert!(values.fill(template).ends_with("|2000"));
    }
}
