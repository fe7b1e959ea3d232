//! Assembles the schema from the areas' root structs and executes requests on it.
//!
//! Adding an area: its folder, and one line in each of the roots below that it takes part in.
//! [`execute`] parses and validates through a cache ([`Documents`]), gives each request its own context, and
//! completes errors as Dagster formats them. [`answer`] does so for the wire, and keeps what depends on the code
//! locations alone ([`crate::answers`]).

use std::sync::Arc;

use async_graphql::{
    MergedObject, MergedSubscription, Request, Response, ServerError, ValidationMode, Value,
};
use bytes::Bytes;
use futures::{Stream, future::BoxFuture, stream::BoxStream};

use crate::{
    answers::{Answer, Question},
    assets, backfills,
    batches::Batches,
    components, config,
    context::{GraphqlContext, Limits, RequestContext, Watch},
    direct::response_text,
    documents::{Document, Documents, Form},
    empty_objects,
    errors::{self, ErrorInfo, ResolverError},
    execution_plan, instance, instigation, jobs, launch, logs, partitions, resources, runs,
    schedules, sensors, unreferenced,
    workspace::{self, PreparedWorkspace, WorkspaceCache},
};

/// Queries, by area.
#[derive(MergedObject, Default)]
pub(crate) struct Query(
    assets::AssetQuery,
    assets::AssetCheckQuery,
    assets::AssetLayoutQuery,
    assets::EvaluationQuery,
    backfills::BackfillQuery,
    components::ComponentQuery,
    config::ConfigQuery,
    execution_plan::ExecutionPlanQuery,
    instance::InstanceQuery,
    instigation::InstigationQuery,
    jobs::JobQuery,
    logs::LogsQuery,
    partitions::PartitionSetQuery,
    resources::ResourceQuery,
    runs::RunsQuery,
    schedules::ScheduleQuery,
    sensors::SensorQuery,
    workspace::WorkspaceQuery,
);

/// Mutations, by area.
#[derive(MergedObject, Default)]
pub(crate) struct Mutation(
    assets::AssetMutation,
    backfills::BackfillMutation,
    components::ComponentMutation,
    instance::InstanceMutation,
    launch::LaunchMutation,
    partitions::DynamicPartitionsMutation,
    schedules::ScheduleMutation,
    sensors::SensorMutation,
    workspace::WorkspaceMutation,
);

/// Subscriptions, by area.
#[derive(MergedSubscription, Default)]
pub(crate) struct Subscription(logs::LogsSubscription, workspace::WorkspaceSubscription);

type Inner = async_graphql::Schema<Query, Mutation, Subscription>;

/// Dagster's GraphQL API over one deployment.
#[derive(Clone)]
pub struct Schema {
    /// Validates by all rules.
    strict: Inner,
    /// For what is known to be valid: checks depth, complexity and cycles only. A second schema, since an
    /// extension that passed validation over would be asked about every field.
    lenient: Inner,
    pub(crate) context: GraphqlContext,
    pub(crate) workspace: Arc<WorkspaceCache>,
    documents: Documents,
}

/// A request that can be executed.
struct Prepared {
    request: Request,
    document: Arc<Document>,
    form: Form,
    watch: Arc<Watch>,
    batches: Arc<Batches>,
    workspace: Arc<PreparedWorkspace>,
}

/// A request's answer, and what it means for the HTTP status.
#[derive(Debug)]
pub struct Executed {
    /// The answer.
    pub response: Response,
    /// The HTTP status which dagster-webserver gives for it.
    pub status: u16,
}

