//! Lists that are written straight give what async-graphql gives.

use std::collections::BTreeMap;

use async_graphql::{
    Request,
    parser::{
        parse_schema,
        types::{BaseType, TypeDefinition, TypeKind, TypeSystemDefinition},
    },
};
use rondel_model::{
    event::{DagsterEventType, EventSpecificData},
    origin::{RemoteJobOrigin, RemoteRepositoryOrigin},
    run::RunStatus,
    serdes::from_text,
};
use serde_json::{Value, json};

use super::{Deployment, event};
use crate::{Limits, answer, direct::Direct, execute};

/// Fields that are left out: what has to ask the storage, and errors within errors.
const LEFT_OUT: [&str; 4] = ["runOrError", "stepStats", "cause", "causes"];

/// The types of the schema by name.
struct Types(BTreeMap<String, TypeDefinition>);

impl Types {
    fn new() -> Self {
        let document = parse_schema(crate::sdl()).unwrap();
        let types = document.definitions.into_iter().filter_map(|it| match it {
            TypeSystemDefinition::Type(it) => Some((it.node.name.node.to_string(), it.node)),
            _ => None,
        });
        Types(types.collect())
    }

    /// The object types that a type may be.
    fn members(&self, name: &str) -> Vec<&str> {
        match &self.0[name].kind {
            TypeKind::Union(union) => union.members.iter().map(|it| it.node.as_str()).collect(),
            TypeKind::Interface(_) => {
                let implements = |it: &TypeDefinition| match &it.kind {
                    TypeKind::Object(object) => object.implements.iter().any(|i| i.node == name),
                    _ => false,
                };
                self.0.iter().filter(|it| implements(it.1)).map(|it| it.0.as_str()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Fragments `All_TYPE` with everything that can be asked of a type and of what its fields hold, under names that
    /// no two types share.
    fn everything_of(&self, name: &str) -> String {
        let (mut found, mut left) = (BTreeMap::new(), vec![name.to_owned()]);
        while let Some(name) = left.pop() {
            if found.contains_key(&name) {
                continue;
            }
            let mut text = format!(" fragment All_{name} on {name} {{ __typename");
            match &self.0[&name].kind {
                TypeKind::Object(_) if name == "ErrorChainLink" => {
                    text += " isExplicitLink error { message stack }";
                }
                TypeKind::Object(object) => {
                    for field in object.fields.iter().map(|field| &field.node) {
                        let mut base = &field.ty.node.base;
                        while let BaseType::List(inner) = base {
                            base = &inner.base;
                        }
                        let BaseType::Named(kind) = base else { continue };
                        let field = field.name.node.as_str();
                        if LEFT_OUT.contains(&field) {
                            continue;
                        }
                        text += &format!(" {name}_{field}: {field}");
                        let kind = self.0.get(kind.as_str());
                        let has_fields = |it: &&TypeDefinition| {
                            !matches!(it.kind, TypeKind::Scalar | TypeKind::Enum(_))
                        };
                        if let Some(kind) = kind.filter(has_fields) {
                            text += &format!(" {{ ...All_{} }}", kind.name.node);
                            left.push(kind.name.node.to_string());
                        }
                    }
                }
                _ => {
                    for member in self.members(&name) {
                        text += &format!(" ...All_{member}");
                        left.push(member.to_owned());
                    }
                }
            }
            found.insert(name, text + " }");
        }
        found.into_values().collect()
    }
}

/// Payloads of events, of every kind that has fields of its own.
fn payloads() -> Vec<(DagsterEventType, EventSpecificData)> {
    use DagsterEventType as Kind;
    let key = json!({"__class__": "AssetKey", "path": ["a \"b\"", "ü"]});
    let column = json!({"__class__": "TableColumn", "name": "n", "type": "int", "description": "d",
        "constraints": {"__class__": "TableColumnConstraints", "nullable": false, "unique": true, "other": ["x"]},
        "tags": {"k": "v"}});
    let schema = json!({"__class__": "TableSchema", "columns": [column],
        "constraints": {"__class__": "TableConstraints", "other": ["c"]}});
    let lineage = json!({"__class__": "TableColumnLineage", "deps_by_column": {"n": [
        {"__class__": "TableColumnDep", "asset_key": key, "column_name": "m"}]}});
    let references = json!([
        {"__class__": "LocalFileCodeReference", "file_path": "f.py", "line_number": 3, "label": null},
        {"__class__": "UrlCodeReference", "url": "http://x", "label": "l"}]);
    let values = [
        json!({"__class__": "TextMetadataEntryData", "text": "line\nline \u{1f600} \\"}),
        json!({"__class__": "UrlMetadataEntryData", "url": "http://x"}),
        json!({"__class__": "PathMetadataEntryData", "path": "/x"}),
        json!({"__class__": "NotebookMetadataEntryData", "path": "/n"}),
        json!({"__class__": "JsonMetadataEntryData", "data": {"a": [1, null]}}),
        json!({"__class__": "MarkdownMetadataEntryData", "md_str": "# t"}),
        json!({"__class__": "PythonArtifactMetadataEntryData", "module": "m", "name": "n"}),
        json!({"__class__": "FloatMetadataEntryData", "value": 1.0}),
        json!({"__class__": "FloatMetadataEntryData", "value": 1e300}),
        json!({"__class__": "FloatMetadataEntryData", "value": null}),
        json!({"__class__": "IntMetadataEntryData", "value": 7}),
        json!({"__class__": "IntMetadataEntryData", "value": 1_i64 << 40}),
        json!({"__class__": "BoolMetadataEntryData", "value": true}),
        json!({"__class__": "TimestampMetadataValue", "value": 1.5e9}),
        json!({"__class__": "DagsterPipelineRunMetadataEntryData", "run_id": "r"}),
        json!({"__class__": "DagsterJobMetadataValue", "job_name": "j", "location_name": "l", "repository_name": null}),
        json!({"__class__": "DagsterAssetMetadataEntryData", "asset_key": key}),
        json!({"__class__": "TableMetadataEntryData", "schema": schema, "records": [
            {"__class__": "TableRecord", "data": {"n": 1}}]}),
        json!({"__class__": "TableSchemaMetadataEntryData", "schema": schema}),
        json!({"__class__": "TableColumnLineageMetadataValue", "column_lineage": lineage}),
        json!({"__class__": "CodeReferencesMetadataValue", "code_references": references}),
        json!({"__class__": "NullMetadataEntryData"}),
        json!({"__class__": "PoolMetadataValue", "pool": "p"}),
        json!({"__class__": "OfAnotherVersion", "x": 1}),
    ];
    let metadata: Vec<_> = values
        .iter()
        .enumerate()
        .map(|(number, value)| {
            json!({"__class__": "EventMetadataEntry", "label": format!("label {number}"),
                "description": null, "entry_data": value})
        })
        .collect();
    let error = |message: &str, cause: Value| {
        json!({"__class__": "SerializableErrorInfo", "message": message, "stack": ["a", "b"],
            "cls_name": "E", "cause": cause, "context": null})
    };
    let error = error("outer", error("inner", Value::Null));
    let type_check = json!({"__class__": "TypeCheckData", "success": false, "label": "t",
        "description": "d", "metadata_entries": metadata});
    let asset = |class: &str| {
        json!({"__class__": class, "asset_key": key, "description": "d", "partition": "p",
            "metadata_entries": metadata, "tags": {"t": "v"}})
    };
    let shell = json!({"__class__": "LogRetrievalShellCommand", "stdout": "o", "stderr": null});
    let payloads = [
        (
            Kind::EngineEvent,
            json!({"__class__": "EngineEventData", "metadata_entries": metadata,
            "error": error, "marker_start": "s", "marker_end": null}),
        ),
        (
            Kind::StepFailure,
            json!({"__class__": "StepFailureData", "error": error,
            "user_failure_data": {"__class__": "UserFailureData", "label": "l", "description": null,
                "metadata_entries": metadata},
            "error_source": {"__enum__": "ErrorSource.USER_CODE_ERROR"}}),
        ),
        (
            Kind::StepUpForRetry,
            json!({"__class__": "StepRetryData", "error": error,
            "seconds_to_wait": 3}),
        ),
        (
            Kind::StepInput,
            json!({"__class__": "StepInputData", "input_name": "i",
            "type_check_data": type_check}),
        ),
        (
            Kind::StepOutput,
            json!({"__class__": "StepOutputData", "type_check_data": type_check,
            "step_output_handle": {"__class__": "StepOutputHandle", "step_key": "s",
                "output_name": "o", "mapping_key": null},
            "metadata_entries": metadata}),
        ),
        (
            Kind::HandledOutput,
            json!({"__class__": "HandledOutputData", "output_name": "o",
            "manager_key": "m", "metadata_entries": metadata}),
        ),
        (
            Kind::LoadedInput,
            json!({"__class__": "LoadedInputData", "input_name": "i",
            "manager_key": "m", "upstream_output_name": "u", "upstream_step_key": null,
            "metadata_entries": metadata}),
        ),
        (
            Kind::ObjectStoreOperation,
            json!({"__class__": "ObjectStoreOperationResultData",
            "op": "GET_OBJECT", "value_name": "v", "metadata_entries": metadata}),
        ),
        (
            Kind::StepExpectationResult,
            json!({"__class__": "StepExpectationResultData",
            "expectation_result": {"__class__": "ExpectationResult", "success": true, "label": "l",
                "description": "d", "metadata_entries": metadata}}),
        ),
        (
            Kind::AssetMaterialization,
            json!({"__class__": "StepMaterializationData",
            "materialization": asset("AssetMaterialization"), "asset_lineage": []}),
        ),
        (
            Kind::AssetObservation,
            json!({"__class__": "AssetObservationData",
            "asset_observation": asset("AssetObservation")}),
        ),
        (
            Kind::AssetMaterializationPlanned,
            json!({"__class__": "AssetMaterializationPlannedData",
            "asset_key": key, "partition": null, "partitions_subset": null}),
        ),
        (
            Kind::AssetCheckEvaluation,
            json!({"__class__": "AssetCheckEvaluation", "asset_key": key,
            "check_name": "c", "success": false, "metadata": {"x": values[0]},
            "target_materialization_data": {
                "__class__": "AssetCheckEvaluationTargetMaterializationData", "storage_id": 5,
                "run_id": "r", "timestamp": 2.5},
            "severity": {"__enum__": "AssetCheckSeverity.WARN"}, "description": "d"}),
        ),
        (
            Kind::AssetCheckEvaluationPlanned,
            json!({"__class__": "AssetCheckEvaluationPlanned",
            "asset_key": key, "check_name": "c"}),
        ),
        (
            Kind::LogsCaptured,
            json!({"__class__": "ComputeLogsCaptureData", "log_key": "k",
            "step_keys": ["s"], "external_url": "u", "external_stdout_url": null,
            "external_stderr_url": null, "shell_cmd": shell}),
        ),
        (Kind::HookErrored, json!({"__class__": "HookErroredData", "error": error})),
        (Kind::RunFailure, json!({"__class__": "PipelineFailureData", "error": error})),
        (Kind::RunCanceled, json!({"__class__": "PipelineCanceledData", "error": null})),
    ];
    let read = |(kind, data): (Kind, Value)| {
        let data: EventSpecificData = from_text(&data.to_string()).unwrap();
        assert!(!matches!(data, EventSpecificData::Unknown(_)), "{data:?}");
        (kind, data)
    };
    payloads.into_iter().map(read).collect()
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// The data of an answer as text, and whether lists were written straight into it.
async fn ask(deployment: &Deployment, query: &str) -> (String, bool) {
    let executed = execute(&deployment.schema, Request::new(query)).await;
    assert!(executed.response.errors.is_empty(), "{:?}", executed.response.errors);
    let is_direct = format!("{:?}", executed.response.data).contains("RawValue");
    let answered = answer(&deployment.schema, Request::new(query)).await.unwrap();
    let text = String::from_utf8(answered.answer.json().unwrap().to_vec()).unwrap();
    // Fields that were resolved come in any order.
    assert_eq!(parsed(&text), serde_json::to_value(&executed.response).unwrap());
    (text, is_direct)
}

/// Asks for a list twice: as it is, and so that it has to be merged with itself. Both answers must be the same.
async fn check(deployment: &Deployment, query: &str, list: &str, selection: &str) -> String {
    let ask_for = async |again: &str| {
        let lists = format!("{list} {selection} {again}");
        ask(deployment, &query.replace("$LIST", &lists)).await
    };
    let (written, is_direct) = ask_for("").await;
    assert!(is_direct, "{selection}");
    let (resolved, is_direct) = ask_for(&format!("{list} {selection}")).await;
    assert!(!is_direct);
    assert_eq!(parsed(&written), parsed(&resolved));
    written
}

#[tokio::test]
async fn events_of_all_kinds_are_written_as_they_are_resolved() {
    let limits = Limits { query_fields: 1_000_000, ..Limits::default() };
    let deployment = Deployment::with(false, limits).await;
    let run = deployment.add_run(1, RunStatus::Started, 1.0).await;
    let payloads = payloads();
    // Some fields fail without data.
    let without =
        DagsterEventType::ALL.iter().filter(|kind| payloads.iter().all(|it| it.0 != **kind));
    for (at, kind) in without.enumerate() {
        let mut next = event(*kind, &run, "says \"this\"");
        if at % 2 == 0 {
            next = next.with_step_key("step");
        }
        deployment.add_event(&run, next, at as f64 + 0.25).await;
    }
    for (at, (kind, data)) in payloads.into_iter().enumerate() {
        let next = event(kind, &run, "with data").with_data(data);
        deployment.add_event(&run, next, 100.0 + at as f64).await;
    }
    let query = format!(
        "{{ logsForRun(runId: \"{}\") {{ ... on EventConnection {{ cursor $LIST hasMore }} }} }}",
        run.run_id
    );
    let all = Types::new().everything_of("DagsterRunEvent");
    let asked = format!("{query}{all}");
    let text = check(&deployment, &asked, "events", "{ ...All_DagsterRunEvent }").await;
    for part in ["TableColumnDep", "ErrorChainLink", "LocalFileCodeReference", "\"1e+300\"", "ü"] {
        assert!(text.contains(part), "{part}");
    }
    for selection in [
        "{ ... on MarkerEvent { markerStart } }",
        "{ ... on DagsterRunEvent { ... on MessageEvent { m: message message m: message } } }",
        "{ ...F ... on DisplayableEvent { metadataEntries { label } metadataEntries { ...G } } }",
        "{ ... on MessageEvent @include(if: false) { runId } ... on ErrorEvent { error { message } } }",
    ] {
        let fragments = " fragment F on MessageEvent { level }
            fragment G on MetadataEntry { ... on IntMetadataEntry { intValue } }";
        let used = if selection.contains("...F") { fragments } else { "" };
        check(&deployment, &format!("{query}{used}"), "events", selection).await;
    }
    // What has to be waited for is resolved.
    let waits = query
        .replace("$LIST", "events { ... on MaterializationEvent { runOrError { __typename } } }");
    let (text, is_direct) = ask(&deployment, &waits).await;
    assert!(!is_direct && text.contains("\"__typename\":\"Run\""), "{text}");
}

#[tokio::test]
async fn runs_are_written_as_they_are_resolved() {
    let deployment = Deployment::new().await;
    let origin = json!({"__class__": "ExternalRepositoryOrigin",
        "repository_location_origin": {"__class__": "GrpcServerRepositoryLocationOrigin",
            "location_name": "l", "host": "h", "port": 1, "socket": null, "use_ssl": null},
        "repository_name": "r"});
    let origin: RemoteRepositoryOrigin = from_text(&origin.to_string()).unwrap();
    for id in 1..4 {
        let run_id = format!("00000000-0000-4000-8000-{id:012}");
        let mut run =
            rondel_model::run::DagsterRun::new(run_id, "job").with_status(RunStatus::Queued);
        run.tags.insert(".dagster/hidden".to_owned(), "x".to_owned());
        run.tags.insert("dagster/external_job_source".to_owned(), "Airflow".to_owned());
        run.remote_job_origin = (id > 1).then(|| RemoteJobOrigin {
            repository_origin: origin.clone(),
            job_name: "job".to_owned(),
            extra: Default::default(),
        });
        let created = rondel_model::ids::UnixTime(f64::from(id));
        deployment.instance.storage().runs().add_run(&run, created).await.unwrap();
    }
    let fields = "{ id runId pipelineSnapshotId status pipelineName jobName solidSelection
        repositoryOrigin { id repositoryName repositoryLocationName } assetSelection { path }
        stepKeysToExecute mode tags { key value } rootRunId parentRunId canTerminate creationTime
        startTime endTime updateTime externalJobSource }";
    let query = "{ runsOrError(limit: 10) { ... on Runs { $LIST count } } }";
    let text = check(&deployment, query, "results", fields).await;
    assert!(
        text.contains("\"externalJobSource\":\"airflow\"") && !text.contains("hidden"),
        "{text}"
    );
    // A run whose times its events have to tell.
    let run = deployment.add_run(9, RunStatus::Started, 9.0).await;
    deployment.add_event(&run, event(DagsterEventType::RunStart, &run, "start"), 10.0).await;
    let times = query.replace("$LIST", "results { id startTime }");
    let (text, _) = ask(&deployment, &times).await;
    assert!(text.contains("\"startTime\":10.0"), "{text}");
    let (_, is_direct) =
        ask(&deployment, &query.replace("$LIST", "results { stats { __typename } }")).await;
    assert!(!is_direct);
}

#[test]
fn what_is_written_is_part_of_the_schema() {
    fn known<T: Direct>(types: &Types) {
        let TypeKind::Object(object) = &types.0[T::NAME].kind else { panic!("{}", T::NAME) };
        for (field, _) in T::FIELDS {
            assert!(object.fields.iter().any(|it| it.node.name.node == *field), "{field}");
        }
    }
    let types = Types::new();
    known::<crate::runs::Run>(&types);
    known::<RemoteRepositoryOrigin>(&types);
    known::<crate::errors::PythonError>(&types);
    known::<crate::common::AssetKey>(&types);
    known::<crate::logs::AssetCheckEvaluation>(&types);
}
