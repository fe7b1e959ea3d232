//! Assembles the schema from the areas' root structs and executes requests on it.
//!
//! Adding an area: its folder, and one line in each of the roots below that it takes part in.
//! [`execute`] parses through a cache (Dagster's pages send few, long documents again and again),
//! gives each request its own context, and completes errors as Dagster formats them.

use std::sync::Arc;

use async_graphql::{
    MergedObject, MergedSubscription, Request, Response, ServerError, Value,
    parser::types::ExecutableDocument,
};
use futures::Stream;

use crate::{
    assets, backfills, components, config,
    context::{ErrorWatch, GraphqlContext, Limits, RequestContext},
    empty_objects,
    errors::{self, ErrorInfo, ResolverError},
    execution_plan, instance, instigation, jobs, launch, logs, partitions, resources, runs,
    schedules, sensors, unreferenced,
    workspace::{self, WorkspaceCache},
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

/// How many parsed documents are kept. The official UI has 192 operations.
const PARSED_DOCUMENTS: u64 = 1_000;

/// Dagster's GraphQL API over one deployment.
#[derive(Clone)]
pub struct Schema {
    inner: Inner,
    pub(crate) context: GraphqlContext,
    pub(crate) workspace: Arc<WorkspaceCache>,
    documents: moka::sync::Cache<String, Arc<Document>>,
}

/// A parsed document, and whether empty objects are marked in it.
struct Document {
    parsed: ExecutableDocument,
    marked: bool,
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
    Schema {
        inner: builder().limit_depth(query_depth).limit_complexity(query_fields).finish(),
        context,
        workspace: Arc::default(),
        documents: moka::sync::Cache::new(PARSED_DOCUMENTS),
    }
}

/// Answers a query or mutation.
pub async fn execute(schema: &Schema, request: Request) -> Executed {
    let errors = Arc::new(ErrorWatch::default());
    let (request, marked) = match prepare(schema, request, &errors, true) {
        Ok(prepared) => prepared,
        Err(error) => {
            return Executed { response: Response::from_errors(vec![error]), status: 400 };
        }
    };
    let mut response = Box::pin(schema.inner.execute(request)).await;
    complete(&mut response, marked);
    let status = status(&response, &errors);
    Executed { response, status }
}

/// As [`execute`], from within a resolver: boxed, since the future would contain itself.
pub(crate) fn execute_within(
    schema: &Schema,
    request: Request,
) -> futures::future::BoxFuture<'static, Executed> {
    let schema = schema.clone();
    Box::pin(async move { execute(&schema, request).await })
}

/// Answers any operation as a stream: a subscription's events, or a query's one answer.
pub fn execute_stream(
    schema: &Schema,
    request: Request,
) -> impl Stream<Item = Response> + Send + use<> {
    use futures::{StreamExt, future::Either, stream};
    match prepare(schema, request, &Arc::new(ErrorWatch::default()), false) {
        Ok((request, marked)) => {
            Either::Left(schema.inner.execute_stream(request).map(move |mut response| {
                complete(&mut response, marked);
                response
            }))
        }
        Err(error) => Either::Right(stream::iter([Response::from_errors(vec![error])])),
    }
}

/// Parses the document unless the cache has it, and attaches the request's context.
fn prepare(
    schema: &Schema,
    mut request: Request,
    errors: &Arc<ErrorWatch>,
    remembers: bool,
) -> Result<(Request, bool), ServerError> {
    let document = match schema.documents.get(&request.query) {
        Some(document) => document,
        None => {
            let mut parsed = async_graphql::parser::parse_query(&request.query)?;
            let marked = empty_objects::mark(&mut parsed);
            let document = Arc::new(Document { parsed, marked });
            schema.documents.insert(request.query.clone(), Arc::clone(&document));
            document
        }
    };
    request.set_parsed_query(document.parsed.clone());
    let context = RequestContext::new(schema, Arc::clone(errors), remembers);
    Ok((request.data(context), document.marked))
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
fn status(response: &Response, errors: &ErrorWatch) -> u16 {
    if errors.tripped() || response.errors.iter().any(|error| !error.path.is_empty()) {
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
}