fn builder() -> async_graphql::SchemaBuilder<Query, Mutation, Subscription> {
    // Interfaces which only fragments name are not reachable from the roots.
    let builder = async_graphql::Schema::build(
        Query::default(),
        Mutation::default(),
        Subscription::default(),
    );
    unreferenced::register(builder)
        .register_output_type::<errors::ErrorInterface>()
        .register_output_type::<errors::PipelineRunNotFoundError>()
        .register_output_type::<errors::PipelineRunConflict>()
        .register_output_type::<config::PipelineConfigValidationInvalid>()
        .register_output_type::<config::WrappingConfigType>()
        .register_output_type::<launch::LaunchPipelineRunSuccess>()
        .register_output_type::<launch::TerminatePipelineExecutionFailure>()
        .register_output_type::<launch::TerminatePipelineExecutionSuccess>()
        .register_output_type::<logs::MessageEvent>()
        .register_output_type::<logs::DisplayableEvent>()
        .register_output_type::<logs::MarkerEvent>()
        .register_output_type::<logs::ErrorEvent>()
        .register_output_type::<logs::RunEvent>()
        .register_output_type::<logs::StepEvent>()
        .register_output_type::<jobs::IPipelineSnapshot>()
        .register_output_type::<jobs::PipelineReference>()
        .register_output_type::<jobs::SolidContainer>()
        .register_output_type::<jobs::WrappingDagsterType>()
        .register_output_type::<logs::PipelineRunStepStats>()
        .register_output_type::<runs::PipelineRun>()
        .register_output_type::<runs::PipelineRuns>()
        .register_output_type::<runs::PipelineRunStatsSnapshot>()
}

/// The schema as text (SDL).
#[must_use]
pub fn sdl() -> String {
    builder().finish().sdl()
}

/// Makes the API for a deployment.
#[must_use]
pub fn build_schema(context: GraphqlContext) -> Schema {
    let Limits { query_depth, query_fields, .. } = context.limits;
    let inner = |mode| {
        let limited = builder().limit_depth(query_depth).limit_complexity(query_fields);
        limited.validation_mode(mode).finish()
    };
    Schema {
        strict: inner(ValidationMode::Strict),
        lenient: inner(ValidationMode::Fast),
        context,
        workspace: Arc::default(),
        documents: Documents::default(),
    }
}

/// A serialized answer, and what it means for the HTTP status.
#[derive(Debug)]
pub struct Answered {
    /// The answer.
    pub answer: Answer,
    /// The HTTP status which dagster-webserver gives for it.
    pub status: u16,
}

/// Answers a query or mutation.
pub async fn execute(schema: &Schema, request: Request) -> Executed {
    match prepare(schema, request, true) {
        Ok(prepared) => run(schema, prepared).await,
        Err(error) => invalid(error),
    }
}

/// Answers a query or mutation in the form that goes over the wire; from what is kept, if only the code
/// locations matter and they have not changed.
///
/// # Errors
/// When the answer cannot be serialized.
pub async fn answer(schema: &Schema, request: Request) -> Result<Answered, serde_json::Error> {
    let serialized = |Executed { response, status }: Executed| {
        Ok::<_, serde_json::Error>((Bytes::from(response_text(&response)?), status))
    };
    let made = |(json, status)| Answered { answer: Answer::Made(json), status };
    let prepared = match prepare(schema, request, true) {
        Ok(prepared) => prepared,
        Err(error) => return serialized(invalid(error)).map(made),
    };
    if prepared.document.goes_beyond_workspace() {
        return serialized(run(schema, prepared).await).map(made);
    }
    let (document, workspace) = (Arc::clone(&prepared.document), Arc::clone(&prepared.workspace));
    let watch = Arc::clone(&prepared.watch);
    let question = Question::of(&prepared.request);
    let known = question.as_ref().and_then(|question| workspace.answers.get(question));
    if let Some(answer) = known {
        return Ok(Answered { answer, status: 200 });
    }
    let (json, status) = serialized(run(schema, prepared).await)?;
    if watch.went_beyond_workspace() {
        document.found_beyond_workspace();
    } else if let Some(question) = question.filter(|_| status == 200) {
        return Ok(Answered { answer: workspace.answers.keep(question, json).await, status });
    }
    Ok(made((json, status)))
}

