//! Conditions made of other conditions.

use crate::automation::AutomationCondition;
use crate::ids::EntityKey;
use crate::record;
use crate::selection::AssetSelection;

record! {
    /// Dagster's `AndAutomationCondition`.
    #[derive(Default)]
    pub struct AndAutomationCondition = "AndAssetCondition" {
        label: Option<String>,
        operands: Vec<AutomationCondition>,
    }
}

record! {
    /// Dagster's `OrAutomationCondition`.
    #[derive(Default)]
    pub struct OrAutomationCondition = "OrAssetCondition" {
        label: Option<String>,
        operands: Vec<AutomationCondition>,
    }
}

record! {
    /// Dagster's `NotAutomationCondition`.
    pub struct NotAutomationCondition = "NotAssetCondition" {
        label: Option<String>,
        operand: Box<AutomationCondition>,
    }
}

record! {
    /// Dagster's `AnyDownstreamConditionsCondition`.
    #[derive(Default)]
    pub struct AnyDownstreamConditionsCondition = "AnyDownstreamConditionsCondition" {
        label: Option<String>,
    }
}

record! {
    /// Dagster's `EntityMatchesCondition`.
    pub struct EntityMatchesCondition = "EntityMatchesCondition" {
        label: Option<String>,
        key: EntityKey,
        operand: Box<AutomationCondition>,
    }
}

record! {
    /// Dagster's `AnyDepsCondition`.
    pub struct AnyDepsCondition = "AnyDepsCondition" {
        label: Option<String>,
        operand: Box<AutomationCondition>,
        allow_selection: Option<AssetSelection>,
        ignore_selection: Option<AssetSelection>,
        resolves_virtual_deps: bool,
    }
}

record! {
    /// Dagster's `AllDepsCondition`.
    pub struct AllDepsCondition = "AllDepsCondition" {
        label: Option<String>,
        operand: Box<AutomationCondition>,
        allow_selection: Option<AssetSelection>,
        ignore_selection: Option<AssetSelection>,
        resolves_virtual_deps: bool,
    }
}

record! {
    /// Dagster's `AnyChecksCondition`.
    pub struct AnyChecksCondition = "AnyChecksCondition" {
        label: Option<String>,
        operand: Box<AutomationCondition>,
        blocking_only: bool,
        allow_selection: Option<AssetSelection>,
        ignore_selection: Option<AssetSelection>,
    }
}

record! {
    /// Dagster's `AllChecksCondition`.
    pub struct AllChecksCondition = "AllChecksCondition" {
        label: Option<String>,
        operand: Box<AutomationCondition>,
        blocking_only: bool,
        allow_selection: Option<AssetSelection>,
        ignore_selection: Option<AssetSelection>,
    }
}

record! {
    /// Dagster's `AnyJobRootAssetsMatchCondition`.
    pub struct AnyJobRootAssetsMatchCondition = "AnyJobRootAssetsMatchCondition" {
        label: Option<String>,
        operand: Box<AutomationCondition>,
    }
}

record! {
    /// Dagster's `AllJobRootAssetsMatchCondition`.
    pub struct AllJobRootAssetsMatchCondition = "AllJobRootAssetsMatchCondition" {
        label: Option<String>,
        operand: Box<AutomationCondition>,
    }
}

record! {
    /// Dagster's `NewlyTrueCondition`.
    pub struct NewlyTrueCondition = "NewlyTrueCondition" {
        label: Option<String>,
        operand: Box<AutomationCondition>,
    }
}

record! {
    /// Dagster's `SinceCondition`.
    pub struct SinceCondition = "SinceCondition" {
        label: Option<String>,
        trigger_condition: Box<AutomationCondition>,
        reset_condition: Box<AutomationCondition>,
    }
}