fn invalid(error: ServerError) -> Executed {
    Executed { response: Response::from_errors(vec![error]), status: 400 }
}

async fn run(schema: &Schema, prepared: Prepared) -> Executed {
    let Prepared { request, document, form, watch, batches, .. } = prepared;
    let mut response = if document.is_valid(form) {
        batches.drive(execution(&schema.lenient, request)).await
    } else {
        let response = batches.drive(execution(&schema.strict, request)).await;
        if response.errors.is_empty() {
            document.found_valid(form);
        }
        response
    };
    complete(&mut response, document.marked);
    let status = status(&response, &watch);
    Executed { response, status }
}

/// Without its type, or every crate that awaits it would be built with all resolvers once more, to drop them.
fn execution(schema: &Inner, request: Request) -> BoxFuture<'_, Response> {
    Box::pin(schema.execute(request))
}

/// As [`execute`], from within a resolver: boxed, since the future would contain itself.
pub(crate) fn execute_within(schema: &Schema, request: Request) -> BoxFuture<'static, Executed> {
    let schema = schema.clone();
    Box::pin(async move { execute(&schema, request).await })
}

/// Answers any operation as a stream: a subscription's events, or a query's one answer.
pub fn execute_stream(
    schema: &Schema,
    request: Request,
) -> impl Stream<Item = Response> + Send + use<> {
    use futures::{StreamExt, future::Either, stream};
    match prepare(schema, request, false) {
        // A subscription is validated once for all of its events.
        Ok(Prepared { request, document, batches, .. }) => {
            let responses: BoxStream<'_, Response> =
                Box::pin(schema.strict.execute_stream(request));
            Either::Left(batches.drive_stream(responses).map(move |mut response| {
                complete(&mut response, document.marked);
                response
            }))
        }
        Err(error) => Either::Right(stream::iter([Response::from_errors(vec![error])])),
    }
}

/// Finds or parses the document, and attaches the request's context.
fn prepare(
    schema: &Schema,
    mut request: Request,
    remembers: bool,
) -> Result<Prepared, ServerError> {
    let document = schema.documents.get(&request.query)?;
    document.check_variables(request.operation_name.as_deref(), &request.variables)?;
    let form = schema.documents.form(request.operation_name.as_deref(), &request.variables);
    request.set_parsed_query(document.parsed.clone());
    let watch = Arc::new(Watch::default());
    let batches = Arc::<Batches>::default();
    let (known, watched) = (Arc::clone(&document), Arc::clone(&watch));
    let context = RequestContext::new(schema, known, watched, &batches, remembers);
    let workspace = Arc::clone(&context.prepared);
    Ok(Prepared { request: request.data(context), document, form, watch, batches, workspace })
}

fn complete(response: &mut Response, marked: bool) {
    if marked {
        empty_objects::unmark(&mut response.data);
    }
    complete_errors(response);
}

/// Adds to the errors which resolvers raised the `errorInfo` extension that Dagster's clients read.
fn complete_errors(response: &mut Response) {
    for error in &mut response.errors {
        let Some(source) = error.source::<ResolverError>() else { continue };
        let info = error_info_value(&source.info());
        error.extensions.get_or_insert_default().set("errorInfo", info);
    }
}

/// The error as Dagster serializes it (`SerializableErrorInfo`).
fn error_info_value(info: &ErrorInfo) -> Value {
    let link =
        |next: &Option<Arc<ErrorInfo>>| next.as_deref().map_or(Value::Null, error_info_value);
    async_graphql::value!({
        "__class__": "SerializableErrorInfo",
        "message": (info.message.clone()),
        "stack": (info.stack.clone()),
        "cls_name": (info.class_name.clone()),
        "cause": (link(&info.cause)),
        "context": (link(&info.context)),
    })
}

/// 500 when a resolver failed unforeseen, 400 when the document could not be executed.
fn status(response: &Response, watch: &Watch) -> u16 {
    if watch.failed() || response.errors.iter().any(|error| !error.path.is_empty()) {
        500
    } else if !response.errors.is_empty() {
        400
    } else {
        200
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interfaces_which_only_fragments_name_are_part_of_the_schema() {
        assert!(sdl().contains("interface MessageEvent"), "{}", sdl());
    }

    #[tokio::test]
    async fn a_valid_document_is_validated_again_only_for_variables_of_another_form() {
        let deployment = crate::tests::Deployment::new().await;
        let schema = &deployment.schema;
        let query = "query Q($limit: Int, $view: RunsFeedView!) {
            runsFeedOrError(limit: $limit, view: $view) { __typename ...F }
        } fragment F on RunsFeedConnection { hasMore }";
        let variables = |limit: serde_json::Value, view: &str| {
            async_graphql::Variables::from_json(serde_json::json!({"limit": limit, "view": view}))
        };
        let steps = [
            (variables(1.into(), "RUNS"), 200),
            (variables(2.into(), "RUNS"), 200),
            (variables("one".into(), "RUNS"), 400),
            (variables(2.into(), "NOTHING"), 400),
            (variables(3.into(), "ROOTS"), 200),
            (variables("one".into(), "RUNS"), 400),
        ];
        for (variables, expected) in steps {
            let document = schema.documents.get(query).unwrap();
            let form = schema.documents.form(None, &variables);
            let request = Request::new(query).variables(variables);
            let executed = execute(schema, request).await;
            assert_eq!(executed.status, expected, "{:?}", executed.response);
            assert_eq!(document.is_valid(form), expected == 200);
        }
    }

    #[tokio::test]
    async fn an_answer_about_the_workspace_alone_is_given_again() {
        let deployment = crate::tests::Deployment::new().await;
        let ask =
            async |query: &str| answer(&deployment.schema, Request::new(query)).await.unwrap();
        let types = "{ __schema { types { name fields { name type { name kind } } } } }";
        let (first, second) = (ask(types).await, ask(types).await);
        let (Answer::Kept(first), Answer::Kept(second)) = (first.answer, second.answer) else {
            panic!("not kept")
        };
        assert!(Arc::ptr_eq(&first, &second));
        assert!(first.gzip().len() < first.length());
        let json = Answer::Kept(Arc::clone(&first)).json().unwrap();
        let pieces: Vec<Bytes> = first.pieces().collect::<Result<_, _>>().unwrap();
        assert!(pieces.len() > 1 && pieces.concat() == json && json.len() == first.length());
        assert!(serde_json::from_slice::<serde_json::Value>(&json).unwrap()["data"].is_object());
        // The same with the storage in it is asked anew, and not looked for the next time.
        let runs =
            "{ __schema { types { name } } runsOrError { ... on Runs { results { runId } } } }";
        let (first, second) = (ask(runs).await, ask(runs).await);
        let is_made = |answered: &Answered| matches!(answered.answer, Answer::Made(_));
        assert!(is_made(&first) && is_made(&second));
        assert!(deployment.schema.documents.get(runs).unwrap().goes_beyond_workspace());
        let reload = "mutation { reloadWorkspace { __typename } }";
        assert!(deployment.schema.documents.get(reload).unwrap().goes_beyond_workspace());
    }

    #[tokio::test]
    async fn a_document_that_is_too_deep_stays_so() {
        let limits = Limits { query_depth: 3, ..Limits::default() };
        let deployment = crate::tests::Deployment::with(false, limits).await;
        for _ in 0..2 {
            let query = "{ runsOrError { ... on Runs { results { repositoryOrigin { id } } } } }";
            let executed = execute(&deployment.schema, Request::new(query)).await;
            assert_eq!(executed.status, 400);
            assert_eq!(executed.response.errors[0].message, "Query is nested too deep.");
        }
    }
}
