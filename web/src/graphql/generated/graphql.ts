/* eslint-disable */
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null | undefined;
export type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
export type MakeOptional<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]?: Maybe<T[SubKey]> };
export type MakeMaybe<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]: Maybe<T[SubKey]> };
export type MakeEmpty<T extends { [key: string]: unknown }, K extends keyof T> = { [_ in K]?: never };
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  GenericScalar: { input: unknown; output: unknown; }
  JsonSchema: { input: unknown; output: unknown; }
  RunConfigData: { input: unknown; output: unknown; }
};

export type AssetBackfillPreviewParams = {
  partitionNames: Array<Scalars['String']['input']>;
  assetSelection: Array<AssetKeyInput>;
};

export type AssetCheckCanExecuteIndividually =
  | 'CAN_EXECUTE'
  | 'REQUIRES_MATERIALIZATION'
  | 'NEEDS_USER_CODE_UPGRADE';

export type AssetCheckExecutionResolvedStatus =
  | 'IN_PROGRESS'
  | 'SUCCEEDED'
  | 'FAILED'
  | 'EXECUTION_FAILED'
  | 'SKIPPED';

export type AssetCheckHandleInput = {
  assetKey: AssetKeyInput;
  name: Scalars['String']['input'];
};

export type AssetCheckPartitionRangeStatus =
  | 'SUCCEEDED'
  | 'FAILED'
  | 'IN_PROGRESS'
  | 'SKIPPED'
  | 'EXECUTION_FAILED';

export type AssetCheckSeverity =
  | 'WARN'
  | 'ERROR';

export type AssetConditionEvaluationStatus =
  | 'TRUE'
  | 'FALSE'
  | 'SKIPPED';

export type AssetEventHistoryEventTypeSelector =
  | 'MATERIALIZATION'
  | 'FAILED_TO_MATERIALIZE'
  | 'OBSERVATION';

export type AssetEventType =
  | 'ASSET_MATERIALIZATION'
  | 'ASSET_OBSERVATION';

export type AssetGraphLayoutDirection =
  | 'LEFT_TO_RIGHT'
  | 'TOP_TO_BOTTOM';

export type AssetGraphLayoutGrouping =
  | 'GROUP'
  | 'CODE_LOCATION';

export type AssetGroupSelector = {
  groupName: Scalars['String']['input'];
  repositoryName: Scalars['String']['input'];
  repositoryLocationName: Scalars['String']['input'];
};

export type AssetHealthStatus =
  | 'HEALTHY'
  | 'WARNING'
  | 'DEGRADED'
  | 'UNKNOWN'
  | 'NOT_APPLICABLE';

export type AssetJobKeyInput = {
  jobName: Scalars['String']['input'];
};

export type AssetKeyInput = {
  path: Array<Scalars['String']['input']>;
};

export type AssetMaterializationFailureReason =
  | 'FAILED_TO_MATERIALIZE'
  | 'UPSTREAM_FAILED_TO_MATERIALIZE'
  | 'RUN_TERMINATED'
  | 'UNKNOWN';

export type AssetMaterializationFailureType =
  | 'FAILED'
  | 'SKIPPED';

export type AutoMaterializeDecisionType =
  | 'MATERIALIZE'
  | 'SKIP'
  | 'DISCARD';

export type AutoMaterializePolicyType =
  | 'EAGER'
  | 'LAZY';

export type BackfillPolicyType =
  | 'SINGLE_RUN'
  | 'MULTI_RUN';

export type BulkActionStatus =
  | 'REQUESTED'
  | 'COMPLETED'
  | 'FAILED'
  | 'CANCELED'
  | 'CANCELING'
  | 'COMPLETED_SUCCESS'
  | 'COMPLETED_FAILED'
  | 'FAILING';

export type BulkActionsFilter = {
  statuses?: InputMaybe<Array<BulkActionStatus>>;
  createdBefore?: InputMaybe<Scalars['Float']['input']>;
  createdAfter?: InputMaybe<Scalars['Float']['input']>;
  selectorId?: InputMaybe<Scalars['String']['input']>;
};

export type ChangeReason =
  | 'NEW'
  | 'CODE_VERSION'
  | 'DEPENDENCIES'
  | 'PARTITIONS_DEFINITION'
  | 'TAGS'
  | 'METADATA'
  | 'REMOVED';

export type ConfiguredValueType =
  | 'VALUE'
  | 'ENV_VAR'
  | 'SECRET';

export type DagsterEventType =
  | 'STEP_OUTPUT'
  | 'STEP_INPUT'
  | 'STEP_FAILURE'
  | 'STEP_START'
  | 'STEP_SUCCESS'
  | 'STEP_SKIPPED'
  | 'STEP_WORKER_STARTING'
  | 'STEP_WORKER_STARTED'
  | 'RESOURCE_INIT_STARTED'
  | 'RESOURCE_INIT_SUCCESS'
  | 'RESOURCE_INIT_FAILURE'
  | 'STEP_UP_FOR_RETRY'
  | 'STEP_RESTARTED'
  | 'ASSET_MATERIALIZATION'
  | 'ASSET_MATERIALIZATION_PLANNED'
  | 'ASSET_FAILED_TO_MATERIALIZE'
  | 'ASSET_OBSERVATION'
  | 'STEP_EXPECTATION_RESULT'
  | 'ASSET_CHECK_EVALUATION_PLANNED'
  | 'ASSET_CHECK_EVALUATION'
  | 'ASSET_HEALTH_CHANGED'
  | 'ASSET_WIPED'
  | 'RUN_ENQUEUED'
  | 'RUN_DEQUEUED'
  | 'RUN_STARTING'
  | 'RUN_START'
  | 'RUN_SUCCESS'
  | 'RUN_FAILURE'
  | 'RUN_CANCELING'
  | 'RUN_CANCELED'
  | 'RUN_SUSPENDED'
  | 'RUN_RESUMED'
  | 'OBJECT_STORE_OPERATION'
  | 'ASSET_STORE_OPERATION'
  | 'LOADED_INPUT'
  | 'HANDLED_OUTPUT'
  | 'ENGINE_EVENT'
  | 'HOOK_COMPLETED'
  | 'HOOK_ERRORED'
  | 'HOOK_SKIPPED'
  | 'ALERT_START'
  | 'ALERT_SUCCESS'
  | 'ALERT_FAILURE'
  | 'LOGS_CAPTURED'
  | 'FRESHNESS_STATE_EVALUATION'
  | 'FRESHNESS_STATE_CHANGE'
  | 'CODE_LOCATION_UPDATED'
  | 'PIPELINE_ENQUEUED'
  | 'PIPELINE_DEQUEUED'
  | 'PIPELINE_STARTING'
  | 'PIPELINE_START'
  | 'PIPELINE_SUCCESS'
  | 'PIPELINE_FAILURE'
  | 'PIPELINE_CANCELING'
  | 'PIPELINE_CANCELED';

export type DefinitionsSource =
  | 'CODE_SERVER'
  | 'CONNECTION';

export type DefsStateManagementType =
  | 'VERSIONED_STATE_STORAGE'
  | 'LOCAL_FILESYSTEM'
  | 'LEGACY_CODE_SERVER_SNAPSHOTS';

export type DynamicPartitionsRequestType =
  | 'ADD_PARTITIONS'
  | 'DELETE_PARTITIONS';

export type EnvVarConsumerType =
  | 'RESOURCE';

export type ErrorSource =
  | 'FRAMEWORK_ERROR'
  | 'USER_CODE_ERROR'
  | 'UNEXPECTED_ERROR'
  | 'INTERRUPT';

export type EvaluationErrorReason =
  | 'RUNTIME_TYPE_MISMATCH'
  | 'MISSING_REQUIRED_FIELD'
  | 'MISSING_REQUIRED_FIELDS'
  | 'FIELD_NOT_DEFINED'
  | 'FIELDS_NOT_DEFINED'
  | 'SELECTOR_FIELD_ERROR';

export type ExecutionMetadata = {
  tags?: InputMaybe<Array<ExecutionTag>>;
  rootRunId?: InputMaybe<Scalars['String']['input']>;
  parentRunId?: InputMaybe<Scalars['String']['input']>;
};

export type ExecutionParams = {
  selector: JobOrPipelineSelector;
  runConfigData?: InputMaybe<Scalars['RunConfigData']['input']>;
  mode?: InputMaybe<Scalars['String']['input']>;
  executionMetadata?: InputMaybe<ExecutionMetadata>;
  stepKeys?: InputMaybe<Array<Scalars['String']['input']>>;
  preset?: InputMaybe<Scalars['String']['input']>;
};

export type ExecutionTag = {
  key: Scalars['String']['input'];
  value: Scalars['String']['input'];
};

export type GraphSelector = {
  graphName: Scalars['String']['input'];
  repositoryName: Scalars['String']['input'];
  repositoryLocationName: Scalars['String']['input'];
};

export type InstigationSelector = {
  repositoryName: Scalars['String']['input'];
  repositoryLocationName: Scalars['String']['input'];
  name: Scalars['String']['input'];
};

export type InstigationStatus =
  | 'RUNNING'
  | 'STOPPED';

export type InstigationTickStatus =
  | 'STARTED'
  | 'SKIPPED'
  | 'SUCCESS'
  | 'FAILURE';

export type InstigationType =
  | 'SCHEDULE'
  | 'SENSOR'
  | 'AUTO_MATERIALIZE';

export type JobOrPipelineSelector = {
  pipelineName?: InputMaybe<Scalars['String']['input']>;
  jobName?: InputMaybe<Scalars['String']['input']>;
  repositoryName: Scalars['String']['input'];
  repositoryLocationName: Scalars['String']['input'];
  solidSelection?: InputMaybe<Array<Scalars['String']['input']>>;
  assetSelection?: InputMaybe<Array<AssetKeyInput>>;
  assetCheckSelection?: InputMaybe<Array<AssetCheckHandleInput>>;
};

export type LaunchBackfillParams = {
  selector?: InputMaybe<PartitionSetSelector>;
  partitionNames?: InputMaybe<Array<Scalars['String']['input']>>;
  partitionsByAssets?: InputMaybe<Array<InputMaybe<PartitionsByAssetSelector>>>;
  reexecutionSteps?: InputMaybe<Array<Scalars['String']['input']>>;
  assetSelection?: InputMaybe<Array<AssetKeyInput>>;
  fromFailure?: InputMaybe<Scalars['Boolean']['input']>;
  allPartitions?: InputMaybe<Scalars['Boolean']['input']>;
  tags?: InputMaybe<Array<ExecutionTag>>;
  forceSynchronousSubmission?: InputMaybe<Scalars['Boolean']['input']>;
  title?: InputMaybe<Scalars['String']['input']>;
  description?: InputMaybe<Scalars['String']['input']>;
  runConfigData?: InputMaybe<Scalars['RunConfigData']['input']>;
};

export type LocationStateChangeEventType =
  | 'LOCATION_UPDATED'
  | 'LOCATION_DISCONNECTED'
  | 'LOCATION_RECONNECTED'
  | 'LOCATION_ERROR';

export type LogLevel =
  | 'CRITICAL'
  | 'ERROR'
  | 'INFO'
  | 'WARNING'
  | 'DEBUG';

export type MarshalledInput = {
  inputName: Scalars['String']['input'];
  key: Scalars['String']['input'];
};

export type MarshalledOutput = {
  outputName: Scalars['String']['input'];
  key: Scalars['String']['input'];
};

export type NestedResourceType =
  | 'ANONYMOUS'
  | 'TOP_LEVEL';

export type ObjectStoreOperationType =
  | 'SET_OBJECT'
  | 'GET_OBJECT'
  | 'RM_OBJECT'
  | 'CP_OBJECT';

export type PartitionDefinitionType =
  | 'TIME_WINDOW'
  | 'STATIC'
  | 'MULTIPARTITIONED'
  | 'DYNAMIC';

export type PartitionRangeSelector = {
  start: Scalars['String']['input'];
  end: Scalars['String']['input'];
};

export type PartitionRangeStatus =
  | 'MATERIALIZING'
  | 'MATERIALIZED'
  | 'FAILED';

export type PartitionSetSelector = {
  partitionSetName: Scalars['String']['input'];
  repositorySelector: RepositorySelector;
};

export type PartitionsByAssetSelector = {
  assetKey: AssetKeyInput;
  partitions?: InputMaybe<PartitionsSelector>;
};

export type PartitionsSelector = {
  range?: InputMaybe<PartitionRangeSelector>;
  ranges?: InputMaybe<Array<PartitionRangeSelector>>;
};

export type PipelineSelector = {
  pipelineName: Scalars['String']['input'];
  repositoryName: Scalars['String']['input'];
  repositoryLocationName: Scalars['String']['input'];
  solidSelection?: InputMaybe<Array<Scalars['String']['input']>>;
  assetSelection?: InputMaybe<Array<AssetKeyInput>>;
  assetCheckSelection?: InputMaybe<Array<AssetCheckHandleInput>>;
};

export type ReexecutionParams = {
  parentRunId: Scalars['String']['input'];
  strategy: ReexecutionStrategy;
  extraTags?: InputMaybe<Array<ExecutionTag>>;
  useParentRunTags?: InputMaybe<Scalars['Boolean']['input']>;
};

export type ReexecutionStrategy =
  | 'FROM_ASSET_FAILURE'
  | 'FROM_FAILURE'
  | 'ALL_STEPS';

export type ReportAssetCheckEvaluationsParams = {
  assetKey: AssetKeyInput;
  checkName: Scalars['String']['input'];
  passed: Scalars['Boolean']['input'];
  severity?: InputMaybe<AssetCheckSeverity>;
  serializedMetadata?: InputMaybe<Scalars['String']['input']>;
  partitionKeys?: InputMaybe<Array<InputMaybe<Scalars['String']['input']>>>;
  description?: InputMaybe<Scalars['String']['input']>;
};

export type ReportRunlessAssetEventsParams = {
  eventType: AssetEventType;
  assetKey: AssetKeyInput;
  partitionKeys?: InputMaybe<Array<InputMaybe<Scalars['String']['input']>>>;
  description?: InputMaybe<Scalars['String']['input']>;
};

export type RepositoryLocationLoadStatus =
  | 'LOADING'
  | 'LOADED';

export type RepositorySelector = {
  repositoryName: Scalars['String']['input'];
  repositoryLocationName: Scalars['String']['input'];
};

export type ResourceSelector = {
  repositoryName: Scalars['String']['input'];
  repositoryLocationName: Scalars['String']['input'];
  resourceName: Scalars['String']['input'];
};

export type RunStatus =
  | 'QUEUED'
  | 'NOT_STARTED'
  | 'MANAGED'
  | 'STARTING'
  | 'STARTED'
  | 'SUSPENDED'
  | 'SUCCESS'
  | 'FAILURE'
  | 'CANCELING'
  | 'CANCELED';

export type RunsFeedView =
  | 'ROOTS'
  | 'RUNS'
  | 'BACKFILLS';

export type RunsFilter = {
  runIds?: InputMaybe<Array<InputMaybe<Scalars['String']['input']>>>;
  pipelineName?: InputMaybe<Scalars['String']['input']>;
  tags?: InputMaybe<Array<ExecutionTag>>;
  statuses?: InputMaybe<Array<RunStatus>>;
  snapshotId?: InputMaybe<Scalars['String']['input']>;
  updatedAfter?: InputMaybe<Scalars['Float']['input']>;
  updatedBefore?: InputMaybe<Scalars['Float']['input']>;
  createdBefore?: InputMaybe<Scalars['Float']['input']>;
  createdAfter?: InputMaybe<Scalars['Float']['input']>;
  mode?: InputMaybe<Scalars['String']['input']>;
};

export type ScheduleSelector = {
  repositoryName: Scalars['String']['input'];
  repositoryLocationName: Scalars['String']['input'];
  scheduleName: Scalars['String']['input'];
};

export type ScheduleStatus =
  | 'RUNNING'
  | 'STOPPED'
  | 'ENDED';

export type SensorSelector = {
  repositoryName: Scalars['String']['input'];
  repositoryLocationName: Scalars['String']['input'];
  sensorName: Scalars['String']['input'];
};

export type SensorType =
  | 'STANDARD'
  | 'RUN_STATUS'
  | 'ASSET'
  | 'MULTI_ASSET'
  | 'FRESHNESS_POLICY'
  | 'AUTO_MATERIALIZE'
  | 'AUTOMATION'
  | 'UNKNOWN';

export type StaleCauseCategory =
  | 'CODE'
  | 'DATA'
  | 'DEPENDENCIES';

export type StaleStatus =
  | 'MISSING'
  | 'STALE'
  | 'FRESH';

export type StepEventStatus =
  | 'SKIPPED'
  | 'SUCCESS'
  | 'FAILURE'
  | 'IN_PROGRESS';

export type StepExecution = {
  stepKey: Scalars['String']['input'];
  marshalledInputs?: InputMaybe<Array<MarshalledInput>>;
  marshalledOutputs?: InputMaybe<Array<MarshalledOutput>>;
};

export type StepKind =
  | 'COMPUTE'
  | 'UNRESOLVED_MAPPED'
  | 'UNRESOLVED_COLLECT';

export type StepOutputHandle = {
  stepKey: Scalars['String']['input'];
  outputName: Scalars['String']['input'];
};

export type TagInput = {
  key: Scalars['String']['input'];
  value: Scalars['String']['input'];
};

export type TerminateRunPolicy =
  | 'SAFE_TERMINATE'
  | 'MARK_AS_CANCELED_IMMEDIATELY';

export type ShellQueryVariables = Exact<{ [key: string]: never; }>;


export type ShellQuery = { version: string, workspaceOrError:
    | { __typename: 'Workspace', id: string, locationEntries: Array<{ id: string, name: string, loadStatus: RepositoryLocationLoadStatus, locationOrLoadError?:
          | { __typename: 'RepositoryLocation' }
          | { __typename: 'PythonError' }
         | null }> }
    | { __typename: 'PythonError' }
  , instance: { id: string, daemonHealth: { id: string, allDaemonStatuses: Array<{ id: string, daemonType: string, required: boolean, healthy?: boolean | null, lastHeartbeatErrors: Array<{ message: string }> }> } } };

export type PaletteIndexQueryVariables = Exact<{ [key: string]: never; }>;


export type PaletteIndexQuery = { workspaceOrError:
    | { __typename: 'Workspace', id: string, locationEntries: Array<{ id: string, name: string, locationOrLoadError?:
          | { __typename: 'RepositoryLocation', id: string, repositories: Array<{ id: string, name: string, pipelines: Array<{ id: string, name: string }>, schedules: Array<{ id: string, name: string }>, sensors: Array<{ id: string, name: string }>, assetGroups: Array<{ id: string, groupName: string }> }> }
          | { __typename: 'PythonError' }
         | null }> }
    | { __typename: 'PythonError' }
  , assetsOrError:
    | { __typename: 'AssetConnection', nodes: Array<{ id: string, key: { path: Array<string> } }> }
    | { __typename: 'PythonError' }
   };

export type AssetPageQueryVariables = Exact<{
  assetKey: AssetKeyInput;
}>;


export type AssetPageQuery = { assetNodeOrError:
    | { __typename: 'AssetNode', id: string, description?: string | null, groupName: string, kinds: Array<string>, opNames: Array<string>, opVersion?: string | null, pools: Array<string>, isMaterializable: boolean, isExecutable: boolean, isObservable: boolean, isPartitioned: boolean, hasMaterializePermission: boolean, hasWipePermission: boolean, hasReportRunlessAssetEventPermission: boolean, jobNames: Array<string>, staleStatus?: StaleStatus | null, assetKey: { path: Array<string> }, owners: Array<
        | { __typename: 'UserAssetOwner', email: string }
        | { __typename: 'TeamAssetOwner', team: string }
      >, tags: Array<{ key: string, value: string }>, metadataEntries: Array<
        | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
        | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
        | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
            | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
            | { __typename: 'UrlCodeReference', url: string, label?: string | null }
          > }
        | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
        | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
        | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
        | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
        | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
        | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
        | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
        | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
        | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
        | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
        | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
        | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
        | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
        | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
        | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
        | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
        | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
      >, partitionDefinition?: { name?: string | null, type: PartitionDefinitionType, description: string } | null, automationCondition?: { label?: string | null, expandedLabel: Array<string> } | null, staleCauses: Array<{ reason: string, key: { path: Array<string> }, dependency?: { path: Array<string> } | null }>, dependencyKeys: Array<{ path: Array<string> }>, dependedByKeys: Array<{ path: Array<string> }>, requiredResources: Array<{ resourceKey: string }>, targetingInstigators: Array<
        | { __typename: 'Schedule', id: string, name: string, scheduleState: { id: string, status: InstigationStatus, repositoryName: string, repositoryLocationName: string } }
        | { __typename: 'Sensor', id: string, name: string, sensorState: { id: string, status: InstigationStatus, repositoryName: string, repositoryLocationName: string } }
      >, repository: { id: string, name: string, location: { id: string, name: string } } }
    | { __typename: 'AssetNotFoundError', message: string }
   };

export type AssetEventFragment = { __typename: 'MaterializationEvent', timestamp: string, runId: string, stepKey?: string | null, partition?: string | null, description?: string | null, metadataEntries: Array<
    | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
    | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
    | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
        | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
        | { __typename: 'UrlCodeReference', url: string, label?: string | null }
      > }
    | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
    | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
    | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
    | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
    | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
    | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
    | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
    | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
    | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
    | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
    | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
    | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
    | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
    | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
    | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
    | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
    | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
  >, tags: Array<{ key: string, value: string }> };

export type AssetObservationFieldsFragment = { __typename: 'ObservationEvent', timestamp: string, runId: string, stepKey?: string | null, partition?: string | null, description?: string | null, metadataEntries: Array<
    | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
    | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
    | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
        | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
        | { __typename: 'UrlCodeReference', url: string, label?: string | null }
      > }
    | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
    | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
    | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
    | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
    | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
    | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
    | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
    | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
    | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
    | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
    | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
    | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
    | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
    | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
    | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
    | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
    | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
  >, tags: Array<{ key: string, value: string }> };

export type AssetEventsQueryVariables = Exact<{
  assetKey: AssetKeyInput;
  limit: Scalars['Int']['input'];
  partitions?: InputMaybe<Array<Scalars['String']['input']> | Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
}>;


export type AssetEventsQuery = { assetOrError:
    | { __typename: 'Asset', id: string, assetMaterializations: Array<{ __typename: 'MaterializationEvent', timestamp: string, runId: string, stepKey?: string | null, partition?: string | null, description?: string | null, metadataEntries: Array<
          | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
          | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
          | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
              | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
              | { __typename: 'UrlCodeReference', url: string, label?: string | null }
            > }
          | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
          | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
          | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
          | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
          | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
          | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
          | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
          | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
          | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
          | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
          | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
          | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
          | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
          | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
          | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
          | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
          | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
        >, tags: Array<{ key: string, value: string }> }>, assetObservations: Array<{ __typename: 'ObservationEvent', timestamp: string, runId: string, stepKey?: string | null, partition?: string | null, description?: string | null, metadataEntries: Array<
          | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
          | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
          | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
              | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
              | { __typename: 'UrlCodeReference', url: string, label?: string | null }
            > }
          | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
          | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
          | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
          | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
          | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
          | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
          | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
          | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
          | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
          | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
          | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
          | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
          | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
          | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
          | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
          | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
          | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
        >, tags: Array<{ key: string, value: string }> }> }
    | { __typename: 'AssetNotFoundError', message: string }
   };

export type AssetPartitionsQueryVariables = Exact<{
  assetKey: AssetKeyInput;
}>;


export type AssetPartitionsQuery = { assetNodeOrError:
    | { __typename: 'AssetNode', id: string, partitionStats?: { numMaterialized: number, numPartitions: number, numFailed: number, numMaterializing: number } | null, partitionKeysByDimension: Array<{ name: string, type: PartitionDefinitionType, partitionKeys: Array<string> }>, assetPartitionStatuses:
        | { __typename: 'DefaultPartitionStatuses', materializedPartitions: Array<string>, failedPartitions: Array<string>, materializingPartitions: Array<string> }
        | { __typename: 'MultiPartitionStatuses', primaryDimensionName: string, ranges: Array<{ primaryDimStartKey: string, primaryDimEndKey: string, secondaryDim:
              | { __typename: 'TimePartitionStatuses', ranges: Array<{ startKey: string, endKey: string, status: PartitionRangeStatus }> }
              | { __typename: 'DefaultPartitionStatuses', materializedPartitions: Array<string>, failedPartitions: Array<string>, materializingPartitions: Array<string> }
             }> }
        | { __typename: 'TimePartitionStatuses', ranges: Array<{ startKey: string, endKey: string, status: PartitionRangeStatus }> }
       }
    | { __typename: 'AssetNotFoundError', message: string }
   };

export type AssetChecksQueryVariables = Exact<{
  assetKey: AssetKeyInput;
}>;


export type AssetChecksQuery = { assetNodeOrError:
    | { __typename: 'AssetNode', id: string, assetChecksOrError:
        | { __typename: 'AssetChecks', checks: Array<{ name: string, description?: string | null, blocking: boolean, jobNames: Array<string>, canExecuteIndividually: AssetCheckCanExecuteIndividually, executionForLatestMaterialization?: { id: string, runId: string, status: AssetCheckExecutionResolvedStatus, timestamp: number, evaluation?: { severity: AssetCheckSeverity, success: boolean, description?: string | null, metadataEntries: Array<
                  | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
                  | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
                  | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
                      | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
                      | { __typename: 'UrlCodeReference', url: string, label?: string | null }
                    > }
                  | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
                  | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
                  | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
                  | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
                  | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
                  | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
                  | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
                  | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
                  | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
                  | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
                  | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
                  | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
                  | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
                  | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
                  | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
                  | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
                  | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
                > } | null } | null }> }
        | { __typename: 'AssetCheckNeedsMigrationError', message: string }
        | { __typename: 'AssetCheckNeedsUserCodeUpgrade', message: string }
        | { __typename: 'AssetCheckNeedsAgentUpgradeError', message: string }
       }
    | { __typename: 'AssetNotFoundError', message: string }
   };

export type AssetCheckHistoryQueryVariables = Exact<{
  assetKey: AssetKeyInput;
  checkName: Scalars['String']['input'];
  limit: Scalars['Int']['input'];
}>;


export type AssetCheckHistoryQuery = { assetCheckExecutions: Array<{ id: string, runId: string, status: AssetCheckExecutionResolvedStatus, timestamp: number, evaluation?: { severity: AssetCheckSeverity, success: boolean, description?: string | null, metadataEntries: Array<
        | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
        | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
        | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
            | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
            | { __typename: 'UrlCodeReference', url: string, label?: string | null }
          > }
        | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
        | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
        | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
        | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
        | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
        | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
        | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
        | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
        | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
        | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
        | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
        | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
        | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
        | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
        | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
        | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
        | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
      > } | null }> };

export type ReportAssetEventsMutationVariables = Exact<{
  params: ReportRunlessAssetEventsParams;
}>;


export type ReportAssetEventsMutation = { reportRunlessAssetEvents:
    | { __typename: 'UnauthorizedError', message: string }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
    | { __typename: 'ReportRunlessAssetEventsSuccess', assetKey: { path: Array<string> } }
   };

export type WipeAssetMutationVariables = Exact<{
  ranges: Array<PartitionsByAssetSelector> | PartitionsByAssetSelector;
}>;


export type WipeAssetMutation = { wipeAssets:
    | { __typename: 'AssetNotFoundError', message: string }
    | { __typename: 'UnauthorizedError', message: string }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
    | { __typename: 'UnsupportedOperationError', message: string }
    | { __typename: 'AssetWipeSuccess', assetPartitionRanges: Array<{ assetKey: { path: Array<string> } }> }
   };

export type AssetEvaluationsQueryVariables = Exact<{
  assetKey: AssetKeyInput;
  limit: Scalars['Int']['input'];
  cursor?: InputMaybe<Scalars['String']['input']>;
}>;


export type AssetEvaluationsQuery = { assetConditionEvaluationRecordsOrError?:
    | { __typename: 'AssetConditionEvaluationRecords', records: Array<{ id: string, evaluationId: string, timestamp: number, numRequested?: number | null, runIds: Array<string>, isLegacy: boolean, rootUniqueId: string, evaluationNodes: Array<{ uniqueId: string, userLabel?: string | null, expandedLabel: Array<string>, numTrue?: number | null, numCandidates?: number | null, isPartitioned: boolean, childUniqueIds: Array<string>, operatorType: string, startTimestamp?: number | null, endTimestamp?: number | null, entityKey:
            | { __typename: 'AssetKey', path: Array<string> }
            | { __typename: 'AssetCheckhandle', name: string }
            | { __typename: 'AssetJobKey' }
           }> }> }
    | { __typename: 'AutoMaterializeAssetEvaluationNeedsMigrationError', message: string }
   | null };

export type EvaluationPartitionsQueryVariables = Exact<{
  assetKey: AssetKeyInput;
  evaluationId: Scalars['ID']['input'];
  node: Scalars['String']['input'];
}>;


export type EvaluationPartitionsQuery = { truePartitionsForAutomationConditionEvaluationNode: Array<string> };

export type AssetCatalogQueryVariables = Exact<{ [key: string]: never; }>;


export type AssetCatalogQuery = { assetNodes: Array<{ id: string, groupName: string, kinds: Array<string>, description?: string | null, isMaterializable: boolean, isExecutable: boolean, isPartitioned: boolean, hasAssetChecks: boolean, assetKey: { path: Array<string> }, owners: Array<
      | { __typename: 'UserAssetOwner', email: string }
      | { __typename: 'TeamAssetOwner', team: string }
    >, tags: Array<{ key: string, value: string }>, dependencyKeys: Array<{ path: Array<string> }>, repository: { id: string, name: string, location: { id: string, name: string } } }> };

export type AssetsWithoutDefinitionQueryVariables = Exact<{
  cursor?: InputMaybe<Scalars['String']['input']>;
  limit: Scalars['Int']['input'];
}>;


export type AssetsWithoutDefinitionQuery = { assetsOrError:
    | { __typename: 'AssetConnection', cursor?: string | null, nodes: Array<{ id: string, key: { path: Array<string> } }> }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
   };

export type AssetStatusesQueryVariables = Exact<{
  assetKeys: Array<AssetKeyInput> | AssetKeyInput;
}>;


export type AssetStatusesQuery = { assetsLatestInfo: Array<{ id: string, unstartedRunIds: Array<string>, inProgressRunIds: Array<string>, assetKey: { path: Array<string> }, latestRun?: { id: string, status: RunStatus, endTime?: number | null } | null, latestMaterialization?: { timestamp: string, runId: string, partition?: string | null } | null }>, assetNodes: Array<{ id: string, staleStatus?: StaleStatus | null, assetKey: { path: Array<string> }, partitionStats?: { numMaterialized: number, numPartitions: number, numFailed: number, numMaterializing: number } | null }> };

export type AssetGroupNamesQueryVariables = Exact<{ [key: string]: never; }>;


export type AssetGroupNamesQuery = { repositoriesOrError:
    | { __typename: 'RepositoryConnection', nodes: Array<{ id: string, assetGroups: Array<{ id: string, groupName: string }> }> }
    | { __typename: 'RepositoryNotFoundError' }
    | { __typename: 'PythonError' }
   };

export type TickRowFragment = { id: string, tickId: string, status: InstigationTickStatus, timestamp: number, endTimestamp?: number | null, skipReason?: string | null, runIds: Array<string>, runKeys: Array<string>, cursor?: string | null, requestedAssetMaterializationCount: number, error?: { message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> } | null };

export type InstigatorHeadFragment = { id: string, selectorId: string, name: string, status: InstigationStatus, instigationType: InstigationType, repositoryName: string, repositoryLocationName: string, hasStartPermission: boolean, hasStopPermission: boolean, runningCount: number };

export type AutomationQueryVariables = Exact<{ [key: string]: never; }>;


export type AutomationQuery = { workspaceOrError:
    | { __typename: 'Workspace', id: string, locationEntries: Array<{ id: string, name: string, locationOrLoadError?:
          | { __typename: 'RepositoryLocation', id: string, repositories: Array<{ id: string, name: string, schedules: Array<{ id: string, name: string, cronSchedule: string, executionTimezone?: string | null, pipelineName: string, description?: string | null, assetSelection?: { assetSelectionString?: string | null } | null, futureTicks: { results: Array<{ timestamp?: number | null }> }, scheduleState: { id: string, selectorId: string, name: string, status: InstigationStatus, instigationType: InstigationType, repositoryName: string, repositoryLocationName: string, hasStartPermission: boolean, hasStopPermission: boolean, runningCount: number, ticks: Array<{ id: string, tickId: string, status: InstigationTickStatus, timestamp: number }> } }>, sensors: Array<{ id: string, name: string, sensorType: SensorType, minIntervalSeconds: number, description?: string | null, jobOriginId: string, targets?: Array<{ pipelineName: string }> | null, assetSelection?: { assetSelectionString?: string | null } | null, nextTick?: { timestamp?: number | null } | null, sensorState: { id: string, selectorId: string, name: string, status: InstigationStatus, instigationType: InstigationType, repositoryName: string, repositoryLocationName: string, hasStartPermission: boolean, hasStopPermission: boolean, runningCount: number, ticks: Array<{ id: string, tickId: string, status: InstigationTickStatus, timestamp: number }> } }> }> }
          | { __typename: 'PythonError' }
         | null }> }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
   };

export type SchedulePageQueryVariables = Exact<{
  selector: ScheduleSelector;
}>;


export type SchedulePageQuery = { scheduleOrError:
    | { __typename: 'Schedule', id: string, name: string, cronSchedule: string, executionTimezone?: string | null, pipelineName: string, description?: string | null, defaultStatus: InstigationStatus, canReset: boolean, potentialTickTimestamps: Array<number>, assetSelection?: { assetSelectionString?: string | null } | null, futureTicks: { results: Array<{ timestamp?: number | null }> }, scheduleState: { id: string, selectorId: string, name: string, status: InstigationStatus, instigationType: InstigationType, repositoryName: string, repositoryLocationName: string, hasStartPermission: boolean, hasStopPermission: boolean, runningCount: number } }
    | { __typename: 'ScheduleNotFoundError', message: string }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
   };

export type SensorPageQueryVariables = Exact<{
  selector: SensorSelector;
}>;


export type SensorPageQuery = { sensorOrError:
    | { __typename: 'Sensor', id: string, name: string, sensorType: SensorType, minIntervalSeconds: number, description?: string | null, defaultStatus: InstigationStatus, canReset: boolean, jobOriginId: string, hasCursorUpdatePermissions: boolean, targets?: Array<{ pipelineName: string }> | null, assetSelection?: { assetSelectionString?: string | null } | null, nextTick?: { timestamp?: number | null } | null, sensorState: { id: string, selectorId: string, name: string, status: InstigationStatus, instigationType: InstigationType, repositoryName: string, repositoryLocationName: string, hasStartPermission: boolean, hasStopPermission: boolean, runningCount: number, typeSpecificData?:
          | { __typename: 'SensorData', lastTickTimestamp?: number | null, lastRunKey?: string | null, lastCursor?: string | null }
          | { __typename: 'ScheduleData' }
         | null } }
    | { __typename: 'SensorNotFoundError', message: string }
    | { __typename: 'UnauthorizedError', message: string }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
   };

export type TicksQueryVariables = Exact<{
  selector: InstigationSelector;
  limit: Scalars['Int']['input'];
  cursor?: InputMaybe<Scalars['String']['input']>;
  statuses?: InputMaybe<Array<InstigationTickStatus> | InstigationTickStatus>;
  after?: InputMaybe<Scalars['Float']['input']>;
}>;


export type TicksQuery = { instigationStateOrError:
    | { __typename: 'InstigationState', id: string, ticks: Array<{ id: string, tickId: string, status: InstigationTickStatus, timestamp: number, endTimestamp?: number | null, skipReason?: string | null, runIds: Array<string>, runKeys: Array<string>, cursor?: string | null, requestedAssetMaterializationCount: number, error?: { message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> } | null }> }
    | { __typename: 'InstigationStateNotFoundError', message: string }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
   };

export type TickDetailsQueryVariables = Exact<{
  selector: InstigationSelector;
  tickId: Scalars['ID']['input'];
}>;


export type TickDetailsQuery = { instigationStateOrError:
    | { __typename: 'InstigationState', id: string, tick: { id: string, tickId: string, status: InstigationTickStatus, timestamp: number, endTimestamp?: number | null, skipReason?: string | null, runIds: Array<string>, runKeys: Array<string>, cursor?: string | null, requestedAssetMaterializationCount: number, runs: Array<{ id: string, runId: string, status: RunStatus, jobName: string, creationTime: number, startTime?: number | null, endTime?: number | null }>, logEvents: { events: Array<{ message: string, timestamp: string, level: LogLevel }> }, requestedAssetKeys: Array<{ path: Array<string> }>, error?: { message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> } | null } }
    | { __typename: 'InstigationStateNotFoundError', message: string }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
   };

export type StartScheduleMutationVariables = Exact<{
  selector: ScheduleSelector;
}>;


export type StartScheduleMutation = { startSchedule:
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
    | { __typename: 'UnauthorizedError', message: string }
    | { __typename: 'ScheduleStateResult', scheduleState: { id: string, status: InstigationStatus } }
    | { __typename: 'ScheduleNotFoundError', message: string }
   };

export type StopScheduleMutationVariables = Exact<{
  id: Scalars['String']['input'];
}>;


export type StopScheduleMutation = { stopRunningSchedule:
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
    | { __typename: 'UnauthorizedError', message: string }
    | { __typename: 'ScheduleStateResult', scheduleState: { id: string, status: InstigationStatus } }
    | { __typename: 'ScheduleNotFoundError', message: string }
   };

export type StartSensorMutationVariables = Exact<{
  selector: SensorSelector;
}>;


export type StartSensorMutation = { startSensor:
    | { __typename: 'Sensor', id: string, sensorState: { id: string, status: InstigationStatus } }
    | { __typename: 'SensorNotFoundError', message: string }
    | { __typename: 'UnauthorizedError', message: string }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
   };

export type StopSensorMutationVariables = Exact<{
  id: Scalars['String']['input'];
}>;


export type StopSensorMutation = { stopSensor:
    | { __typename: 'StopSensorMutationResult', instigationState?: { id: string, status: InstigationStatus } | null }
    | { __typename: 'UnauthorizedError', message: string }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
   };

export type SetSensorCursorMutationVariables = Exact<{
  selector: SensorSelector;
  cursor?: InputMaybe<Scalars['String']['input']>;
}>;


export type SetSensorCursorMutation = { setSensorCursor:
    | { __typename: 'Sensor', id: string }
    | { __typename: 'SensorNotFoundError', message: string }
    | { __typename: 'UnauthorizedError', message: string }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
   };

export type DryRunFragment = { timestamp?: number | null, evaluationResult?: { cursor?: string | null, skipReason?: string | null, error?: { message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> } | null, runRequests?: Array<{ runKey?: string | null, runConfigYaml: string, jobName?: string | null, tags: Array<{ key: string, value: string }>, assetSelection?: Array<{ path: Array<string> }> | null }> | null } | null };

export type SensorDryRunMutationVariables = Exact<{
  selector: SensorSelector;
  cursor?: InputMaybe<Scalars['String']['input']>;
}>;


export type SensorDryRunMutation = { sensorDryRun:
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
    | { __typename: 'SensorNotFoundError', message: string }
    | { __typename: 'UnauthorizedError', message: string }
    | { __typename: 'DryRunInstigationTick', timestamp?: number | null, evaluationResult?: { cursor?: string | null, skipReason?: string | null, error?: { message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> } | null, runRequests?: Array<{ runKey?: string | null, runConfigYaml: string, jobName?: string | null, tags: Array<{ key: string, value: string }>, assetSelection?: Array<{ path: Array<string> }> | null }> | null } | null }
   };

export type ScheduleDryRunMutationVariables = Exact<{
  selector: ScheduleSelector;
  timestamp?: InputMaybe<Scalars['Float']['input']>;
}>;


export type ScheduleDryRunMutation = { scheduleDryRun:
    | { __typename: 'DryRunInstigationTick', timestamp?: number | null, evaluationResult?: { cursor?: string | null, skipReason?: string | null, error?: { message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> } | null, runRequests?: Array<{ runKey?: string | null, runConfigYaml: string, jobName?: string | null, tags: Array<{ key: string, value: string }>, assetSelection?: Array<{ path: Array<string> }> | null }> | null } | null }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
    | { __typename: 'ScheduleNotFoundError', message: string }
    | { __typename: 'UnauthorizedError', message: string }
   };

export type BackfillsQueryVariables = Exact<{
  cursor?: InputMaybe<Scalars['String']['input']>;
  limit: Scalars['Int']['input'];
}>;


export type BackfillsQuery = { partitionBackfillsOrError:
    | { __typename: 'PartitionBackfills', results: Array<{ id: string, status: BulkActionStatus, timestamp: number, endTimestamp?: number | null, title?: string | null, numPartitions?: number | null, partitionSetName?: string | null, isAssetBackfill: boolean, hasCancelPermission: boolean, numCancelable: number, assetSelection?: Array<{ path: Array<string> }> | null, partitionStatusCounts: Array<{ runStatus: RunStatus, count: number }>, error?: { message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> } | null }> }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
   };

export type CancelBackfillMutationVariables = Exact<{
  backfillId: Scalars['String']['input'];
}>;


export type CancelBackfillMutation = { cancelPartitionBackfill:
    | { __typename: 'CancelBackfillSuccess', backfillId: string }
    | { __typename: 'UnauthorizedError', message: string }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
   };

export type BackfillQueryVariables = Exact<{
  backfillId: Scalars['String']['input'];
}>;


export type BackfillQuery = { partitionBackfillOrError:
    | { __typename: 'PartitionBackfill', id: string, status: BulkActionStatus, timestamp: number, endTimestamp?: number | null, title?: string | null, description?: string | null, user?: string | null, numPartitions?: number | null, numCancelable: number, partitionNames?: Array<string> | null, partitionSetName?: string | null, isAssetBackfill: boolean, hasCancelPermission: boolean, hasResumePermission: boolean, fromFailure: boolean, partitionSet?: { id: string, pipelineName: string, repositoryOrigin: { id: string, repositoryName: string, repositoryLocationName: string } } | null, tags: Array<{ key: string, value: string }>, assetSelection?: Array<{ path: Array<string> }> | null, partitionStatusCounts: Array<{ runStatus: RunStatus, count: number }>, assetBackfillData?: { assetBackfillStatuses: Array<
          | { __typename: 'AssetPartitionsStatusCounts', numPartitionsTargeted: number, numPartitionsInProgress: number, numPartitionsMaterialized: number, numPartitionsFailed: number, assetKey: { path: Array<string> } }
          | { __typename: 'UnpartitionedAssetStatus', inProgress: boolean, materialized: boolean, failed: boolean, assetKey: { path: Array<string> } }
        > } | null, error?: { message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> } | null }
    | { __typename: 'BackfillNotFoundError', message: string }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
   };

export type BackfillLogQueryVariables = Exact<{
  backfillId: Scalars['String']['input'];
  cursor?: InputMaybe<Scalars['String']['input']>;
}>;


export type BackfillLogQuery = { partitionBackfillOrError:
    | { __typename: 'PartitionBackfill', id: string, logEvents: { cursor: string, hasMore: boolean, events: Array<{ message: string, timestamp: string, level: LogLevel }> } }
    | { __typename: 'BackfillNotFoundError' }
    | { __typename: 'PythonError' }
   };

export type ResumeBackfillMutationVariables = Exact<{
  backfillId: Scalars['String']['input'];
}>;


export type ResumeBackfillMutation = { resumePartitionBackfill:
    | { __typename: 'ResumeBackfillSuccess', backfillId: string }
    | { __typename: 'UnauthorizedError', message: string }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
   };

export type RetryBackfillMutationVariables = Exact<{
  params: ReexecutionParams;
}>;


export type RetryBackfillMutation = { reexecutePartitionBackfill:
    | { __typename: 'LaunchBackfillSuccess', backfillId: string }
    | { __typename: 'PartitionSetNotFoundError' }
    | { __typename: 'PartitionKeysNotFoundError' }
    | { __typename: 'InvalidStepError' }
    | { __typename: 'InvalidOutputError' }
    | { __typename: 'RunConfigValidationInvalid' }
    | { __typename: 'PipelineNotFoundError' }
    | { __typename: 'RunConflict' }
    | { __typename: 'UnauthorizedError', message: string }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
    | { __typename: 'InvalidSubsetError' }
    | { __typename: 'PresetNotFoundError' }
    | { __typename: 'ConflictingExecutionParamsError' }
    | { __typename: 'NoModeProvidedError' }
   };

export type LocationsQueryVariables = Exact<{ [key: string]: never; }>;


export type LocationsQuery = { workspaceOrError:
    | { __typename: 'Workspace', id: string, locationEntries: Array<{ id: string, name: string, loadStatus: RepositoryLocationLoadStatus, updatedTimestamp: number, versionKey: string, displayMetadata: Array<{ key: string, value: string }>, locationOrLoadError?:
          | { __typename: 'RepositoryLocation', id: string, isReloadSupported: boolean, serverId?: string | null, dagsterLibraryVersions?: Array<{ name: string, version: string }> | null, repositories: Array<{ id: string, name: string, pipelines: Array<{ id: string, name: string }>, schedules: Array<{ id: string }>, sensors: Array<{ id: string }>, assetGroups: Array<{ id: string, groupName: string }> }> }
          | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
         | null }> }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
   };

export type LocationRowFragment = { id: string, name: string, loadStatus: RepositoryLocationLoadStatus, updatedTimestamp: number, versionKey: string, displayMetadata: Array<{ key: string, value: string }>, locationOrLoadError?:
    | { __typename: 'RepositoryLocation', id: string, isReloadSupported: boolean, serverId?: string | null, dagsterLibraryVersions?: Array<{ name: string, version: string }> | null, repositories: Array<{ id: string, name: string, pipelines: Array<{ id: string, name: string }>, schedules: Array<{ id: string }>, sensors: Array<{ id: string }>, assetGroups: Array<{ id: string, groupName: string }> }> }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
   | null };

export type DaemonsQueryVariables = Exact<{ [key: string]: never; }>;


export type DaemonsQuery = { instance: { id: string, daemonHealth: { id: string, allDaemonStatuses: Array<{ id: string, daemonType: string, required: boolean, healthy?: boolean | null, lastHeartbeatTime?: number | null, lastHeartbeatErrors: Array<{ message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }> }> } } };

export type InstanceConfigQueryVariables = Exact<{ [key: string]: never; }>;


export type InstanceConfigQuery = { version: string, instance: { id: string, info?: string | null, hasInfo: boolean, runQueuingSupported: boolean, runLauncher?: { name: string } | null, runQueueConfig?: { maxConcurrentRuns: number, tagConcurrencyLimitsYaml?: string | null, isOpConcurrencyAware?: boolean | null } | null } };

export type ReloadLocationMutationVariables = Exact<{
  name: Scalars['String']['input'];
}>;


export type ReloadLocationMutation = { reloadRepositoryLocation:
    | { __typename: 'WorkspaceLocationEntry', id: string, name: string, loadStatus: RepositoryLocationLoadStatus, updatedTimestamp: number, versionKey: string, displayMetadata: Array<{ key: string, value: string }>, locationOrLoadError?:
        | { __typename: 'RepositoryLocation', id: string, isReloadSupported: boolean, serverId?: string | null, dagsterLibraryVersions?: Array<{ name: string, version: string }> | null, repositories: Array<{ id: string, name: string, pipelines: Array<{ id: string, name: string }>, schedules: Array<{ id: string }>, sensors: Array<{ id: string }>, assetGroups: Array<{ id: string, groupName: string }> }> }
        | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
       | null }
    | { __typename: 'ReloadNotSupported', message: string }
    | { __typename: 'RepositoryLocationNotFound', message: string }
    | { __typename: 'UnauthorizedError', message: string }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
   };

export type ReloadWorkspaceMutationVariables = Exact<{ [key: string]: never; }>;


export type ReloadWorkspaceMutation = { reloadWorkspace:
    | { __typename: 'Workspace', id: string, locationEntries: Array<{ id: string, name: string, locationOrLoadError?:
          | { __typename: 'RepositoryLocation' }
          | { __typename: 'PythonError' }
         | null }> }
    | { __typename: 'UnauthorizedError', message: string }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
   };

export type PoolsQueryVariables = Exact<{ [key: string]: never; }>;


export type PoolsQuery = { instance: { id: string, supportsConcurrencyLimits: boolean, poolConfig?: { poolGranularity?: string | null, defaultPoolLimit?: number | null, opGranularityRunBuffer?: number | null } | null, concurrencyLimits: Array<{ concurrencyKey: string, slotCount: number, activeSlotCount: number, pendingStepCount: number, assignedStepCount: number, limit?: number | null, usingDefaultLimit?: boolean | null, claimedSlots: Array<{ runId: string, stepKey: string }>, pendingSteps: Array<{ runId: string, stepKey: string, enqueuedTimestamp: number, assignedTimestamp?: number | null, priority?: number | null }> }> } };

export type SetPoolLimitMutationVariables = Exact<{
  pool: Scalars['String']['input'];
  limit: Scalars['Int']['input'];
}>;


export type SetPoolLimitMutation = { setConcurrencyLimit: boolean };

export type DeletePoolLimitMutationVariables = Exact<{
  pool: Scalars['String']['input'];
}>;


export type DeletePoolLimitMutation = { deleteConcurrencyLimit: boolean };

export type FreeSlotsMutationVariables = Exact<{
  runId: Scalars['String']['input'];
  stepKey?: InputMaybe<Scalars['String']['input']>;
}>;


export type FreeSlotsMutation = { freeConcurrencySlots: boolean };

export type PythonErrorFieldsFragment = { message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> };

type MetadataFields_AssetMetadataEntry_Fragment = { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } };

type MetadataFields_BoolMetadataEntry_Fragment = { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null };

type MetadataFields_CodeReferencesMetadataEntry_Fragment = { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
    | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
    | { __typename: 'UrlCodeReference', url: string, label?: string | null }
  > };

type MetadataFields_FloatMetadataEntry_Fragment = { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null };

type MetadataFields_IntMetadataEntry_Fragment = { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null };

type MetadataFields_JobMetadataEntry_Fragment = { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null };

type MetadataFields_JsonMetadataEntry_Fragment = { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null };

type MetadataFields_MarkdownMetadataEntry_Fragment = { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null };

type MetadataFields_NotebookMetadataEntry_Fragment = { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null };

type MetadataFields_NullMetadataEntry_Fragment = { __typename: 'NullMetadataEntry', label: string, description?: string | null };

type MetadataFields_PathMetadataEntry_Fragment = { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null };

type MetadataFields_PipelineRunMetadataEntry_Fragment = { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null };

type MetadataFields_PoolMetadataEntry_Fragment = { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null };

type MetadataFields_PythonArtifactMetadataEntry_Fragment = { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null };

type MetadataFields_TableColumnLineageMetadataEntry_Fragment = { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> };

type MetadataFields_TableMetadataEntry_Fragment = { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } };

type MetadataFields_TableSchemaMetadataEntry_Fragment = { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } };

type MetadataFields_TextMetadataEntry_Fragment = { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null };

type MetadataFields_TimestampMetadataEntry_Fragment = { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null };

type MetadataFields_UrlMetadataEntry_Fragment = { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null };

export type MetadataFieldsFragment =
  | MetadataFields_AssetMetadataEntry_Fragment
  | MetadataFields_BoolMetadataEntry_Fragment
  | MetadataFields_CodeReferencesMetadataEntry_Fragment
  | MetadataFields_FloatMetadataEntry_Fragment
  | MetadataFields_IntMetadataEntry_Fragment
  | MetadataFields_JobMetadataEntry_Fragment
  | MetadataFields_JsonMetadataEntry_Fragment
  | MetadataFields_MarkdownMetadataEntry_Fragment
  | MetadataFields_NotebookMetadataEntry_Fragment
  | MetadataFields_NullMetadataEntry_Fragment
  | MetadataFields_PathMetadataEntry_Fragment
  | MetadataFields_PipelineRunMetadataEntry_Fragment
  | MetadataFields_PoolMetadataEntry_Fragment
  | MetadataFields_PythonArtifactMetadataEntry_Fragment
  | MetadataFields_TableColumnLineageMetadataEntry_Fragment
  | MetadataFields_TableMetadataEntry_Fragment
  | MetadataFields_TableSchemaMetadataEntry_Fragment
  | MetadataFields_TextMetadataEntry_Fragment
  | MetadataFields_TimestampMetadataEntry_Fragment
  | MetadataFields_UrlMetadataEntry_Fragment
;

export type TableSchemaFieldsFragment = { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null };

export type JobPageQueryVariables = Exact<{
  selector: PipelineSelector;
}>;


export type JobPageQuery = { pipelineOrError:
    | { __typename: 'Pipeline', id: string, name: string, description?: string | null, isJob: boolean, isAssetJob: boolean, hasLaunchExecutionPermission: boolean, tags: Array<{ key: string, value: string }>, runTags: Array<{ key: string, value: string }>, metadataEntries: Array<
        | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
        | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
        | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
            | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
            | { __typename: 'UrlCodeReference', url: string, label?: string | null }
          > }
        | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
        | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
        | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
        | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
        | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
        | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
        | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
        | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
        | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
        | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
        | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
        | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
        | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
        | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
        | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
        | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
        | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
      >, modes: Array<{ id: string, name: string, resources: Array<{ name: string, description?: string | null }> }>, schedules: Array<{ id: string, name: string, cronSchedule: string, scheduleState: { id: string, status: InstigationStatus } }>, sensors: Array<{ id: string, name: string, sensorState: { id: string, status: InstigationStatus } }>, solidHandles: Array<{ handleID: string, parent?: { handleID: string } | null, solid: { name: string, isDynamicMapped: boolean, definition:
            | { __typename: 'CompositeSolidDefinition', name: string, description?: string | null, assetNodes: Array<{ id: string, assetKey: { path: Array<string> } }>, inputDefinitions: Array<{ name: string, type:
                  | { displayName: string }
                  | { displayName: string }
                  | { displayName: string }
                 }>, outputDefinitions: Array<{ name: string, type:
                  | { displayName: string }
                  | { displayName: string }
                  | { displayName: string }
                 }> }
            | { __typename: 'SolidDefinition', name: string, description?: string | null, requiredResources: Array<{ resourceKey: string }>, assetNodes: Array<{ id: string, assetKey: { path: Array<string> } }>, inputDefinitions: Array<{ name: string, type:
                  | { displayName: string }
                  | { displayName: string }
                  | { displayName: string }
                 }>, outputDefinitions: Array<{ name: string, type:
                  | { displayName: string }
                  | { displayName: string }
                  | { displayName: string }
                 }> }
          , inputs: Array<{ definition: { name: string }, dependsOn: Array<{ definition: { name: string }, solid: { name: string } }> }> } }> }
    | { __typename: 'PipelineNotFoundError', message: string }
    | { __typename: 'InvalidSubsetError', message: string }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
   };

export type OpNodeFragment = { name: string, isDynamicMapped: boolean, definition:
    | { __typename: 'CompositeSolidDefinition', name: string, description?: string | null, assetNodes: Array<{ id: string, assetKey: { path: Array<string> } }>, inputDefinitions: Array<{ name: string, type:
          | { displayName: string }
          | { displayName: string }
          | { displayName: string }
         }>, outputDefinitions: Array<{ name: string, type:
          | { displayName: string }
          | { displayName: string }
          | { displayName: string }
         }> }
    | { __typename: 'SolidDefinition', name: string, description?: string | null, requiredResources: Array<{ resourceKey: string }>, assetNodes: Array<{ id: string, assetKey: { path: Array<string> } }>, inputDefinitions: Array<{ name: string, type:
          | { displayName: string }
          | { displayName: string }
          | { displayName: string }
         }>, outputDefinitions: Array<{ name: string, type:
          | { displayName: string }
          | { displayName: string }
          | { displayName: string }
         }> }
  , inputs: Array<{ definition: { name: string }, dependsOn: Array<{ definition: { name: string }, solid: { name: string } }> }> };

export type JobPartitionsQueryVariables = Exact<{
  repository: RepositorySelector;
  job: Scalars['String']['input'];
}>;


export type JobPartitionsQuery = { partitionSetsOrError:
    | { __typename: 'PartitionSets', results: Array<{ id: string, name: string, partitionsOrError:
          | { __typename: 'Partitions', results: Array<{ name: string }> }
          | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
         }> }
    | { __typename: 'PipelineNotFoundError', message: string }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
   };

export type PartitionConfigQueryVariables = Exact<{
  repository: RepositorySelector;
  set: Scalars['String']['input'];
  partition: Scalars['String']['input'];
}>;


export type PartitionConfigQuery = { partitionSetOrError:
    | { __typename: 'PartitionSet', id: string, partition?: { name: string, runConfigOrError:
          | { __typename: 'PartitionRunConfig', yaml: string }
          | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
        , tagsOrError:
          | { __typename: 'PartitionTags', results: Array<{ key: string, value: string }> }
          | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
         } | null }
    | { __typename: 'PartitionSetNotFoundError' }
    | { __typename: 'PythonError' }
   };

export type JobPartitionStatusesQueryVariables = Exact<{
  repository: RepositorySelector;
  set: Scalars['String']['input'];
}>;


export type JobPartitionStatusesQuery = { partitionSetOrError:
    | { __typename: 'PartitionSet', id: string, hasLaunchBackfillPermission: boolean, partitionStatusesOrError:
        | { __typename: 'PartitionStatuses', results: Array<{ id: string, partitionName: string, runId?: string | null, runStatus?: RunStatus | null, runDuration?: number | null }> }
        | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
      , backfills: Array<{ id: string, status: BulkActionStatus, timestamp: number, numPartitions?: number | null }> }
    | { __typename: 'PartitionSetNotFoundError', message: string }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
   };

export type JobsQueryVariables = Exact<{ [key: string]: never; }>;


export type JobsQuery = { workspaceOrError:
    | { __typename: 'Workspace', id: string, locationEntries: Array<{ id: string, name: string, locationOrLoadError?:
          | { __typename: 'RepositoryLocation', id: string, repositories: Array<{ id: string, name: string, pipelines: Array<{ id: string, name: string, description?: string | null, isJob: boolean, isAssetJob: boolean, tags: Array<{ key: string, value: string }>, schedules: Array<{ id: string, name: string, scheduleState: { id: string, status: InstigationStatus } }>, sensors: Array<{ id: string, name: string, sensorState: { id: string, status: InstigationStatus } }> }> }> }
          | { __typename: 'PythonError' }
         | null }> }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
  , runsOrError:
    | { __typename: 'Runs', results: Array<{ id: string, jobName: string, status: RunStatus, creationTime: number, startTime?: number | null, endTime?: number | null, repositoryOrigin?: { id: string, repositoryName: string, repositoryLocationName: string } | null }> }
    | { __typename: 'InvalidPipelineRunsFilterError' }
    | { __typename: 'PythonError' }
   };

type LaunchFailure_LaunchRunSuccess_Fragment = Record<PropertyKey, never>;

type LaunchFailure_InvalidStepError_Fragment = Record<PropertyKey, never>;

type LaunchFailure_InvalidOutputError_Fragment = Record<PropertyKey, never>;

type LaunchFailure_RunConfigValidationInvalid_Fragment = { errors: Array<
    | { __typename: 'FieldNotDefinedConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
    | { __typename: 'FieldsNotDefinedConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
    | { __typename: 'MissingFieldConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
    | { __typename: 'MissingFieldsConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
    | { __typename: 'RuntimeMismatchConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
    | { __typename: 'SelectorTypeConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
  > };

type LaunchFailure_PipelineNotFoundError_Fragment = { message: string };

type LaunchFailure_RunConflict_Fragment = { message: string };

type LaunchFailure_UnauthorizedError_Fragment = { message: string };

type LaunchFailure_PythonError_Fragment = { message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> };

type LaunchFailure_InvalidSubsetError_Fragment = { message: string };

type LaunchFailure_PresetNotFoundError_Fragment = Record<PropertyKey, never>;

type LaunchFailure_ConflictingExecutionParamsError_Fragment = Record<PropertyKey, never>;

type LaunchFailure_NoModeProvidedError_Fragment = Record<PropertyKey, never>;

export type LaunchFailureFragment =
  | LaunchFailure_LaunchRunSuccess_Fragment
  | LaunchFailure_InvalidStepError_Fragment
  | LaunchFailure_InvalidOutputError_Fragment
  | LaunchFailure_RunConfigValidationInvalid_Fragment
  | LaunchFailure_PipelineNotFoundError_Fragment
  | LaunchFailure_RunConflict_Fragment
  | LaunchFailure_UnauthorizedError_Fragment
  | LaunchFailure_PythonError_Fragment
  | LaunchFailure_InvalidSubsetError_Fragment
  | LaunchFailure_PresetNotFoundError_Fragment
  | LaunchFailure_ConflictingExecutionParamsError_Fragment
  | LaunchFailure_NoModeProvidedError_Fragment
;

type ConfigProblem_FieldNotDefinedConfigError_Fragment = { __typename: 'FieldNotDefinedConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason };

type ConfigProblem_FieldsNotDefinedConfigError_Fragment = { __typename: 'FieldsNotDefinedConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason };

type ConfigProblem_MissingFieldConfigError_Fragment = { __typename: 'MissingFieldConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason };

type ConfigProblem_MissingFieldsConfigError_Fragment = { __typename: 'MissingFieldsConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason };

type ConfigProblem_RuntimeMismatchConfigError_Fragment = { __typename: 'RuntimeMismatchConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason };

type ConfigProblem_SelectorTypeConfigError_Fragment = { __typename: 'SelectorTypeConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason };

export type ConfigProblemFragment =
  | ConfigProblem_FieldNotDefinedConfigError_Fragment
  | ConfigProblem_FieldsNotDefinedConfigError_Fragment
  | ConfigProblem_MissingFieldConfigError_Fragment
  | ConfigProblem_MissingFieldsConfigError_Fragment
  | ConfigProblem_RuntimeMismatchConfigError_Fragment
  | ConfigProblem_SelectorTypeConfigError_Fragment
;

export type LaunchRunMutationVariables = Exact<{
  params: ExecutionParams;
}>;


export type LaunchRunMutation = { launchRun:
    | { __typename: 'LaunchRunSuccess', run: { id: string, runId: string } }
    | { __typename: 'InvalidStepError' }
    | { __typename: 'InvalidOutputError' }
    | { __typename: 'RunConfigValidationInvalid', errors: Array<
        | { __typename: 'FieldNotDefinedConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
        | { __typename: 'FieldsNotDefinedConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
        | { __typename: 'MissingFieldConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
        | { __typename: 'MissingFieldsConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
        | { __typename: 'RuntimeMismatchConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
        | { __typename: 'SelectorTypeConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
      > }
    | { __typename: 'PipelineNotFoundError', message: string }
    | { __typename: 'RunConflict', message: string }
    | { __typename: 'UnauthorizedError', message: string }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
    | { __typename: 'InvalidSubsetError', message: string }
    | { __typename: 'PresetNotFoundError' }
    | { __typename: 'ConflictingExecutionParamsError' }
    | { __typename: 'NoModeProvidedError' }
   };

export type LaunchBackfillMutationVariables = Exact<{
  params: LaunchBackfillParams;
}>;


export type LaunchBackfillMutation = { launchPartitionBackfill:
    | { __typename: 'LaunchBackfillSuccess', backfillId: string }
    | { __typename: 'PartitionSetNotFoundError', message: string }
    | { __typename: 'PartitionKeysNotFoundError', message: string }
    | { __typename: 'InvalidStepError' }
    | { __typename: 'InvalidOutputError' }
    | { __typename: 'RunConfigValidationInvalid', errors: Array<
        | { __typename: 'FieldNotDefinedConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
        | { __typename: 'FieldsNotDefinedConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
        | { __typename: 'MissingFieldConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
        | { __typename: 'MissingFieldsConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
        | { __typename: 'RuntimeMismatchConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
        | { __typename: 'SelectorTypeConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
      > }
    | { __typename: 'PipelineNotFoundError', message: string }
    | { __typename: 'RunConflict', message: string }
    | { __typename: 'UnauthorizedError', message: string }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
    | { __typename: 'InvalidSubsetError', message: string }
    | { __typename: 'PresetNotFoundError' }
    | { __typename: 'ConflictingExecutionParamsError' }
    | { __typename: 'NoModeProvidedError' }
   };

export type LaunchSchemaQueryVariables = Exact<{
  selector: PipelineSelector;
  mode: Scalars['String']['input'];
}>;


export type LaunchSchemaQuery = { runConfigSchemaOrError:
    | { __typename: 'RunConfigSchema', rootDefaultYaml: string, rootConfigType:
        | { key: string }
        | { key: string }
        | { key: string }
        | { key: string }
        | { key: string }
        | { key: string }
        | { key: string }
      , allConfigTypes: Array<
        | { __typename: 'ArrayConfigType', key: string, description?: string | null, isSelector: boolean, typeParamKeys: Array<string> }
        | { __typename: 'CompositeConfigType', key: string, description?: string | null, isSelector: boolean, typeParamKeys: Array<string>, fields: Array<{ name: string, description?: string | null, isRequired: boolean, configTypeKey: string, defaultValueAsJson?: string | null }> }
        | { __typename: 'EnumConfigType', givenName: string, key: string, description?: string | null, isSelector: boolean, typeParamKeys: Array<string>, values: Array<{ value: string }> }
        | { __typename: 'MapConfigType', key: string, description?: string | null, isSelector: boolean, typeParamKeys: Array<string> }
        | { __typename: 'NullableConfigType', key: string, description?: string | null, isSelector: boolean, typeParamKeys: Array<string> }
        | { __typename: 'RegularConfigType', givenName: string, key: string, description?: string | null, isSelector: boolean, typeParamKeys: Array<string> }
        | { __typename: 'ScalarUnionConfigType', scalarTypeKey: string, nonScalarTypeKey: string, key: string, description?: string | null, isSelector: boolean, typeParamKeys: Array<string> }
      > }
    | { __typename: 'PipelineNotFoundError', message: string }
    | { __typename: 'InvalidSubsetError', message: string }
    | { __typename: 'ModeNotFoundError', message: string }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
   };

export type ValidateConfigQueryVariables = Exact<{
  pipeline: PipelineSelector;
  config?: InputMaybe<Scalars['RunConfigData']['input']>;
  mode: Scalars['String']['input'];
}>;


export type ValidateConfigQuery = { isPipelineConfigValid:
    | { __typename: 'InvalidSubsetError', message: string }
    | { __typename: 'PipelineConfigValidationValid' }
    | { __typename: 'RunConfigValidationInvalid', errors: Array<
        | { __typename: 'FieldNotDefinedConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
        | { __typename: 'FieldsNotDefinedConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
        | { __typename: 'MissingFieldConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
        | { __typename: 'MissingFieldsConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
        | { __typename: 'RuntimeMismatchConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
        | { __typename: 'SelectorTypeConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
      > }
    | { __typename: 'PipelineNotFoundError', message: string }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
   };

export type AssetLaunchInfoQueryVariables = Exact<{
  assetKeys: Array<AssetKeyInput> | AssetKeyInput;
}>;


export type AssetLaunchInfoQuery = { assetNodes: Array<{ id: string, jobNames: Array<string>, isExecutable: boolean, isMaterializable: boolean, isPartitioned: boolean, hasMaterializePermission: boolean, assetKey: { path: Array<string> }, partitionDefinition?: { name?: string | null, type: PartitionDefinitionType, description: string, dimensionTypes: Array<{ name: string, dynamicPartitionsDefinitionName?: string | null }> } | null, partitionKeysByDimension: Array<{ name: string, type: PartitionDefinitionType, partitionKeys: Array<string> }>, repository: { id: string, name: string, location: { id: string, name: string } } }> };

export type AssetLaunchExtrasQueryVariables = Exact<{
  assetKeys: Array<AssetKeyInput> | AssetKeyInput;
}>;


export type AssetLaunchExtrasQuery = { assetNodeAdditionalRequiredKeys: Array<{ path: Array<string> }> };

export type AddPartitionMutationVariables = Exact<{
  repository: RepositorySelector;
  definition: Scalars['String']['input'];
  key: Scalars['String']['input'];
}>;


export type AddPartitionMutation = { addDynamicPartition:
    | { __typename: 'AddDynamicPartitionSuccess', partitionKey: string }
    | { __typename: 'UnauthorizedError', message: string }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
    | { __typename: 'DuplicateDynamicPartitionError', partitionName: string }
   };

export type LineageGraphQueryVariables = Exact<{ [key: string]: never; }>;


export type LineageGraphQuery = { assetNodes: Array<{ id: string, groupName: string, kinds: Array<string>, isExecutable: boolean, isMaterializable: boolean, isPartitioned: boolean, assetKey: { path: Array<string> }, dependencyKeys: Array<{ path: Array<string> }>, repository: { id: string, name: string, location: { id: string, name: string } } }> };

export type LineageLayoutQueryVariables = Exact<{
  selection?: InputMaybe<Scalars['String']['input']>;
  groupBy?: InputMaybe<AssetGraphLayoutGrouping>;
  width?: InputMaybe<Scalars['Float']['input']>;
  height?: InputMaybe<Scalars['Float']['input']>;
}>;


export type LineageLayoutQuery = { assetGraphLayout: { width: number, height: number, nodes: Array<{ x: number, y: number, assetKey: { path: Array<string> } }>, edges: Array<{ from: number, to: number, points: Array<{ x: number, y: number }> }>, groups: Array<{ name: string, x: number, y: number, width: number, height: number }> } };

export type OverviewQueryVariables = Exact<{
  running: Array<RunStatus> | RunStatus;
  failed: Array<RunStatus> | RunStatus;
  since: Scalars['Float']['input'];
  until?: InputMaybe<Scalars['Float']['input']>;
}>;


export type OverviewQuery = { running:
    | { __typename: 'Runs', results: Array<{ id: string, runId: string, status: RunStatus, jobName: string, creationTime: number, startTime?: number | null, endTime?: number | null, canTerminate: boolean, hasTerminatePermission: boolean, hasReExecutePermission: boolean, assetSelection?: Array<{ path: Array<string> }> | null, tags: Array<{ key: string, value: string }>, repositoryOrigin?: { id: string, repositoryName: string, repositoryLocationName: string } | null }> }
    | { __typename: 'InvalidPipelineRunsFilterError' }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
  , failed:
    | { __typename: 'Runs', results: Array<{ id: string, runId: string, status: RunStatus, jobName: string, creationTime: number, startTime?: number | null, endTime?: number | null, canTerminate: boolean, hasTerminatePermission: boolean, hasReExecutePermission: boolean, assetSelection?: Array<{ path: Array<string> }> | null, tags: Array<{ key: string, value: string }>, repositoryOrigin?: { id: string, repositoryName: string, repositoryLocationName: string } | null }> }
    | { __typename: 'InvalidPipelineRunsFilterError' }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
  , recent:
    | { __typename: 'Runs', results: Array<{ id: string, runId: string, status: RunStatus, jobName: string, creationTime: number, startTime?: number | null, endTime?: number | null, assetSelection?: Array<{ path: Array<string> }> | null, tags: Array<{ key: string, value: string }>, repositoryOrigin?: { id: string, repositoryName: string, repositoryLocationName: string } | null }> }
    | { __typename: 'InvalidPipelineRunsFilterError' }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
   };

export type UpcomingTicksQueryVariables = Exact<{
  until: Scalars['Float']['input'];
}>;


export type UpcomingTicksQuery = { workspaceOrError:
    | { __typename: 'Workspace', id: string, locationEntries: Array<{ id: string, name: string, locationOrLoadError?:
          | { __typename: 'RepositoryLocation', id: string, repositories: Array<{ id: string, name: string, schedules: Array<{ id: string, name: string, pipelineName: string, scheduleState: { id: string, status: InstigationStatus }, futureTicks: { results: Array<{ timestamp?: number | null }> } }> }> }
          | { __typename: 'PythonError' }
         | null }> }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
   };

export type RunPageQueryVariables = Exact<{
  runId: Scalars['ID']['input'];
}>;


export type RunPageQuery = { runOrError:
    | { __typename: 'Run', mode: string, rootRunId?: string | null, parentRunId?: string | null, runConfigYaml: string, stepKeysToExecute?: Array<string> | null, solidSelection?: Array<string> | null, resolvedOpSelection?: Array<string> | null, hasDeletePermission: boolean, id: string, runId: string, status: RunStatus, jobName: string, creationTime: number, startTime?: number | null, endTime?: number | null, canTerminate: boolean, hasTerminatePermission: boolean, hasReExecutePermission: boolean, assetCheckSelection?: Array<{ name: string, assetKey: { path: Array<string> } }> | null, executionPlan?: { artifactsPersisted: boolean, steps: Array<{ key: string, kind: StepKind, inputs: Array<{ dependsOn: Array<{ key: string }> }> }> } | null, assetSelection?: Array<{ path: Array<string> }> | null, tags: Array<{ key: string, value: string }>, repositoryOrigin?: { id: string, repositoryName: string, repositoryLocationName: string } | null }
    | { __typename: 'RunNotFoundError', message: string }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
   };

export type RunHeadFragment = { mode: string, rootRunId?: string | null, parentRunId?: string | null, runConfigYaml: string, stepKeysToExecute?: Array<string> | null, solidSelection?: Array<string> | null, resolvedOpSelection?: Array<string> | null, hasDeletePermission: boolean, id: string, runId: string, status: RunStatus, jobName: string, creationTime: number, startTime?: number | null, endTime?: number | null, canTerminate: boolean, hasTerminatePermission: boolean, hasReExecutePermission: boolean, assetCheckSelection?: Array<{ name: string, assetKey: { path: Array<string> } }> | null, executionPlan?: { artifactsPersisted: boolean, steps: Array<{ key: string, kind: StepKind, inputs: Array<{ dependsOn: Array<{ key: string }> }> }> } | null, assetSelection?: Array<{ path: Array<string> }> | null, tags: Array<{ key: string, value: string }>, repositoryOrigin?: { id: string, repositoryName: string, repositoryLocationName: string } | null };

export type RunStateQueryVariables = Exact<{
  runId: Scalars['ID']['input'];
}>;


export type RunStateQuery = { runOrError:
    | { __typename: 'Run', id: string, status: RunStatus, startTime?: number | null, endTime?: number | null, canTerminate: boolean }
    | { __typename: 'RunNotFoundError' }
    | { __typename: 'PythonError' }
   };

export type RunEventsQueryVariables = Exact<{
  runId: Scalars['ID']['input'];
  cursor?: InputMaybe<Scalars['String']['input']>;
}>;


export type RunEventsQuery = { logsForRun:
    | { __typename: 'EventConnection', cursor: string, hasMore: boolean, events: Array<
        | { __typename: 'ExecutionStepFailureEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, error?: { message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> } | null, failureMetadata?: { metadataEntries: Array<
              | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
              | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
              | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
                  | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
                  | { __typename: 'UrlCodeReference', url: string, label?: string | null }
                > }
              | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
              | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
              | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
              | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
              | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
              | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
              | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
              | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
              | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
              | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
              | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
              | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
              | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
              | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
              | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
              | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
              | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
            > } | null }
        | { __typename: 'ExecutionStepInputEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'ExecutionStepOutputEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, label?: string | null, description?: string | null, metadataEntries: Array<
            | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
            | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
            | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
                | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
                | { __typename: 'UrlCodeReference', url: string, label?: string | null }
              > }
            | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
            | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
            | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
            | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
            | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
            | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
            | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
            | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
            | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
            | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
            | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
            | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
            | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
            | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
            | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
          > }
        | { __typename: 'ExecutionStepSkippedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'ExecutionStepStartEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'ExecutionStepSuccessEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'ExecutionStepUpForRetryEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, error?: { message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> } | null }
        | { __typename: 'ExecutionStepRestartEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'HealthChangedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, label?: string | null, description?: string | null, metadataEntries: Array<
            | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
            | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
            | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
                | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
                | { __typename: 'UrlCodeReference', url: string, label?: string | null }
              > }
            | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
            | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
            | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
            | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
            | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
            | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
            | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
            | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
            | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
            | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
            | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
            | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
            | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
            | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
            | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
          > }
        | { __typename: 'LogMessageEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'ResourceInitFailureEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, markerStart?: string | null, markerEnd?: string | null, label?: string | null, description?: string | null, metadataEntries: Array<
            | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
            | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
            | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
                | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
                | { __typename: 'UrlCodeReference', url: string, label?: string | null }
              > }
            | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
            | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
            | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
            | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
            | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
            | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
            | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
            | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
            | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
            | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
            | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
            | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
            | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
            | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
            | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
          >, error?: { message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> } | null }
        | { __typename: 'ResourceInitStartedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, markerStart?: string | null, markerEnd?: string | null, label?: string | null, description?: string | null, metadataEntries: Array<
            | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
            | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
            | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
                | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
                | { __typename: 'UrlCodeReference', url: string, label?: string | null }
              > }
            | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
            | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
            | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
            | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
            | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
            | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
            | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
            | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
            | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
            | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
            | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
            | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
            | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
            | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
            | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
          > }
        | { __typename: 'ResourceInitSuccessEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, markerStart?: string | null, markerEnd?: string | null, label?: string | null, description?: string | null, metadataEntries: Array<
            | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
            | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
            | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
                | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
                | { __typename: 'UrlCodeReference', url: string, label?: string | null }
              > }
            | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
            | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
            | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
            | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
            | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
            | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
            | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
            | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
            | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
            | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
            | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
            | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
            | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
            | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
            | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
          > }
        | { __typename: 'RunFailureEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, error?: { message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> } | null }
        | { __typename: 'RunStartEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'RunEnqueuedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'RunDequeuedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'RunStartingEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'RunCancelingEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'RunCanceledEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, error?: { message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> } | null }
        | { __typename: 'RunSuspendedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'RunResumedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'RunSuccessEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'StepWorkerStartedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, markerStart?: string | null, markerEnd?: string | null, label?: string | null, description?: string | null, metadataEntries: Array<
            | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
            | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
            | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
                | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
                | { __typename: 'UrlCodeReference', url: string, label?: string | null }
              > }
            | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
            | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
            | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
            | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
            | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
            | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
            | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
            | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
            | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
            | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
            | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
            | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
            | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
            | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
            | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
          > }
        | { __typename: 'StepWorkerStartingEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, markerStart?: string | null, markerEnd?: string | null, label?: string | null, description?: string | null, metadataEntries: Array<
            | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
            | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
            | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
                | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
                | { __typename: 'UrlCodeReference', url: string, label?: string | null }
              > }
            | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
            | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
            | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
            | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
            | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
            | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
            | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
            | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
            | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
            | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
            | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
            | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
            | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
            | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
            | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
          > }
        | { __typename: 'HandledOutputEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, label?: string | null, description?: string | null, metadataEntries: Array<
            | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
            | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
            | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
                | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
                | { __typename: 'UrlCodeReference', url: string, label?: string | null }
              > }
            | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
            | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
            | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
            | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
            | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
            | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
            | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
            | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
            | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
            | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
            | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
            | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
            | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
            | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
            | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
          > }
        | { __typename: 'LoadedInputEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, label?: string | null, description?: string | null, metadataEntries: Array<
            | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
            | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
            | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
                | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
                | { __typename: 'UrlCodeReference', url: string, label?: string | null }
              > }
            | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
            | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
            | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
            | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
            | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
            | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
            | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
            | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
            | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
            | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
            | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
            | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
            | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
            | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
            | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
          > }
        | { __typename: 'LogsCapturedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, fileKey: string, logKey: string, stepKeys?: Array<string> | null, externalUrl?: string | null }
        | { __typename: 'ObjectStoreOperationEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'StepExpectationResultEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'MaterializationEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, label?: string | null, description?: string | null, partition?: string | null, metadataEntries: Array<
            | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
            | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
            | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
                | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
                | { __typename: 'UrlCodeReference', url: string, label?: string | null }
              > }
            | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
            | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
            | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
            | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
            | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
            | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
            | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
            | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
            | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
            | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
            | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
            | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
            | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
            | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
            | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
          >, assetKey?: { path: Array<string> } | null }
        | { __typename: 'ObservationEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, label?: string | null, description?: string | null, partition?: string | null, metadataEntries: Array<
            | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
            | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
            | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
                | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
                | { __typename: 'UrlCodeReference', url: string, label?: string | null }
              > }
            | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
            | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
            | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
            | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
            | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
            | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
            | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
            | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
            | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
            | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
            | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
            | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
            | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
            | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
            | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
          >, assetKey?: { path: Array<string> } | null }
        | { __typename: 'FailedToMaterializeEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, label?: string | null, description?: string | null, metadataEntries: Array<
            | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
            | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
            | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
                | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
                | { __typename: 'UrlCodeReference', url: string, label?: string | null }
              > }
            | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
            | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
            | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
            | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
            | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
            | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
            | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
            | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
            | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
            | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
            | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
            | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
            | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
            | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
            | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
          > }
        | { __typename: 'EngineEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, markerStart?: string | null, markerEnd?: string | null, label?: string | null, description?: string | null, metadataEntries: Array<
            | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
            | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
            | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
                | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
                | { __typename: 'UrlCodeReference', url: string, label?: string | null }
              > }
            | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
            | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
            | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
            | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
            | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
            | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
            | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
            | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
            | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
            | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
            | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
            | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
            | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
            | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
            | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
          >, error?: { message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> } | null }
        | { __typename: 'HookCompletedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'HookSkippedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'HookErroredEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, error?: { message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> } | null }
        | { __typename: 'AlertStartEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'AlertSuccessEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'AlertFailureEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'AssetMaterializationPlannedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, assetKey?: { path: Array<string> } | null }
        | { __typename: 'AssetCheckEvaluationPlannedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'AssetCheckEvaluationEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, evaluation: { checkName: string, success: boolean, severity: AssetCheckSeverity, description?: string | null, assetKey: { path: Array<string> }, metadataEntries: Array<
              | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
              | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
              | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
                  | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
                  | { __typename: 'UrlCodeReference', url: string, label?: string | null }
                > }
              | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
              | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
              | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
              | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
              | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
              | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
              | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
              | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
              | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
              | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
              | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
              | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
              | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
              | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
              | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
              | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
              | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
            > } }
      > }
    | { __typename: 'RunNotFoundError', message: string }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
   };

export type RunLogSubscriptionVariables = Exact<{
  runId: Scalars['ID']['input'];
  cursor?: InputMaybe<Scalars['String']['input']>;
}>;


export type RunLogSubscription = { pipelineRunLogs:
    | { __typename: 'PipelineRunLogsSubscriptionSuccess', cursor: string, hasMorePastEvents: boolean, messages: Array<
        | { __typename: 'ExecutionStepFailureEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, error?: { message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> } | null, failureMetadata?: { metadataEntries: Array<
              | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
              | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
              | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
                  | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
                  | { __typename: 'UrlCodeReference', url: string, label?: string | null }
                > }
              | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
              | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
              | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
              | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
              | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
              | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
              | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
              | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
              | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
              | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
              | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
              | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
              | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
              | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
              | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
              | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
              | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
            > } | null }
        | { __typename: 'ExecutionStepInputEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'ExecutionStepOutputEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, label?: string | null, description?: string | null, metadataEntries: Array<
            | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
            | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
            | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
                | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
                | { __typename: 'UrlCodeReference', url: string, label?: string | null }
              > }
            | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
            | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
            | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
            | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
            | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
            | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
            | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
            | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
            | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
            | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
            | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
            | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
            | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
            | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
            | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
          > }
        | { __typename: 'ExecutionStepSkippedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'ExecutionStepStartEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'ExecutionStepSuccessEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'ExecutionStepUpForRetryEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, error?: { message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> } | null }
        | { __typename: 'ExecutionStepRestartEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'HealthChangedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, label?: string | null, description?: string | null, metadataEntries: Array<
            | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
            | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
            | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
                | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
                | { __typename: 'UrlCodeReference', url: string, label?: string | null }
              > }
            | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
            | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
            | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
            | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
            | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
            | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
            | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
            | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
            | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
            | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
            | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
            | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
            | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
            | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
            | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
          > }
        | { __typename: 'LogMessageEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'ResourceInitFailureEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, markerStart?: string | null, markerEnd?: string | null, label?: string | null, description?: string | null, metadataEntries: Array<
            | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
            | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
            | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
                | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
                | { __typename: 'UrlCodeReference', url: string, label?: string | null }
              > }
            | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
            | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
            | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
            | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
            | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
            | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
            | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
            | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
            | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
            | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
            | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
            | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
            | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
            | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
            | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
          >, error?: { message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> } | null }
        | { __typename: 'ResourceInitStartedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, markerStart?: string | null, markerEnd?: string | null, label?: string | null, description?: string | null, metadataEntries: Array<
            | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
            | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
            | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
                | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
                | { __typename: 'UrlCodeReference', url: string, label?: string | null }
              > }
            | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
            | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
            | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
            | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
            | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
            | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
            | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
            | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
            | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
            | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
            | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
            | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
            | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
            | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
            | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
          > }
        | { __typename: 'ResourceInitSuccessEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, markerStart?: string | null, markerEnd?: string | null, label?: string | null, description?: string | null, metadataEntries: Array<
            | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
            | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
            | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
                | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
                | { __typename: 'UrlCodeReference', url: string, label?: string | null }
              > }
            | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
            | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
            | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
            | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
            | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
            | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
            | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
            | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
            | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
            | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
            | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
            | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
            | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
            | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
            | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
          > }
        | { __typename: 'RunFailureEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, error?: { message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> } | null }
        | { __typename: 'RunStartEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'RunEnqueuedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'RunDequeuedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'RunStartingEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'RunCancelingEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'RunCanceledEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, error?: { message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> } | null }
        | { __typename: 'RunSuspendedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'RunResumedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'RunSuccessEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'StepWorkerStartedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, markerStart?: string | null, markerEnd?: string | null, label?: string | null, description?: string | null, metadataEntries: Array<
            | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
            | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
            | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
                | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
                | { __typename: 'UrlCodeReference', url: string, label?: string | null }
              > }
            | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
            | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
            | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
            | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
            | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
            | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
            | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
            | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
            | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
            | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
            | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
            | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
            | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
            | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
            | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
          > }
        | { __typename: 'StepWorkerStartingEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, markerStart?: string | null, markerEnd?: string | null, label?: string | null, description?: string | null, metadataEntries: Array<
            | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
            | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
            | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
                | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
                | { __typename: 'UrlCodeReference', url: string, label?: string | null }
              > }
            | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
            | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
            | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
            | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
            | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
            | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
            | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
            | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
            | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
            | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
            | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
            | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
            | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
            | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
            | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
          > }
        | { __typename: 'HandledOutputEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, label?: string | null, description?: string | null, metadataEntries: Array<
            | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
            | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
            | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
                | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
                | { __typename: 'UrlCodeReference', url: string, label?: string | null }
              > }
            | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
            | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
            | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
            | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
            | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
            | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
            | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
            | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
            | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
            | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
            | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
            | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
            | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
            | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
            | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
          > }
        | { __typename: 'LoadedInputEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, label?: string | null, description?: string | null, metadataEntries: Array<
            | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
            | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
            | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
                | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
                | { __typename: 'UrlCodeReference', url: string, label?: string | null }
              > }
            | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
            | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
            | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
            | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
            | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
            | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
            | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
            | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
            | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
            | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
            | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
            | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
            | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
            | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
            | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
          > }
        | { __typename: 'LogsCapturedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, fileKey: string, logKey: string, stepKeys?: Array<string> | null, externalUrl?: string | null }
        | { __typename: 'ObjectStoreOperationEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'StepExpectationResultEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'MaterializationEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, label?: string | null, description?: string | null, partition?: string | null, metadataEntries: Array<
            | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
            | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
            | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
                | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
                | { __typename: 'UrlCodeReference', url: string, label?: string | null }
              > }
            | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
            | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
            | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
            | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
            | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
            | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
            | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
            | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
            | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
            | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
            | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
            | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
            | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
            | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
            | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
          >, assetKey?: { path: Array<string> } | null }
        | { __typename: 'ObservationEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, label?: string | null, description?: string | null, partition?: string | null, metadataEntries: Array<
            | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
            | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
            | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
                | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
                | { __typename: 'UrlCodeReference', url: string, label?: string | null }
              > }
            | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
            | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
            | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
            | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
            | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
            | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
            | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
            | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
            | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
            | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
            | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
            | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
            | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
            | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
            | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
          >, assetKey?: { path: Array<string> } | null }
        | { __typename: 'FailedToMaterializeEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, label?: string | null, description?: string | null, metadataEntries: Array<
            | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
            | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
            | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
                | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
                | { __typename: 'UrlCodeReference', url: string, label?: string | null }
              > }
            | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
            | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
            | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
            | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
            | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
            | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
            | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
            | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
            | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
            | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
            | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
            | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
            | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
            | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
            | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
          > }
        | { __typename: 'EngineEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, markerStart?: string | null, markerEnd?: string | null, label?: string | null, description?: string | null, metadataEntries: Array<
            | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
            | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
            | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
                | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
                | { __typename: 'UrlCodeReference', url: string, label?: string | null }
              > }
            | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
            | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
            | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
            | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
            | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
            | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
            | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
            | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
            | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
            | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
            | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
            | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
            | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
            | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
            | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
            | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
          >, error?: { message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> } | null }
        | { __typename: 'HookCompletedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'HookSkippedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'HookErroredEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, error?: { message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> } | null }
        | { __typename: 'AlertStartEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'AlertSuccessEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'AlertFailureEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'AssetMaterializationPlannedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, assetKey?: { path: Array<string> } | null }
        | { __typename: 'AssetCheckEvaluationPlannedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null }
        | { __typename: 'AssetCheckEvaluationEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, evaluation: { checkName: string, success: boolean, severity: AssetCheckSeverity, description?: string | null, assetKey: { path: Array<string> }, metadataEntries: Array<
              | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
              | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
              | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
                  | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
                  | { __typename: 'UrlCodeReference', url: string, label?: string | null }
                > }
              | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
              | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
              | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
              | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
              | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
              | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
              | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
              | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
              | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
              | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
              | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
              | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
              | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
              | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
              | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
              | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
              | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
            > } }
      > }
    | { __typename: 'PipelineRunLogsSubscriptionFailure', message: string, missingRunId?: string | null }
   };

type RunEvent_ExecutionStepFailureEvent_Fragment = { __typename: 'ExecutionStepFailureEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, error?: { message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> } | null, failureMetadata?: { metadataEntries: Array<
      | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
      | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
      | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
          | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
          | { __typename: 'UrlCodeReference', url: string, label?: string | null }
        > }
      | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
      | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
      | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
      | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
      | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
      | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
      | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
      | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
      | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
      | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
      | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
      | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
      | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
      | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
      | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
      | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
      | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
    > } | null };

type RunEvent_ExecutionStepInputEvent_Fragment = { __typename: 'ExecutionStepInputEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null };

type RunEvent_ExecutionStepOutputEvent_Fragment = { __typename: 'ExecutionStepOutputEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, label?: string | null, description?: string | null, metadataEntries: Array<
    | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
    | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
    | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
        | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
        | { __typename: 'UrlCodeReference', url: string, label?: string | null }
      > }
    | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
    | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
    | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
    | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
    | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
    | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
    | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
    | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
    | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
    | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
    | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
    | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
    | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
    | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
    | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
    | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
    | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
  > };

type RunEvent_ExecutionStepSkippedEvent_Fragment = { __typename: 'ExecutionStepSkippedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null };

type RunEvent_ExecutionStepStartEvent_Fragment = { __typename: 'ExecutionStepStartEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null };

type RunEvent_ExecutionStepSuccessEvent_Fragment = { __typename: 'ExecutionStepSuccessEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null };

type RunEvent_ExecutionStepUpForRetryEvent_Fragment = { __typename: 'ExecutionStepUpForRetryEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, error?: { message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> } | null };

type RunEvent_ExecutionStepRestartEvent_Fragment = { __typename: 'ExecutionStepRestartEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null };

type RunEvent_HealthChangedEvent_Fragment = { __typename: 'HealthChangedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, label?: string | null, description?: string | null, metadataEntries: Array<
    | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
    | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
    | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
        | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
        | { __typename: 'UrlCodeReference', url: string, label?: string | null }
      > }
    | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
    | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
    | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
    | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
    | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
    | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
    | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
    | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
    | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
    | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
    | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
    | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
    | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
    | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
    | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
    | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
    | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
  > };

type RunEvent_LogMessageEvent_Fragment = { __typename: 'LogMessageEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null };

type RunEvent_ResourceInitFailureEvent_Fragment = { __typename: 'ResourceInitFailureEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, markerStart?: string | null, markerEnd?: string | null, label?: string | null, description?: string | null, metadataEntries: Array<
    | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
    | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
    | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
        | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
        | { __typename: 'UrlCodeReference', url: string, label?: string | null }
      > }
    | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
    | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
    | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
    | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
    | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
    | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
    | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
    | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
    | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
    | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
    | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
    | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
    | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
    | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
    | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
    | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
    | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
  >, error?: { message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> } | null };

type RunEvent_ResourceInitStartedEvent_Fragment = { __typename: 'ResourceInitStartedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, markerStart?: string | null, markerEnd?: string | null, label?: string | null, description?: string | null, metadataEntries: Array<
    | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
    | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
    | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
        | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
        | { __typename: 'UrlCodeReference', url: string, label?: string | null }
      > }
    | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
    | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
    | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
    | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
    | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
    | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
    | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
    | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
    | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
    | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
    | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
    | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
    | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
    | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
    | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
    | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
    | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
  > };

type RunEvent_ResourceInitSuccessEvent_Fragment = { __typename: 'ResourceInitSuccessEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, markerStart?: string | null, markerEnd?: string | null, label?: string | null, description?: string | null, metadataEntries: Array<
    | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
    | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
    | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
        | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
        | { __typename: 'UrlCodeReference', url: string, label?: string | null }
      > }
    | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
    | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
    | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
    | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
    | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
    | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
    | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
    | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
    | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
    | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
    | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
    | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
    | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
    | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
    | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
    | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
    | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
  > };

type RunEvent_RunFailureEvent_Fragment = { __typename: 'RunFailureEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, error?: { message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> } | null };

type RunEvent_RunStartEvent_Fragment = { __typename: 'RunStartEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null };

type RunEvent_RunEnqueuedEvent_Fragment = { __typename: 'RunEnqueuedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null };

type RunEvent_RunDequeuedEvent_Fragment = { __typename: 'RunDequeuedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null };

type RunEvent_RunStartingEvent_Fragment = { __typename: 'RunStartingEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null };

type RunEvent_RunCancelingEvent_Fragment = { __typename: 'RunCancelingEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null };

type RunEvent_RunCanceledEvent_Fragment = { __typename: 'RunCanceledEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, error?: { message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> } | null };

type RunEvent_RunSuspendedEvent_Fragment = { __typename: 'RunSuspendedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null };

type RunEvent_RunResumedEvent_Fragment = { __typename: 'RunResumedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null };

type RunEvent_RunSuccessEvent_Fragment = { __typename: 'RunSuccessEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null };

type RunEvent_StepWorkerStartedEvent_Fragment = { __typename: 'StepWorkerStartedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, markerStart?: string | null, markerEnd?: string | null, label?: string | null, description?: string | null, metadataEntries: Array<
    | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
    | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
    | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
        | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
        | { __typename: 'UrlCodeReference', url: string, label?: string | null }
      > }
    | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
    | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
    | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
    | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
    | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
    | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
    | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
    | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
    | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
    | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
    | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
    | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
    | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
    | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
    | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
    | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
    | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
  > };

type RunEvent_StepWorkerStartingEvent_Fragment = { __typename: 'StepWorkerStartingEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, markerStart?: string | null, markerEnd?: string | null, label?: string | null, description?: string | null, metadataEntries: Array<
    | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
    | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
    | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
        | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
        | { __typename: 'UrlCodeReference', url: string, label?: string | null }
      > }
    | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
    | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
    | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
    | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
    | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
    | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
    | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
    | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
    | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
    | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
    | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
    | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
    | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
    | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
    | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
    | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
    | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
  > };

type RunEvent_HandledOutputEvent_Fragment = { __typename: 'HandledOutputEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, label?: string | null, description?: string | null, metadataEntries: Array<
    | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
    | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
    | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
        | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
        | { __typename: 'UrlCodeReference', url: string, label?: string | null }
      > }
    | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
    | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
    | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
    | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
    | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
    | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
    | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
    | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
    | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
    | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
    | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
    | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
    | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
    | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
    | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
    | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
    | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
  > };

type RunEvent_LoadedInputEvent_Fragment = { __typename: 'LoadedInputEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, label?: string | null, description?: string | null, metadataEntries: Array<
    | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
    | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
    | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
        | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
        | { __typename: 'UrlCodeReference', url: string, label?: string | null }
      > }
    | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
    | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
    | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
    | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
    | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
    | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
    | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
    | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
    | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
    | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
    | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
    | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
    | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
    | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
    | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
    | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
    | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
  > };

type RunEvent_LogsCapturedEvent_Fragment = { __typename: 'LogsCapturedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, fileKey: string, logKey: string, stepKeys?: Array<string> | null, externalUrl?: string | null };

type RunEvent_ObjectStoreOperationEvent_Fragment = { __typename: 'ObjectStoreOperationEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null };

type RunEvent_StepExpectationResultEvent_Fragment = { __typename: 'StepExpectationResultEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null };

type RunEvent_MaterializationEvent_Fragment = { __typename: 'MaterializationEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, label?: string | null, description?: string | null, partition?: string | null, metadataEntries: Array<
    | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
    | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
    | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
        | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
        | { __typename: 'UrlCodeReference', url: string, label?: string | null }
      > }
    | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
    | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
    | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
    | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
    | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
    | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
    | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
    | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
    | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
    | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
    | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
    | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
    | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
    | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
    | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
    | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
    | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
  >, assetKey?: { path: Array<string> } | null };

type RunEvent_ObservationEvent_Fragment = { __typename: 'ObservationEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, label?: string | null, description?: string | null, partition?: string | null, metadataEntries: Array<
    | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
    | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
    | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
        | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
        | { __typename: 'UrlCodeReference', url: string, label?: string | null }
      > }
    | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
    | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
    | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
    | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
    | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
    | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
    | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
    | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
    | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
    | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
    | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
    | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
    | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
    | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
    | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
    | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
    | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
  >, assetKey?: { path: Array<string> } | null };

type RunEvent_FailedToMaterializeEvent_Fragment = { __typename: 'FailedToMaterializeEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, label?: string | null, description?: string | null, metadataEntries: Array<
    | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
    | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
    | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
        | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
        | { __typename: 'UrlCodeReference', url: string, label?: string | null }
      > }
    | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
    | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
    | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
    | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
    | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
    | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
    | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
    | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
    | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
    | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
    | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
    | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
    | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
    | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
    | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
    | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
    | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
  > };

type RunEvent_EngineEvent_Fragment = { __typename: 'EngineEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, markerStart?: string | null, markerEnd?: string | null, label?: string | null, description?: string | null, metadataEntries: Array<
    | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
    | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
    | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
        | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
        | { __typename: 'UrlCodeReference', url: string, label?: string | null }
      > }
    | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
    | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
    | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
    | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
    | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
    | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
    | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
    | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
    | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
    | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
    | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
    | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
    | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
    | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
    | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
    | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
    | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
  >, error?: { message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> } | null };

type RunEvent_HookCompletedEvent_Fragment = { __typename: 'HookCompletedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null };

type RunEvent_HookSkippedEvent_Fragment = { __typename: 'HookSkippedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null };

type RunEvent_HookErroredEvent_Fragment = { __typename: 'HookErroredEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, error?: { message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> } | null };

type RunEvent_AlertStartEvent_Fragment = { __typename: 'AlertStartEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null };

type RunEvent_AlertSuccessEvent_Fragment = { __typename: 'AlertSuccessEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null };

type RunEvent_AlertFailureEvent_Fragment = { __typename: 'AlertFailureEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null };

type RunEvent_AssetMaterializationPlannedEvent_Fragment = { __typename: 'AssetMaterializationPlannedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, assetKey?: { path: Array<string> } | null };

type RunEvent_AssetCheckEvaluationPlannedEvent_Fragment = { __typename: 'AssetCheckEvaluationPlannedEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null };

type RunEvent_AssetCheckEvaluationEvent_Fragment = { __typename: 'AssetCheckEvaluationEvent', message: string, timestamp: string, level: LogLevel, stepKey?: string | null, eventType?: DagsterEventType | null, evaluation: { checkName: string, success: boolean, severity: AssetCheckSeverity, description?: string | null, assetKey: { path: Array<string> }, metadataEntries: Array<
      | { __typename: 'AssetMetadataEntry', label: string, description?: string | null, assetKey: { path: Array<string> } }
      | { __typename: 'BoolMetadataEntry', boolValue?: boolean | null, label: string, description?: string | null }
      | { __typename: 'CodeReferencesMetadataEntry', label: string, description?: string | null, codeReferences: Array<
          | { __typename: 'LocalFileCodeReference', filePath: string, lineNumber?: number | null, label?: string | null }
          | { __typename: 'UrlCodeReference', url: string, label?: string | null }
        > }
      | { __typename: 'FloatMetadataEntry', floatValue?: number | null, floatRepr: string, label: string, description?: string | null }
      | { __typename: 'IntMetadataEntry', intValue?: number | null, intRepr: string, label: string, description?: string | null }
      | { __typename: 'JobMetadataEntry', jobName: string, repositoryName?: string | null, locationName: string, label: string, description?: string | null }
      | { __typename: 'JsonMetadataEntry', jsonString: string, label: string, description?: string | null }
      | { __typename: 'MarkdownMetadataEntry', mdStr: string, label: string, description?: string | null }
      | { __typename: 'NotebookMetadataEntry', path: string, label: string, description?: string | null }
      | { __typename: 'NullMetadataEntry', label: string, description?: string | null }
      | { __typename: 'PathMetadataEntry', path: string, label: string, description?: string | null }
      | { __typename: 'PipelineRunMetadataEntry', runId: string, label: string, description?: string | null }
      | { __typename: 'PoolMetadataEntry', pool: string, label: string, description?: string | null }
      | { __typename: 'PythonArtifactMetadataEntry', module: string, name: string, label: string, description?: string | null }
      | { __typename: 'TableColumnLineageMetadataEntry', label: string, description?: string | null, lineage: Array<{ columnName: string, columnDeps: Array<{ columnName: string, assetKey: { path: Array<string> } }> }> }
      | { __typename: 'TableMetadataEntry', label: string, description?: string | null, table: { records: Array<string>, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } } }
      | { __typename: 'TableSchemaMetadataEntry', label: string, description?: string | null, schema: { columns: Array<{ name: string, type: string, description?: string | null, constraints: { nullable: boolean, unique: boolean, other: Array<string> } }>, constraints?: { other: Array<string> } | null } }
      | { __typename: 'TextMetadataEntry', text: string, label: string, description?: string | null }
      | { __typename: 'TimestampMetadataEntry', timestamp: number, label: string, description?: string | null }
      | { __typename: 'UrlMetadataEntry', url: string, label: string, description?: string | null }
    > } };

export type RunEventFragment =
  | RunEvent_ExecutionStepFailureEvent_Fragment
  | RunEvent_ExecutionStepInputEvent_Fragment
  | RunEvent_ExecutionStepOutputEvent_Fragment
  | RunEvent_ExecutionStepSkippedEvent_Fragment
  | RunEvent_ExecutionStepStartEvent_Fragment
  | RunEvent_ExecutionStepSuccessEvent_Fragment
  | RunEvent_ExecutionStepUpForRetryEvent_Fragment
  | RunEvent_ExecutionStepRestartEvent_Fragment
  | RunEvent_HealthChangedEvent_Fragment
  | RunEvent_LogMessageEvent_Fragment
  | RunEvent_ResourceInitFailureEvent_Fragment
  | RunEvent_ResourceInitStartedEvent_Fragment
  | RunEvent_ResourceInitSuccessEvent_Fragment
  | RunEvent_RunFailureEvent_Fragment
  | RunEvent_RunStartEvent_Fragment
  | RunEvent_RunEnqueuedEvent_Fragment
  | RunEvent_RunDequeuedEvent_Fragment
  | RunEvent_RunStartingEvent_Fragment
  | RunEvent_RunCancelingEvent_Fragment
  | RunEvent_RunCanceledEvent_Fragment
  | RunEvent_RunSuspendedEvent_Fragment
  | RunEvent_RunResumedEvent_Fragment
  | RunEvent_RunSuccessEvent_Fragment
  | RunEvent_StepWorkerStartedEvent_Fragment
  | RunEvent_StepWorkerStartingEvent_Fragment
  | RunEvent_HandledOutputEvent_Fragment
  | RunEvent_LoadedInputEvent_Fragment
  | RunEvent_LogsCapturedEvent_Fragment
  | RunEvent_ObjectStoreOperationEvent_Fragment
  | RunEvent_StepExpectationResultEvent_Fragment
  | RunEvent_MaterializationEvent_Fragment
  | RunEvent_ObservationEvent_Fragment
  | RunEvent_FailedToMaterializeEvent_Fragment
  | RunEvent_EngineEvent_Fragment
  | RunEvent_HookCompletedEvent_Fragment
  | RunEvent_HookSkippedEvent_Fragment
  | RunEvent_HookErroredEvent_Fragment
  | RunEvent_AlertStartEvent_Fragment
  | RunEvent_AlertSuccessEvent_Fragment
  | RunEvent_AlertFailureEvent_Fragment
  | RunEvent_AssetMaterializationPlannedEvent_Fragment
  | RunEvent_AssetCheckEvaluationPlannedEvent_Fragment
  | RunEvent_AssetCheckEvaluationEvent_Fragment
;

export type CapturedLogsSubscriptionVariables = Exact<{
  logKey: Array<Scalars['String']['input']> | Scalars['String']['input'];
  cursor?: InputMaybe<Scalars['String']['input']>;
}>;


export type CapturedLogsSubscription = { capturedLogs: { stdout?: string | null, stderr?: string | null, cursor?: string | null } };

export type CapturedLogsMetadataQueryVariables = Exact<{
  logKey: Array<Scalars['String']['input']> | Scalars['String']['input'];
}>;


export type CapturedLogsMetadataQuery = { capturedLogsMetadata: { stdoutDownloadUrl?: string | null, stdoutLocation?: string | null, stderrDownloadUrl?: string | null, stderrLocation?: string | null } };

export type RunRowFragment = { id: string, runId: string, status: RunStatus, jobName: string, creationTime: number, startTime?: number | null, endTime?: number | null, canTerminate: boolean, hasTerminatePermission: boolean, hasReExecutePermission: boolean, assetSelection?: Array<{ path: Array<string> }> | null, tags: Array<{ key: string, value: string }>, repositoryOrigin?: { id: string, repositoryName: string, repositoryLocationName: string } | null };

export type RunsQueryVariables = Exact<{
  filter?: InputMaybe<RunsFilter>;
  cursor?: InputMaybe<Scalars['String']['input']>;
  limit: Scalars['Int']['input'];
}>;


export type RunsQuery = { runsOrError:
    | { __typename: 'Runs', results: Array<{ id: string, runId: string, status: RunStatus, jobName: string, creationTime: number, startTime?: number | null, endTime?: number | null, canTerminate: boolean, hasTerminatePermission: boolean, hasReExecutePermission: boolean, assetSelection?: Array<{ path: Array<string> }> | null, tags: Array<{ key: string, value: string }>, repositoryOrigin?: { id: string, repositoryName: string, repositoryLocationName: string } | null }> }
    | { __typename: 'InvalidPipelineRunsFilterError', message: string }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
   };

export type RunTagKeysQueryVariables = Exact<{ [key: string]: never; }>;


export type RunTagKeysQuery = { runTagKeysOrError?:
    | { __typename: 'PythonError' }
    | { __typename: 'RunTagKeys', keys: Array<string> }
   | null };

export type TerminateRunsMutationVariables = Exact<{
  runIds: Array<Scalars['String']['input']> | Scalars['String']['input'];
  policy?: InputMaybe<TerminateRunPolicy>;
}>;


export type TerminateRunsMutation = { terminateRuns:
    | { __typename: 'TerminateRunsResult', terminateRunResults: Array<
        | { __typename: 'TerminateRunSuccess' }
        | { __typename: 'TerminateRunFailure', message: string }
        | { __typename: 'RunNotFoundError', message: string }
        | { __typename: 'UnauthorizedError', message: string }
        | { __typename: 'PythonError', message: string }
      > }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
   };

export type ReexecuteMutationVariables = Exact<{
  params: ReexecutionParams;
}>;


export type ReexecuteMutation = { launchRunReexecution:
    | { __typename: 'LaunchRunSuccess', run: { id: string, runId: string } }
    | { __typename: 'InvalidStepError' }
    | { __typename: 'InvalidOutputError' }
    | { __typename: 'RunConfigValidationInvalid', errors: Array<
        | { __typename: 'FieldNotDefinedConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
        | { __typename: 'FieldsNotDefinedConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
        | { __typename: 'MissingFieldConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
        | { __typename: 'MissingFieldsConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
        | { __typename: 'RuntimeMismatchConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
        | { __typename: 'SelectorTypeConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
      > }
    | { __typename: 'PipelineNotFoundError', message: string }
    | { __typename: 'RunConflict', message: string }
    | { __typename: 'UnauthorizedError', message: string }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
    | { __typename: 'InvalidSubsetError', message: string }
    | { __typename: 'PresetNotFoundError' }
    | { __typename: 'ConflictingExecutionParamsError' }
    | { __typename: 'NoModeProvidedError' }
   };

export type ReexecuteStepsMutationVariables = Exact<{
  params: ExecutionParams;
}>;


export type ReexecuteStepsMutation = { launchRunReexecution:
    | { __typename: 'LaunchRunSuccess', run: { id: string, runId: string } }
    | { __typename: 'InvalidStepError' }
    | { __typename: 'InvalidOutputError' }
    | { __typename: 'RunConfigValidationInvalid', errors: Array<
        | { __typename: 'FieldNotDefinedConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
        | { __typename: 'FieldsNotDefinedConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
        | { __typename: 'MissingFieldConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
        | { __typename: 'MissingFieldsConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
        | { __typename: 'RuntimeMismatchConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
        | { __typename: 'SelectorTypeConfigError', message: string, path: Array<string>, reason: EvaluationErrorReason }
      > }
    | { __typename: 'PipelineNotFoundError', message: string }
    | { __typename: 'RunConflict', message: string }
    | { __typename: 'UnauthorizedError', message: string }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
    | { __typename: 'InvalidSubsetError', message: string }
    | { __typename: 'PresetNotFoundError' }
    | { __typename: 'ConflictingExecutionParamsError' }
    | { __typename: 'NoModeProvidedError' }
   };

export type DeleteRunMutationVariables = Exact<{
  runId: Scalars['String']['input'];
}>;


export type DeleteRunMutation = { deleteRun:
    | { __typename: 'DeletePipelineRunSuccess', runId: string }
    | { __typename: 'UnauthorizedError', message: string }
    | { __typename: 'PythonError', message: string, className?: string | null, stack: Array<string>, errorChain: Array<{ isExplicitLink: boolean, error: { message: string, className?: string | null, stack: Array<string> } }> }
    | { __typename: 'RunNotFoundError', message: string }
   };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const TableSchemaFieldsFragmentDoc = new TypedDocumentString(`
    fragment TableSchemaFields on TableSchema {
  columns {
    name
    type
    description
    constraints {
      nullable
      unique
      other
    }
  }
  constraints {
    other
  }
}
    `, {"fragmentName":"TableSchemaFields"}) as unknown as TypedDocumentString<TableSchemaFieldsFragment, unknown>;
export const MetadataFieldsFragmentDoc = new TypedDocumentString(`
    fragment MetadataFields on MetadataEntry {
  __typename
  label
  description
  ... on TextMetadataEntry {
    text
  }
  ... on UrlMetadataEntry {
    url
  }
  ... on PathMetadataEntry {
    path
  }
  ... on NotebookMetadataEntry {
    path
  }
  ... on JsonMetadataEntry {
    jsonString
  }
  ... on MarkdownMetadataEntry {
    mdStr
  }
  ... on PythonArtifactMetadataEntry {
    module
    name
  }
  ... on FloatMetadataEntry {
    floatValue
    floatRepr
  }
  ... on IntMetadataEntry {
    intValue
    intRepr
  }
  ... on BoolMetadataEntry {
    boolValue
  }
  ... on TimestampMetadataEntry {
    timestamp
  }
  ... on PipelineRunMetadataEntry {
    runId
  }
  ... on AssetMetadataEntry {
    assetKey {
      path
    }
  }
  ... on JobMetadataEntry {
    jobName
    repositoryName
    locationName
  }
  ... on TableMetadataEntry {
    table {
      records
      schema {
        ...TableSchemaFields
      }
    }
  }
  ... on TableSchemaMetadataEntry {
    schema {
      ...TableSchemaFields
    }
  }
  ... on TableColumnLineageMetadataEntry {
    lineage {
      columnName
      columnDeps {
        assetKey {
          path
        }
        columnName
      }
    }
  }
  ... on CodeReferencesMetadataEntry {
    codeReferences {
      __typename
      ... on LocalFileCodeReference {
        filePath
        lineNumber
        label
      }
      ... on UrlCodeReference {
        url
        label
      }
    }
  }
  ... on PoolMetadataEntry {
    pool
  }
}
    fragment TableSchemaFields on TableSchema {
  columns {
    name
    type
    description
    constraints {
      nullable
      unique
      other
    }
  }
  constraints {
    other
  }
}`, {"fragmentName":"MetadataFields"}) as unknown as TypedDocumentString<MetadataFieldsFragment, unknown>;
export const AssetEventFragmentDoc = new TypedDocumentString(`
    fragment AssetEvent on MaterializationEvent {
  __typename
  timestamp
  runId
  stepKey
  partition
  description
  metadataEntries {
    ...MetadataFields
  }
  tags {
    key
    value
  }
}
    fragment MetadataFields on MetadataEntry {
  __typename
  label
  description
  ... on TextMetadataEntry {
    text
  }
  ... on UrlMetadataEntry {
    url
  }
  ... on PathMetadataEntry {
    path
  }
  ... on NotebookMetadataEntry {
    path
  }
  ... on JsonMetadataEntry {
    jsonString
  }
  ... on MarkdownMetadataEntry {
    mdStr
  }
  ... on PythonArtifactMetadataEntry {
    module
    name
  }
  ... on FloatMetadataEntry {
    floatValue
    floatRepr
  }
  ... on IntMetadataEntry {
    intValue
    intRepr
  }
  ... on BoolMetadataEntry {
    boolValue
  }
  ... on TimestampMetadataEntry {
    timestamp
  }
  ... on PipelineRunMetadataEntry {
    runId
  }
  ... on AssetMetadataEntry {
    assetKey {
      path
    }
  }
  ... on JobMetadataEntry {
    jobName
    repositoryName
    locationName
  }
  ... on TableMetadataEntry {
    table {
      records
      schema {
        ...TableSchemaFields
      }
    }
  }
  ... on TableSchemaMetadataEntry {
    schema {
      ...TableSchemaFields
    }
  }
  ... on TableColumnLineageMetadataEntry {
    lineage {
      columnName
      columnDeps {
        assetKey {
          path
        }
        columnName
      }
    }
  }
  ... on CodeReferencesMetadataEntry {
    codeReferences {
      __typename
      ... on LocalFileCodeReference {
        filePath
        lineNumber
        label
      }
      ... on UrlCodeReference {
        url
        label
      }
    }
  }
  ... on PoolMetadataEntry {
    pool
  }
}
fragment TableSchemaFields on TableSchema {
  columns {
    name
    type
    description
    constraints {
      nullable
      unique
      other
    }
  }
  constraints {
    other
  }
}`, {"fragmentName":"AssetEvent"}) as unknown as TypedDocumentString<AssetEventFragment, unknown>;
export const AssetObservationFieldsFragmentDoc = new TypedDocumentString(`
    fragment AssetObservationFields on ObservationEvent {
  __typename
  timestamp
  runId
  stepKey
  partition
  description
  metadataEntries {
    ...MetadataFields
  }
  tags {
    key
    value
  }
}
    fragment MetadataFields on MetadataEntry {
  __typename
  label
  description
  ... on TextMetadataEntry {
    text
  }
  ... on UrlMetadataEntry {
    url
  }
  ... on PathMetadataEntry {
    path
  }
  ... on NotebookMetadataEntry {
    path
  }
  ... on JsonMetadataEntry {
    jsonString
  }
  ... on MarkdownMetadataEntry {
    mdStr
  }
  ... on PythonArtifactMetadataEntry {
    module
    name
  }
  ... on FloatMetadataEntry {
    floatValue
    floatRepr
  }
  ... on IntMetadataEntry {
    intValue
    intRepr
  }
  ... on BoolMetadataEntry {
    boolValue
  }
  ... on TimestampMetadataEntry {
    timestamp
  }
  ... on PipelineRunMetadataEntry {
    runId
  }
  ... on AssetMetadataEntry {
    assetKey {
      path
    }
  }
  ... on JobMetadataEntry {
    jobName
    repositoryName
    locationName
  }
  ... on TableMetadataEntry {
    table {
      records
      schema {
        ...TableSchemaFields
      }
    }
  }
  ... on TableSchemaMetadataEntry {
    schema {
      ...TableSchemaFields
    }
  }
  ... on TableColumnLineageMetadataEntry {
    lineage {
      columnName
      columnDeps {
        assetKey {
          path
        }
        columnName
      }
    }
  }
  ... on CodeReferencesMetadataEntry {
    codeReferences {
      __typename
      ... on LocalFileCodeReference {
        filePath
        lineNumber
        label
      }
      ... on UrlCodeReference {
        url
        label
      }
    }
  }
  ... on PoolMetadataEntry {
    pool
  }
}
fragment TableSchemaFields on TableSchema {
  columns {
    name
    type
    description
    constraints {
      nullable
      unique
      other
    }
  }
  constraints {
    other
  }
}`, {"fragmentName":"AssetObservationFields"}) as unknown as TypedDocumentString<AssetObservationFieldsFragment, unknown>;
export const PythonErrorFieldsFragmentDoc = new TypedDocumentString(`
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}
    `, {"fragmentName":"PythonErrorFields"}) as unknown as TypedDocumentString<PythonErrorFieldsFragment, unknown>;
export const TickRowFragmentDoc = new TypedDocumentString(`
    fragment TickRow on InstigationTick {
  id
  tickId
  status
  timestamp
  endTimestamp
  skipReason
  runIds
  runKeys
  cursor
  requestedAssetMaterializationCount
  error {
    ...PythonErrorFields
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`, {"fragmentName":"TickRow"}) as unknown as TypedDocumentString<TickRowFragment, unknown>;
export const InstigatorHeadFragmentDoc = new TypedDocumentString(`
    fragment InstigatorHead on InstigationState {
  id
  selectorId
  name
  status
  instigationType
  repositoryName
  repositoryLocationName
  hasStartPermission
  hasStopPermission
  runningCount
}
    `, {"fragmentName":"InstigatorHead"}) as unknown as TypedDocumentString<InstigatorHeadFragment, unknown>;
export const DryRunFragmentDoc = new TypedDocumentString(`
    fragment DryRun on DryRunInstigationTick {
  timestamp
  evaluationResult {
    cursor
    skipReason
    error {
      ...PythonErrorFields
    }
    runRequests {
      runKey
      runConfigYaml
      jobName
      tags {
        key
        value
      }
      assetSelection {
        path
      }
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`, {"fragmentName":"DryRun"}) as unknown as TypedDocumentString<DryRunFragment, unknown>;
export const LocationRowFragmentDoc = new TypedDocumentString(`
    fragment LocationRow on WorkspaceLocationEntry {
  id
  name
  loadStatus
  updatedTimestamp
  versionKey
  displayMetadata {
    key
    value
  }
  locationOrLoadError {
    __typename
    ... on RepositoryLocation {
      id
      isReloadSupported
      serverId
      dagsterLibraryVersions {
        name
        version
      }
      repositories {
        id
        name
        pipelines {
          id
          name
        }
        schedules {
          id
        }
        sensors {
          id
        }
        assetGroups {
          id
          groupName
        }
      }
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`, {"fragmentName":"LocationRow"}) as unknown as TypedDocumentString<LocationRowFragment, unknown>;
export const OpNodeFragmentDoc = new TypedDocumentString(`
    fragment OpNode on Solid {
  name
  isDynamicMapped
  definition {
    __typename
    name
    description
    assetNodes {
      id
      assetKey {
        path
      }
    }
    ... on SolidDefinition {
      requiredResources {
        resourceKey
      }
    }
    inputDefinitions {
      name
      type {
        displayName
      }
    }
    outputDefinitions {
      name
      type {
        displayName
      }
    }
  }
  inputs {
    definition {
      name
    }
    dependsOn {
      definition {
        name
      }
      solid {
        name
      }
    }
  }
}
    `, {"fragmentName":"OpNode"}) as unknown as TypedDocumentString<OpNodeFragment, unknown>;
export const ConfigProblemFragmentDoc = new TypedDocumentString(`
    fragment ConfigProblem on PipelineConfigValidationError {
  __typename
  message
  path
  reason
}
    `, {"fragmentName":"ConfigProblem"}) as unknown as TypedDocumentString<ConfigProblemFragment, unknown>;
export const LaunchFailureFragmentDoc = new TypedDocumentString(`
    fragment LaunchFailure on LaunchRunReexecutionResult {
  ... on PipelineNotFoundError {
    message
  }
  ... on InvalidSubsetError {
    message
  }
  ... on UnauthorizedError {
    message
  }
  ... on RunConflict {
    message
  }
  ... on RunConfigValidationInvalid {
    errors {
      ...ConfigProblem
    }
  }
  ... on PythonError {
    ...PythonErrorFields
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}
fragment ConfigProblem on PipelineConfigValidationError {
  __typename
  message
  path
  reason
}`, {"fragmentName":"LaunchFailure"}) as unknown as TypedDocumentString<LaunchFailureFragment, unknown>;
export const RunRowFragmentDoc = new TypedDocumentString(`
    fragment RunRow on Run {
  id
  runId
  status
  jobName
  creationTime
  startTime
  endTime
  canTerminate
  hasTerminatePermission
  hasReExecutePermission
  assetSelection {
    path
  }
  tags {
    key
    value
  }
  repositoryOrigin {
    id
    repositoryName
    repositoryLocationName
  }
}
    `, {"fragmentName":"RunRow"}) as unknown as TypedDocumentString<RunRowFragment, unknown>;
export const RunHeadFragmentDoc = new TypedDocumentString(`
    fragment RunHead on Run {
  ...RunRow
  mode
  rootRunId
  parentRunId
  runConfigYaml
  stepKeysToExecute
  solidSelection
  resolvedOpSelection
  assetCheckSelection {
    name
    assetKey {
      path
    }
  }
  hasDeletePermission
  executionPlan {
    artifactsPersisted
    steps {
      key
      kind
      inputs {
        dependsOn {
          key
        }
      }
    }
  }
}
    fragment RunRow on Run {
  id
  runId
  status
  jobName
  creationTime
  startTime
  endTime
  canTerminate
  hasTerminatePermission
  hasReExecutePermission
  assetSelection {
    path
  }
  tags {
    key
    value
  }
  repositoryOrigin {
    id
    repositoryName
    repositoryLocationName
  }
}`, {"fragmentName":"RunHead"}) as unknown as TypedDocumentString<RunHeadFragment, unknown>;
export const RunEventFragmentDoc = new TypedDocumentString(`
    fragment RunEvent on DagsterRunEvent {
  __typename
  ... on MessageEvent {
    message
    timestamp
    level
    stepKey
    eventType
  }
  ... on MarkerEvent {
    markerStart
    markerEnd
  }
  ... on DisplayableEvent {
    label
    description
    metadataEntries {
      ...MetadataFields
    }
  }
  ... on ErrorEvent {
    error {
      ...PythonErrorFields
    }
  }
  ... on ExecutionStepFailureEvent {
    failureMetadata {
      metadataEntries {
        ...MetadataFields
      }
    }
  }
  ... on LogsCapturedEvent {
    fileKey
    logKey
    stepKeys
    externalUrl
  }
  ... on MaterializationEvent {
    assetKey {
      path
    }
    partition
  }
  ... on ObservationEvent {
    assetKey {
      path
    }
    partition
  }
  ... on AssetMaterializationPlannedEvent {
    assetKey {
      path
    }
  }
  ... on AssetCheckEvaluationEvent {
    evaluation {
      checkName
      success
      severity
      description
      assetKey {
        path
      }
      metadataEntries {
        ...MetadataFields
      }
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}
fragment MetadataFields on MetadataEntry {
  __typename
  label
  description
  ... on TextMetadataEntry {
    text
  }
  ... on UrlMetadataEntry {
    url
  }
  ... on PathMetadataEntry {
    path
  }
  ... on NotebookMetadataEntry {
    path
  }
  ... on JsonMetadataEntry {
    jsonString
  }
  ... on MarkdownMetadataEntry {
    mdStr
  }
  ... on PythonArtifactMetadataEntry {
    module
    name
  }
  ... on FloatMetadataEntry {
    floatValue
    floatRepr
  }
  ... on IntMetadataEntry {
    intValue
    intRepr
  }
  ... on BoolMetadataEntry {
    boolValue
  }
  ... on TimestampMetadataEntry {
    timestamp
  }
  ... on PipelineRunMetadataEntry {
    runId
  }
  ... on AssetMetadataEntry {
    assetKey {
      path
    }
  }
  ... on JobMetadataEntry {
    jobName
    repositoryName
    locationName
  }
  ... on TableMetadataEntry {
    table {
      records
      schema {
        ...TableSchemaFields
      }
    }
  }
  ... on TableSchemaMetadataEntry {
    schema {
      ...TableSchemaFields
    }
  }
  ... on TableColumnLineageMetadataEntry {
    lineage {
      columnName
      columnDeps {
        assetKey {
          path
        }
        columnName
      }
    }
  }
  ... on CodeReferencesMetadataEntry {
    codeReferences {
      __typename
      ... on LocalFileCodeReference {
        filePath
        lineNumber
        label
      }
      ... on UrlCodeReference {
        url
        label
      }
    }
  }
  ... on PoolMetadataEntry {
    pool
  }
}
fragment TableSchemaFields on TableSchema {
  columns {
    name
    type
    description
    constraints {
      nullable
      unique
      other
    }
  }
  constraints {
    other
  }
}`, {"fragmentName":"RunEvent"}) as unknown as TypedDocumentString<RunEventFragment, unknown>;
export const ShellDocument = new TypedDocumentString(`
    query Shell {
  version
  workspaceOrError {
    __typename
    ... on Workspace {
      id
      locationEntries {
        id
        name
        loadStatus
        locationOrLoadError {
          __typename
        }
      }
    }
  }
  instance {
    id
    daemonHealth {
      id
      allDaemonStatuses {
        id
        daemonType
        required
        healthy
        lastHeartbeatErrors {
          message
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ShellQuery, ShellQueryVariables>;
export const PaletteIndexDocument = new TypedDocumentString(`
    query PaletteIndex {
  workspaceOrError {
    __typename
    ... on Workspace {
      id
      locationEntries {
        id
        name
        locationOrLoadError {
          __typename
          ... on RepositoryLocation {
            id
            repositories {
              id
              name
              pipelines {
                id
                name
              }
              schedules {
                id
                name
              }
              sensors {
                id
                name
              }
              assetGroups {
                id
                groupName
              }
            }
          }
        }
      }
    }
  }
  assetsOrError {
    __typename
    ... on AssetConnection {
      nodes {
        id
        key {
          path
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<PaletteIndexQuery, PaletteIndexQueryVariables>;
export const AssetPageDocument = new TypedDocumentString(`
    query AssetPage($assetKey: AssetKeyInput!) {
  assetNodeOrError(assetKey: $assetKey) {
    __typename
    ... on AssetNode {
      id
      assetKey {
        path
      }
      description
      groupName
      kinds
      opNames
      opVersion
      pools
      isMaterializable
      isExecutable
      isObservable
      isPartitioned
      hasMaterializePermission
      hasWipePermission
      hasReportRunlessAssetEventPermission
      jobNames
      owners {
        __typename
        ... on UserAssetOwner {
          email
        }
        ... on TeamAssetOwner {
          team
        }
      }
      tags {
        key
        value
      }
      metadataEntries {
        ...MetadataFields
      }
      partitionDefinition {
        name
        type
        description
      }
      automationCondition {
        label
        expandedLabel
      }
      staleStatus
      staleCauses {
        key {
          path
        }
        reason
        dependency {
          path
        }
      }
      dependencyKeys {
        path
      }
      dependedByKeys {
        path
      }
      requiredResources {
        resourceKey
      }
      targetingInstigators {
        __typename
        ... on Schedule {
          id
          name
          scheduleState {
            id
            status
            repositoryName
            repositoryLocationName
          }
        }
        ... on Sensor {
          id
          name
          sensorState {
            id
            status
            repositoryName
            repositoryLocationName
          }
        }
      }
      repository {
        id
        name
        location {
          id
          name
        }
      }
    }
    ... on AssetNotFoundError {
      message
    }
  }
}
    fragment MetadataFields on MetadataEntry {
  __typename
  label
  description
  ... on TextMetadataEntry {
    text
  }
  ... on UrlMetadataEntry {
    url
  }
  ... on PathMetadataEntry {
    path
  }
  ... on NotebookMetadataEntry {
    path
  }
  ... on JsonMetadataEntry {
    jsonString
  }
  ... on MarkdownMetadataEntry {
    mdStr
  }
  ... on PythonArtifactMetadataEntry {
    module
    name
  }
  ... on FloatMetadataEntry {
    floatValue
    floatRepr
  }
  ... on IntMetadataEntry {
    intValue
    intRepr
  }
  ... on BoolMetadataEntry {
    boolValue
  }
  ... on TimestampMetadataEntry {
    timestamp
  }
  ... on PipelineRunMetadataEntry {
    runId
  }
  ... on AssetMetadataEntry {
    assetKey {
      path
    }
  }
  ... on JobMetadataEntry {
    jobName
    repositoryName
    locationName
  }
  ... on TableMetadataEntry {
    table {
      records
      schema {
        ...TableSchemaFields
      }
    }
  }
  ... on TableSchemaMetadataEntry {
    schema {
      ...TableSchemaFields
    }
  }
  ... on TableColumnLineageMetadataEntry {
    lineage {
      columnName
      columnDeps {
        assetKey {
          path
        }
        columnName
      }
    }
  }
  ... on CodeReferencesMetadataEntry {
    codeReferences {
      __typename
      ... on LocalFileCodeReference {
        filePath
        lineNumber
        label
      }
      ... on UrlCodeReference {
        url
        label
      }
    }
  }
  ... on PoolMetadataEntry {
    pool
  }
}
fragment TableSchemaFields on TableSchema {
  columns {
    name
    type
    description
    constraints {
      nullable
      unique
      other
    }
  }
  constraints {
    other
  }
}`) as unknown as TypedDocumentString<AssetPageQuery, AssetPageQueryVariables>;
export const AssetEventsDocument = new TypedDocumentString(`
    query AssetEvents($assetKey: AssetKeyInput!, $limit: Int!, $partitions: [String!], $before: String) {
  assetOrError(assetKey: $assetKey) {
    __typename
    ... on Asset {
      id
      assetMaterializations(
        limit: $limit
        partitions: $partitions
        beforeTimestampMillis: $before
      ) {
        ...AssetEvent
      }
      assetObservations(
        limit: $limit
        partitions: $partitions
        beforeTimestampMillis: $before
      ) {
        ...AssetObservationFields
      }
    }
    ... on AssetNotFoundError {
      message
    }
  }
}
    fragment AssetEvent on MaterializationEvent {
  __typename
  timestamp
  runId
  stepKey
  partition
  description
  metadataEntries {
    ...MetadataFields
  }
  tags {
    key
    value
  }
}
fragment AssetObservationFields on ObservationEvent {
  __typename
  timestamp
  runId
  stepKey
  partition
  description
  metadataEntries {
    ...MetadataFields
  }
  tags {
    key
    value
  }
}
fragment MetadataFields on MetadataEntry {
  __typename
  label
  description
  ... on TextMetadataEntry {
    text
  }
  ... on UrlMetadataEntry {
    url
  }
  ... on PathMetadataEntry {
    path
  }
  ... on NotebookMetadataEntry {
    path
  }
  ... on JsonMetadataEntry {
    jsonString
  }
  ... on MarkdownMetadataEntry {
    mdStr
  }
  ... on PythonArtifactMetadataEntry {
    module
    name
  }
  ... on FloatMetadataEntry {
    floatValue
    floatRepr
  }
  ... on IntMetadataEntry {
    intValue
    intRepr
  }
  ... on BoolMetadataEntry {
    boolValue
  }
  ... on TimestampMetadataEntry {
    timestamp
  }
  ... on PipelineRunMetadataEntry {
    runId
  }
  ... on AssetMetadataEntry {
    assetKey {
      path
    }
  }
  ... on JobMetadataEntry {
    jobName
    repositoryName
    locationName
  }
  ... on TableMetadataEntry {
    table {
      records
      schema {
        ...TableSchemaFields
      }
    }
  }
  ... on TableSchemaMetadataEntry {
    schema {
      ...TableSchemaFields
    }
  }
  ... on TableColumnLineageMetadataEntry {
    lineage {
      columnName
      columnDeps {
        assetKey {
          path
        }
        columnName
      }
    }
  }
  ... on CodeReferencesMetadataEntry {
    codeReferences {
      __typename
      ... on LocalFileCodeReference {
        filePath
        lineNumber
        label
      }
      ... on UrlCodeReference {
        url
        label
      }
    }
  }
  ... on PoolMetadataEntry {
    pool
  }
}
fragment TableSchemaFields on TableSchema {
  columns {
    name
    type
    description
    constraints {
      nullable
      unique
      other
    }
  }
  constraints {
    other
  }
}`) as unknown as TypedDocumentString<AssetEventsQuery, AssetEventsQueryVariables>;
export const AssetPartitionsDocument = new TypedDocumentString(`
    query AssetPartitions($assetKey: AssetKeyInput!) {
  assetNodeOrError(assetKey: $assetKey) {
    __typename
    ... on AssetNode {
      id
      partitionStats {
        numMaterialized
        numPartitions
        numFailed
        numMaterializing
      }
      partitionKeysByDimension {
        name
        type
        partitionKeys
      }
      assetPartitionStatuses {
        __typename
        ... on TimePartitionStatuses {
          ranges {
            startKey
            endKey
            status
          }
        }
        ... on DefaultPartitionStatuses {
          materializedPartitions
          failedPartitions
          materializingPartitions
        }
        ... on MultiPartitionStatuses {
          primaryDimensionName
          ranges {
            primaryDimStartKey
            primaryDimEndKey
            secondaryDim {
              __typename
              ... on TimePartitionStatuses {
                ranges {
                  startKey
                  endKey
                  status
                }
              }
              ... on DefaultPartitionStatuses {
                materializedPartitions
                failedPartitions
                materializingPartitions
              }
            }
          }
        }
      }
    }
    ... on AssetNotFoundError {
      message
    }
  }
}
    `) as unknown as TypedDocumentString<AssetPartitionsQuery, AssetPartitionsQueryVariables>;
export const AssetChecksDocument = new TypedDocumentString(`
    query AssetChecks($assetKey: AssetKeyInput!) {
  assetNodeOrError(assetKey: $assetKey) {
    __typename
    ... on AssetNode {
      id
      assetChecksOrError {
        __typename
        ... on AssetChecks {
          checks {
            name
            description
            blocking
            jobNames
            canExecuteIndividually
            executionForLatestMaterialization {
              id
              runId
              status
              timestamp
              evaluation {
                severity
                success
                description
                metadataEntries {
                  ...MetadataFields
                }
              }
            }
          }
        }
        ... on AssetCheckNeedsMigrationError {
          message
        }
        ... on AssetCheckNeedsUserCodeUpgrade {
          message
        }
        ... on AssetCheckNeedsAgentUpgradeError {
          message
        }
      }
    }
    ... on AssetNotFoundError {
      message
    }
  }
}
    fragment MetadataFields on MetadataEntry {
  __typename
  label
  description
  ... on TextMetadataEntry {
    text
  }
  ... on UrlMetadataEntry {
    url
  }
  ... on PathMetadataEntry {
    path
  }
  ... on NotebookMetadataEntry {
    path
  }
  ... on JsonMetadataEntry {
    jsonString
  }
  ... on MarkdownMetadataEntry {
    mdStr
  }
  ... on PythonArtifactMetadataEntry {
    module
    name
  }
  ... on FloatMetadataEntry {
    floatValue
    floatRepr
  }
  ... on IntMetadataEntry {
    intValue
    intRepr
  }
  ... on BoolMetadataEntry {
    boolValue
  }
  ... on TimestampMetadataEntry {
    timestamp
  }
  ... on PipelineRunMetadataEntry {
    runId
  }
  ... on AssetMetadataEntry {
    assetKey {
      path
    }
  }
  ... on JobMetadataEntry {
    jobName
    repositoryName
    locationName
  }
  ... on TableMetadataEntry {
    table {
      records
      schema {
        ...TableSchemaFields
      }
    }
  }
  ... on TableSchemaMetadataEntry {
    schema {
      ...TableSchemaFields
    }
  }
  ... on TableColumnLineageMetadataEntry {
    lineage {
      columnName
      columnDeps {
        assetKey {
          path
        }
        columnName
      }
    }
  }
  ... on CodeReferencesMetadataEntry {
    codeReferences {
      __typename
      ... on LocalFileCodeReference {
        filePath
        lineNumber
        label
      }
      ... on UrlCodeReference {
        url
        label
      }
    }
  }
  ... on PoolMetadataEntry {
    pool
  }
}
fragment TableSchemaFields on TableSchema {
  columns {
    name
    type
    description
    constraints {
      nullable
      unique
      other
    }
  }
  constraints {
    other
  }
}`) as unknown as TypedDocumentString<AssetChecksQuery, AssetChecksQueryVariables>;
export const AssetCheckHistoryDocument = new TypedDocumentString(`
    query AssetCheckHistory($assetKey: AssetKeyInput!, $checkName: String!, $limit: Int!) {
  assetCheckExecutions(assetKey: $assetKey, checkName: $checkName, limit: $limit) {
    id
    runId
    status
    timestamp
    evaluation {
      severity
      success
      description
      metadataEntries {
        ...MetadataFields
      }
    }
  }
}
    fragment MetadataFields on MetadataEntry {
  __typename
  label
  description
  ... on TextMetadataEntry {
    text
  }
  ... on UrlMetadataEntry {
    url
  }
  ... on PathMetadataEntry {
    path
  }
  ... on NotebookMetadataEntry {
    path
  }
  ... on JsonMetadataEntry {
    jsonString
  }
  ... on MarkdownMetadataEntry {
    mdStr
  }
  ... on PythonArtifactMetadataEntry {
    module
    name
  }
  ... on FloatMetadataEntry {
    floatValue
    floatRepr
  }
  ... on IntMetadataEntry {
    intValue
    intRepr
  }
  ... on BoolMetadataEntry {
    boolValue
  }
  ... on TimestampMetadataEntry {
    timestamp
  }
  ... on PipelineRunMetadataEntry {
    runId
  }
  ... on AssetMetadataEntry {
    assetKey {
      path
    }
  }
  ... on JobMetadataEntry {
    jobName
    repositoryName
    locationName
  }
  ... on TableMetadataEntry {
    table {
      records
      schema {
        ...TableSchemaFields
      }
    }
  }
  ... on TableSchemaMetadataEntry {
    schema {
      ...TableSchemaFields
    }
  }
  ... on TableColumnLineageMetadataEntry {
    lineage {
      columnName
      columnDeps {
        assetKey {
          path
        }
        columnName
      }
    }
  }
  ... on CodeReferencesMetadataEntry {
    codeReferences {
      __typename
      ... on LocalFileCodeReference {
        filePath
        lineNumber
        label
      }
      ... on UrlCodeReference {
        url
        label
      }
    }
  }
  ... on PoolMetadataEntry {
    pool
  }
}
fragment TableSchemaFields on TableSchema {
  columns {
    name
    type
    description
    constraints {
      nullable
      unique
      other
    }
  }
  constraints {
    other
  }
}`) as unknown as TypedDocumentString<AssetCheckHistoryQuery, AssetCheckHistoryQueryVariables>;
export const ReportAssetEventsDocument = new TypedDocumentString(`
    mutation ReportAssetEvents($params: ReportRunlessAssetEventsParams!) {
  reportRunlessAssetEvents(eventParams: $params) {
    __typename
    ... on ReportRunlessAssetEventsSuccess {
      assetKey {
        path
      }
    }
    ... on UnauthorizedError {
      message
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`) as unknown as TypedDocumentString<ReportAssetEventsMutation, ReportAssetEventsMutationVariables>;
export const WipeAssetDocument = new TypedDocumentString(`
    mutation WipeAsset($ranges: [PartitionsByAssetSelector!]!) {
  wipeAssets(assetPartitionRanges: $ranges) {
    __typename
    ... on AssetWipeSuccess {
      assetPartitionRanges {
        assetKey {
          path
        }
      }
    }
    ... on AssetNotFoundError {
      message
    }
    ... on UnsupportedOperationError {
      message
    }
    ... on UnauthorizedError {
      message
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`) as unknown as TypedDocumentString<WipeAssetMutation, WipeAssetMutationVariables>;
export const AssetEvaluationsDocument = new TypedDocumentString(`
    query AssetEvaluations($assetKey: AssetKeyInput!, $limit: Int!, $cursor: String) {
  assetConditionEvaluationRecordsOrError(
    assetKey: $assetKey
    limit: $limit
    cursor: $cursor
  ) {
    __typename
    ... on AssetConditionEvaluationRecords {
      records {
        id
        evaluationId
        timestamp
        numRequested
        runIds
        isLegacy
        rootUniqueId
        evaluationNodes {
          uniqueId
          userLabel
          expandedLabel
          numTrue
          numCandidates
          isPartitioned
          childUniqueIds
          operatorType
          startTimestamp
          endTimestamp
          entityKey {
            __typename
            ... on AssetKey {
              path
            }
            ... on AssetCheckhandle {
              name
            }
          }
        }
      }
    }
    ... on AutoMaterializeAssetEvaluationNeedsMigrationError {
      message
    }
  }
}
    `) as unknown as TypedDocumentString<AssetEvaluationsQuery, AssetEvaluationsQueryVariables>;
export const EvaluationPartitionsDocument = new TypedDocumentString(`
    query EvaluationPartitions($assetKey: AssetKeyInput!, $evaluationId: ID!, $node: String!) {
  truePartitionsForAutomationConditionEvaluationNode(
    assetKey: $assetKey
    evaluationId: $evaluationId
    nodeUniqueId: $node
  )
}
    `) as unknown as TypedDocumentString<EvaluationPartitionsQuery, EvaluationPartitionsQueryVariables>;
export const AssetCatalogDocument = new TypedDocumentString(`
    query AssetCatalog {
  assetNodes {
    id
    assetKey {
      path
    }
    groupName
    kinds
    description(characterLimit: 160)
    isMaterializable
    isExecutable
    isPartitioned
    hasAssetChecks
    owners {
      __typename
      ... on UserAssetOwner {
        email
      }
      ... on TeamAssetOwner {
        team
      }
    }
    tags {
      key
      value
    }
    dependencyKeys {
      path
    }
    repository {
      id
      name
      location {
        id
        name
      }
    }
  }
}
    `) as unknown as TypedDocumentString<AssetCatalogQuery, AssetCatalogQueryVariables>;
export const AssetsWithoutDefinitionDocument = new TypedDocumentString(`
    query AssetsWithoutDefinition($cursor: String, $limit: Int!) {
  assetsOrError(cursor: $cursor, limit: $limit) {
    __typename
    ... on AssetConnection {
      cursor
      nodes {
        id
        key {
          path
        }
      }
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`) as unknown as TypedDocumentString<AssetsWithoutDefinitionQuery, AssetsWithoutDefinitionQueryVariables>;
export const AssetStatusesDocument = new TypedDocumentString(`
    query AssetStatuses($assetKeys: [AssetKeyInput!]!) {
  assetsLatestInfo(assetKeys: $assetKeys) {
    id
    assetKey {
      path
    }
    unstartedRunIds
    inProgressRunIds
    latestRun {
      id
      status
      endTime
    }
    latestMaterialization {
      timestamp
      runId
      partition
    }
  }
  assetNodes(assetKeys: $assetKeys) {
    id
    assetKey {
      path
    }
    staleStatus
    partitionStats {
      numMaterialized
      numPartitions
      numFailed
      numMaterializing
    }
  }
}
    `) as unknown as TypedDocumentString<AssetStatusesQuery, AssetStatusesQueryVariables>;
export const AssetGroupNamesDocument = new TypedDocumentString(`
    query AssetGroupNames {
  repositoriesOrError {
    __typename
    ... on RepositoryConnection {
      nodes {
        id
        assetGroups {
          id
          groupName
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<AssetGroupNamesQuery, AssetGroupNamesQueryVariables>;
export const AutomationDocument = new TypedDocumentString(`
    query Automation {
  workspaceOrError {
    __typename
    ... on Workspace {
      id
      locationEntries {
        id
        name
        locationOrLoadError {
          __typename
          ... on RepositoryLocation {
            id
            repositories {
              id
              name
              schedules {
                id
                name
                cronSchedule
                executionTimezone
                pipelineName
                description
                assetSelection {
                  assetSelectionString
                }
                futureTicks(limit: 1) {
                  results {
                    timestamp
                  }
                }
                scheduleState {
                  ...InstigatorHead
                  ticks(limit: 12) {
                    id
                    tickId
                    status
                    timestamp
                  }
                }
              }
              sensors {
                id
                name
                sensorType
                minIntervalSeconds
                description
                jobOriginId
                targets {
                  pipelineName
                }
                assetSelection {
                  assetSelectionString
                }
                nextTick {
                  timestamp
                }
                sensorState {
                  ...InstigatorHead
                  ticks(limit: 12) {
                    id
                    tickId
                    status
                    timestamp
                  }
                }
              }
            }
          }
        }
      }
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment InstigatorHead on InstigationState {
  id
  selectorId
  name
  status
  instigationType
  repositoryName
  repositoryLocationName
  hasStartPermission
  hasStopPermission
  runningCount
}
fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`) as unknown as TypedDocumentString<AutomationQuery, AutomationQueryVariables>;
export const SchedulePageDocument = new TypedDocumentString(`
    query SchedulePage($selector: ScheduleSelector!) {
  scheduleOrError(scheduleSelector: $selector) {
    __typename
    ... on Schedule {
      id
      name
      cronSchedule
      executionTimezone
      pipelineName
      description
      defaultStatus
      canReset
      assetSelection {
        assetSelectionString
      }
      potentialTickTimestamps(upperLimit: 12, lowerLimit: 2)
      futureTicks(limit: 8) {
        results {
          timestamp
        }
      }
      scheduleState {
        ...InstigatorHead
      }
    }
    ... on ScheduleNotFoundError {
      message
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment InstigatorHead on InstigationState {
  id
  selectorId
  name
  status
  instigationType
  repositoryName
  repositoryLocationName
  hasStartPermission
  hasStopPermission
  runningCount
}
fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`) as unknown as TypedDocumentString<SchedulePageQuery, SchedulePageQueryVariables>;
export const SensorPageDocument = new TypedDocumentString(`
    query SensorPage($selector: SensorSelector!) {
  sensorOrError(sensorSelector: $selector) {
    __typename
    ... on Sensor {
      id
      name
      sensorType
      minIntervalSeconds
      description
      defaultStatus
      canReset
      jobOriginId
      hasCursorUpdatePermissions
      targets {
        pipelineName
      }
      assetSelection {
        assetSelectionString
      }
      nextTick {
        timestamp
      }
      sensorState {
        ...InstigatorHead
        typeSpecificData {
          __typename
          ... on SensorData {
            lastTickTimestamp
            lastRunKey
            lastCursor
          }
        }
      }
    }
    ... on SensorNotFoundError {
      message
    }
    ... on UnauthorizedError {
      message
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment InstigatorHead on InstigationState {
  id
  selectorId
  name
  status
  instigationType
  repositoryName
  repositoryLocationName
  hasStartPermission
  hasStopPermission
  runningCount
}
fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`) as unknown as TypedDocumentString<SensorPageQuery, SensorPageQueryVariables>;
export const TicksDocument = new TypedDocumentString(`
    query Ticks($selector: InstigationSelector!, $limit: Int!, $cursor: String, $statuses: [InstigationTickStatus!], $after: Float) {
  instigationStateOrError(instigationSelector: $selector) {
    __typename
    ... on InstigationState {
      id
      ticks(
        limit: $limit
        cursor: $cursor
        statuses: $statuses
        afterTimestamp: $after
      ) {
        ...TickRow
      }
    }
    ... on InstigationStateNotFoundError {
      message
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment TickRow on InstigationTick {
  id
  tickId
  status
  timestamp
  endTimestamp
  skipReason
  runIds
  runKeys
  cursor
  requestedAssetMaterializationCount
  error {
    ...PythonErrorFields
  }
}
fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`) as unknown as TypedDocumentString<TicksQuery, TicksQueryVariables>;
export const TickDetailsDocument = new TypedDocumentString(`
    query TickDetails($selector: InstigationSelector!, $tickId: ID!) {
  instigationStateOrError(instigationSelector: $selector) {
    __typename
    ... on InstigationState {
      id
      tick(tickId: $tickId) {
        ...TickRow
        runs {
          id
          runId
          status
          jobName
          creationTime
          startTime
          endTime
        }
        logEvents {
          events {
            message
            timestamp
            level
          }
        }
        requestedAssetKeys {
          path
        }
      }
    }
    ... on InstigationStateNotFoundError {
      message
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment TickRow on InstigationTick {
  id
  tickId
  status
  timestamp
  endTimestamp
  skipReason
  runIds
  runKeys
  cursor
  requestedAssetMaterializationCount
  error {
    ...PythonErrorFields
  }
}
fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`) as unknown as TypedDocumentString<TickDetailsQuery, TickDetailsQueryVariables>;
export const StartScheduleDocument = new TypedDocumentString(`
    mutation StartSchedule($selector: ScheduleSelector!) {
  startSchedule(scheduleSelector: $selector) {
    __typename
    ... on ScheduleStateResult {
      scheduleState {
        id
        status
      }
    }
    ... on ScheduleNotFoundError {
      message
    }
    ... on UnauthorizedError {
      message
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`) as unknown as TypedDocumentString<StartScheduleMutation, StartScheduleMutationVariables>;
export const StopScheduleDocument = new TypedDocumentString(`
    mutation StopSchedule($id: String!) {
  stopRunningSchedule(id: $id) {
    __typename
    ... on ScheduleStateResult {
      scheduleState {
        id
        status
      }
    }
    ... on ScheduleNotFoundError {
      message
    }
    ... on UnauthorizedError {
      message
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`) as unknown as TypedDocumentString<StopScheduleMutation, StopScheduleMutationVariables>;
export const StartSensorDocument = new TypedDocumentString(`
    mutation StartSensor($selector: SensorSelector!) {
  startSensor(sensorSelector: $selector) {
    __typename
    ... on Sensor {
      id
      sensorState {
        id
        status
      }
    }
    ... on SensorNotFoundError {
      message
    }
    ... on UnauthorizedError {
      message
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`) as unknown as TypedDocumentString<StartSensorMutation, StartSensorMutationVariables>;
export const StopSensorDocument = new TypedDocumentString(`
    mutation StopSensor($id: String!) {
  stopSensor(id: $id) {
    __typename
    ... on StopSensorMutationResult {
      instigationState {
        id
        status
      }
    }
    ... on UnauthorizedError {
      message
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`) as unknown as TypedDocumentString<StopSensorMutation, StopSensorMutationVariables>;
export const SetSensorCursorDocument = new TypedDocumentString(`
    mutation SetSensorCursor($selector: SensorSelector!, $cursor: String) {
  setSensorCursor(sensorSelector: $selector, cursor: $cursor) {
    __typename
    ... on Sensor {
      id
    }
    ... on SensorNotFoundError {
      message
    }
    ... on UnauthorizedError {
      message
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`) as unknown as TypedDocumentString<SetSensorCursorMutation, SetSensorCursorMutationVariables>;
export const SensorDryRunDocument = new TypedDocumentString(`
    mutation SensorDryRun($selector: SensorSelector!, $cursor: String) {
  sensorDryRun(selectorData: $selector, cursor: $cursor) {
    __typename
    ... on DryRunInstigationTick {
      ...DryRun
    }
    ... on SensorNotFoundError {
      message
    }
    ... on UnauthorizedError {
      message
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment DryRun on DryRunInstigationTick {
  timestamp
  evaluationResult {
    cursor
    skipReason
    error {
      ...PythonErrorFields
    }
    runRequests {
      runKey
      runConfigYaml
      jobName
      tags {
        key
        value
      }
      assetSelection {
        path
      }
    }
  }
}
fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`) as unknown as TypedDocumentString<SensorDryRunMutation, SensorDryRunMutationVariables>;
export const ScheduleDryRunDocument = new TypedDocumentString(`
    mutation ScheduleDryRun($selector: ScheduleSelector!, $timestamp: Float) {
  scheduleDryRun(selectorData: $selector, timestamp: $timestamp) {
    __typename
    ... on DryRunInstigationTick {
      ...DryRun
    }
    ... on ScheduleNotFoundError {
      message
    }
    ... on UnauthorizedError {
      message
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment DryRun on DryRunInstigationTick {
  timestamp
  evaluationResult {
    cursor
    skipReason
    error {
      ...PythonErrorFields
    }
    runRequests {
      runKey
      runConfigYaml
      jobName
      tags {
        key
        value
      }
      assetSelection {
        path
      }
    }
  }
}
fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`) as unknown as TypedDocumentString<ScheduleDryRunMutation, ScheduleDryRunMutationVariables>;
export const BackfillsDocument = new TypedDocumentString(`
    query Backfills($cursor: String, $limit: Int!) {
  partitionBackfillsOrError(cursor: $cursor, limit: $limit) {
    __typename
    ... on PartitionBackfills {
      results {
        id
        status
        timestamp
        endTimestamp
        title
        numPartitions
        partitionSetName
        isAssetBackfill
        hasCancelPermission
        numCancelable
        assetSelection {
          path
        }
        partitionStatusCounts {
          runStatus
          count
        }
        error {
          ...PythonErrorFields
        }
      }
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`) as unknown as TypedDocumentString<BackfillsQuery, BackfillsQueryVariables>;
export const CancelBackfillDocument = new TypedDocumentString(`
    mutation CancelBackfill($backfillId: String!) {
  cancelPartitionBackfill(backfillId: $backfillId) {
    __typename
    ... on CancelBackfillSuccess {
      backfillId
    }
    ... on UnauthorizedError {
      message
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`) as unknown as TypedDocumentString<CancelBackfillMutation, CancelBackfillMutationVariables>;
export const BackfillDocument = new TypedDocumentString(`
    query Backfill($backfillId: String!) {
  partitionBackfillOrError(backfillId: $backfillId) {
    __typename
    ... on PartitionBackfill {
      id
      status
      timestamp
      endTimestamp
      title
      description
      user
      numPartitions
      numCancelable
      partitionNames
      partitionSetName
      partitionSet {
        id
        pipelineName
        repositoryOrigin {
          id
          repositoryName
          repositoryLocationName
        }
      }
      isAssetBackfill
      hasCancelPermission
      hasResumePermission
      fromFailure
      tags {
        key
        value
      }
      assetSelection {
        path
      }
      partitionStatusCounts {
        runStatus
        count
      }
      assetBackfillData {
        assetBackfillStatuses {
          __typename
          ... on AssetPartitionsStatusCounts {
            assetKey {
              path
            }
            numPartitionsTargeted
            numPartitionsInProgress
            numPartitionsMaterialized
            numPartitionsFailed
          }
          ... on UnpartitionedAssetStatus {
            assetKey {
              path
            }
            inProgress
            materialized
            failed
          }
        }
      }
      error {
        ...PythonErrorFields
      }
    }
    ... on BackfillNotFoundError {
      message
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`) as unknown as TypedDocumentString<BackfillQuery, BackfillQueryVariables>;
export const BackfillLogDocument = new TypedDocumentString(`
    query BackfillLog($backfillId: String!, $cursor: String) {
  partitionBackfillOrError(backfillId: $backfillId) {
    __typename
    ... on PartitionBackfill {
      id
      logEvents(cursor: $cursor) {
        cursor
        hasMore
        events {
          message
          timestamp
          level
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<BackfillLogQuery, BackfillLogQueryVariables>;
export const ResumeBackfillDocument = new TypedDocumentString(`
    mutation ResumeBackfill($backfillId: String!) {
  resumePartitionBackfill(backfillId: $backfillId) {
    __typename
    ... on ResumeBackfillSuccess {
      backfillId
    }
    ... on UnauthorizedError {
      message
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`) as unknown as TypedDocumentString<ResumeBackfillMutation, ResumeBackfillMutationVariables>;
export const RetryBackfillDocument = new TypedDocumentString(`
    mutation RetryBackfill($params: ReexecutionParams!) {
  reexecutePartitionBackfill(reexecutionParams: $params) {
    __typename
    ... on LaunchBackfillSuccess {
      backfillId
    }
    ... on UnauthorizedError {
      message
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`) as unknown as TypedDocumentString<RetryBackfillMutation, RetryBackfillMutationVariables>;
export const LocationsDocument = new TypedDocumentString(`
    query Locations {
  workspaceOrError {
    __typename
    ... on Workspace {
      id
      locationEntries {
        ...LocationRow
      }
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment LocationRow on WorkspaceLocationEntry {
  id
  name
  loadStatus
  updatedTimestamp
  versionKey
  displayMetadata {
    key
    value
  }
  locationOrLoadError {
    __typename
    ... on RepositoryLocation {
      id
      isReloadSupported
      serverId
      dagsterLibraryVersions {
        name
        version
      }
      repositories {
        id
        name
        pipelines {
          id
          name
        }
        schedules {
          id
        }
        sensors {
          id
        }
        assetGroups {
          id
          groupName
        }
      }
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`) as unknown as TypedDocumentString<LocationsQuery, LocationsQueryVariables>;
export const DaemonsDocument = new TypedDocumentString(`
    query Daemons {
  instance {
    id
    daemonHealth {
      id
      allDaemonStatuses {
        id
        daemonType
        required
        healthy
        lastHeartbeatTime
        lastHeartbeatErrors {
          ...PythonErrorFields
        }
      }
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`) as unknown as TypedDocumentString<DaemonsQuery, DaemonsQueryVariables>;
export const InstanceConfigDocument = new TypedDocumentString(`
    query InstanceConfig {
  version
  instance {
    id
    info
    hasInfo
    runLauncher {
      name
    }
    runQueuingSupported
    runQueueConfig {
      maxConcurrentRuns
      tagConcurrencyLimitsYaml
      isOpConcurrencyAware
    }
  }
}
    `) as unknown as TypedDocumentString<InstanceConfigQuery, InstanceConfigQueryVariables>;
export const ReloadLocationDocument = new TypedDocumentString(`
    mutation ReloadLocation($name: String!) {
  reloadRepositoryLocation(repositoryLocationName: $name) {
    __typename
    ... on WorkspaceLocationEntry {
      ...LocationRow
    }
    ... on ReloadNotSupported {
      message
    }
    ... on RepositoryLocationNotFound {
      message
    }
    ... on UnauthorizedError {
      message
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment LocationRow on WorkspaceLocationEntry {
  id
  name
  loadStatus
  updatedTimestamp
  versionKey
  displayMetadata {
    key
    value
  }
  locationOrLoadError {
    __typename
    ... on RepositoryLocation {
      id
      isReloadSupported
      serverId
      dagsterLibraryVersions {
        name
        version
      }
      repositories {
        id
        name
        pipelines {
          id
          name
        }
        schedules {
          id
        }
        sensors {
          id
        }
        assetGroups {
          id
          groupName
        }
      }
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`) as unknown as TypedDocumentString<ReloadLocationMutation, ReloadLocationMutationVariables>;
export const ReloadWorkspaceDocument = new TypedDocumentString(`
    mutation ReloadWorkspace {
  reloadWorkspace {
    __typename
    ... on Workspace {
      id
      locationEntries {
        id
        name
        locationOrLoadError {
          __typename
        }
      }
    }
    ... on UnauthorizedError {
      message
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`) as unknown as TypedDocumentString<ReloadWorkspaceMutation, ReloadWorkspaceMutationVariables>;
export const PoolsDocument = new TypedDocumentString(`
    query Pools {
  instance {
    id
    supportsConcurrencyLimits
    poolConfig {
      poolGranularity
      defaultPoolLimit
      opGranularityRunBuffer
    }
    concurrencyLimits {
      concurrencyKey
      slotCount
      activeSlotCount
      pendingStepCount
      assignedStepCount
      limit
      usingDefaultLimit
      claimedSlots {
        runId
        stepKey
      }
      pendingSteps {
        runId
        stepKey
        enqueuedTimestamp
        assignedTimestamp
        priority
      }
    }
  }
}
    `) as unknown as TypedDocumentString<PoolsQuery, PoolsQueryVariables>;
export const SetPoolLimitDocument = new TypedDocumentString(`
    mutation SetPoolLimit($pool: String!, $limit: Int!) {
  setConcurrencyLimit(concurrencyKey: $pool, limit: $limit)
}
    `) as unknown as TypedDocumentString<SetPoolLimitMutation, SetPoolLimitMutationVariables>;
export const DeletePoolLimitDocument = new TypedDocumentString(`
    mutation DeletePoolLimit($pool: String!) {
  deleteConcurrencyLimit(concurrencyKey: $pool)
}
    `) as unknown as TypedDocumentString<DeletePoolLimitMutation, DeletePoolLimitMutationVariables>;
export const FreeSlotsDocument = new TypedDocumentString(`
    mutation FreeSlots($runId: String!, $stepKey: String) {
  freeConcurrencySlots(runId: $runId, stepKey: $stepKey)
}
    `) as unknown as TypedDocumentString<FreeSlotsMutation, FreeSlotsMutationVariables>;
export const JobPageDocument = new TypedDocumentString(`
    query JobPage($selector: PipelineSelector!) {
  pipelineOrError(params: $selector) {
    __typename
    ... on Pipeline {
      id
      name
      description
      isJob
      isAssetJob
      hasLaunchExecutionPermission
      tags {
        key
        value
      }
      runTags {
        key
        value
      }
      metadataEntries {
        ...MetadataFields
      }
      modes {
        id
        name
        resources {
          name
          description
        }
      }
      schedules {
        id
        name
        cronSchedule
        scheduleState {
          id
          status
        }
      }
      sensors {
        id
        name
        sensorState {
          id
          status
        }
      }
      solidHandles {
        handleID
        parent {
          handleID
        }
        solid {
          ...OpNode
        }
      }
    }
    ... on PipelineNotFoundError {
      message
    }
    ... on InvalidSubsetError {
      message
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}
fragment MetadataFields on MetadataEntry {
  __typename
  label
  description
  ... on TextMetadataEntry {
    text
  }
  ... on UrlMetadataEntry {
    url
  }
  ... on PathMetadataEntry {
    path
  }
  ... on NotebookMetadataEntry {
    path
  }
  ... on JsonMetadataEntry {
    jsonString
  }
  ... on MarkdownMetadataEntry {
    mdStr
  }
  ... on PythonArtifactMetadataEntry {
    module
    name
  }
  ... on FloatMetadataEntry {
    floatValue
    floatRepr
  }
  ... on IntMetadataEntry {
    intValue
    intRepr
  }
  ... on BoolMetadataEntry {
    boolValue
  }
  ... on TimestampMetadataEntry {
    timestamp
  }
  ... on PipelineRunMetadataEntry {
    runId
  }
  ... on AssetMetadataEntry {
    assetKey {
      path
    }
  }
  ... on JobMetadataEntry {
    jobName
    repositoryName
    locationName
  }
  ... on TableMetadataEntry {
    table {
      records
      schema {
        ...TableSchemaFields
      }
    }
  }
  ... on TableSchemaMetadataEntry {
    schema {
      ...TableSchemaFields
    }
  }
  ... on TableColumnLineageMetadataEntry {
    lineage {
      columnName
      columnDeps {
        assetKey {
          path
        }
        columnName
      }
    }
  }
  ... on CodeReferencesMetadataEntry {
    codeReferences {
      __typename
      ... on LocalFileCodeReference {
        filePath
        lineNumber
        label
      }
      ... on UrlCodeReference {
        url
        label
      }
    }
  }
  ... on PoolMetadataEntry {
    pool
  }
}
fragment TableSchemaFields on TableSchema {
  columns {
    name
    type
    description
    constraints {
      nullable
      unique
      other
    }
  }
  constraints {
    other
  }
}
fragment OpNode on Solid {
  name
  isDynamicMapped
  definition {
    __typename
    name
    description
    assetNodes {
      id
      assetKey {
        path
      }
    }
    ... on SolidDefinition {
      requiredResources {
        resourceKey
      }
    }
    inputDefinitions {
      name
      type {
        displayName
      }
    }
    outputDefinitions {
      name
      type {
        displayName
      }
    }
  }
  inputs {
    definition {
      name
    }
    dependsOn {
      definition {
        name
      }
      solid {
        name
      }
    }
  }
}`) as unknown as TypedDocumentString<JobPageQuery, JobPageQueryVariables>;
export const JobPartitionsDocument = new TypedDocumentString(`
    query JobPartitions($repository: RepositorySelector!, $job: String!) {
  partitionSetsOrError(repositorySelector: $repository, pipelineName: $job) {
    __typename
    ... on PartitionSets {
      results {
        id
        name
        partitionsOrError {
          __typename
          ... on Partitions {
            results {
              name
            }
          }
          ... on PythonError {
            ...PythonErrorFields
          }
        }
      }
    }
    ... on PipelineNotFoundError {
      message
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`) as unknown as TypedDocumentString<JobPartitionsQuery, JobPartitionsQueryVariables>;
export const PartitionConfigDocument = new TypedDocumentString(`
    query PartitionConfig($repository: RepositorySelector!, $set: String!, $partition: String!) {
  partitionSetOrError(repositorySelector: $repository, partitionSetName: $set) {
    __typename
    ... on PartitionSet {
      id
      partition(partitionName: $partition) {
        name
        runConfigOrError {
          __typename
          ... on PartitionRunConfig {
            yaml
          }
          ... on PythonError {
            ...PythonErrorFields
          }
        }
        tagsOrError {
          __typename
          ... on PartitionTags {
            results {
              key
              value
            }
          }
          ... on PythonError {
            ...PythonErrorFields
          }
        }
      }
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`) as unknown as TypedDocumentString<PartitionConfigQuery, PartitionConfigQueryVariables>;
export const JobPartitionStatusesDocument = new TypedDocumentString(`
    query JobPartitionStatuses($repository: RepositorySelector!, $set: String!) {
  partitionSetOrError(repositorySelector: $repository, partitionSetName: $set) {
    __typename
    ... on PartitionSet {
      id
      hasLaunchBackfillPermission
      partitionStatusesOrError {
        __typename
        ... on PartitionStatuses {
          results {
            id
            partitionName
            runId
            runStatus
            runDuration
          }
        }
        ... on PythonError {
          ...PythonErrorFields
        }
      }
      backfills(limit: 10) {
        id
        status
        timestamp
        numPartitions
      }
    }
    ... on PartitionSetNotFoundError {
      message
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`) as unknown as TypedDocumentString<JobPartitionStatusesQuery, JobPartitionStatusesQueryVariables>;
export const JobsDocument = new TypedDocumentString(`
    query Jobs {
  workspaceOrError {
    __typename
    ... on Workspace {
      id
      locationEntries {
        id
        name
        locationOrLoadError {
          __typename
          ... on RepositoryLocation {
            id
            repositories {
              id
              name
              pipelines {
                id
                name
                description
                isJob
                isAssetJob
                tags {
                  key
                  value
                }
                schedules {
                  id
                  name
                  scheduleState {
                    id
                    status
                  }
                }
                sensors {
                  id
                  name
                  sensorState {
                    id
                    status
                  }
                }
              }
            }
          }
        }
      }
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
  runsOrError(limit: 250) {
    __typename
    ... on Runs {
      results {
        id
        jobName
        status
        creationTime
        startTime
        endTime
        repositoryOrigin {
          id
          repositoryName
          repositoryLocationName
        }
      }
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`) as unknown as TypedDocumentString<JobsQuery, JobsQueryVariables>;
export const LaunchRunDocument = new TypedDocumentString(`
    mutation LaunchRun($params: ExecutionParams!) {
  launchRun(executionParams: $params) {
    __typename
    ... on LaunchRunSuccess {
      run {
        id
        runId
      }
    }
    ... on PipelineNotFoundError {
      message
    }
    ... on InvalidSubsetError {
      message
    }
    ... on UnauthorizedError {
      message
    }
    ... on RunConflict {
      message
    }
    ... on RunConfigValidationInvalid {
      errors {
        ...ConfigProblem
      }
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}
fragment ConfigProblem on PipelineConfigValidationError {
  __typename
  message
  path
  reason
}`) as unknown as TypedDocumentString<LaunchRunMutation, LaunchRunMutationVariables>;
export const LaunchBackfillDocument = new TypedDocumentString(`
    mutation LaunchBackfill($params: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $params) {
    __typename
    ... on LaunchBackfillSuccess {
      backfillId
    }
    ... on PartitionSetNotFoundError {
      message
    }
    ... on PartitionKeysNotFoundError {
      message
    }
    ... on PipelineNotFoundError {
      message
    }
    ... on InvalidSubsetError {
      message
    }
    ... on UnauthorizedError {
      message
    }
    ... on RunConflict {
      message
    }
    ... on RunConfigValidationInvalid {
      errors {
        ...ConfigProblem
      }
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}
fragment ConfigProblem on PipelineConfigValidationError {
  __typename
  message
  path
  reason
}`) as unknown as TypedDocumentString<LaunchBackfillMutation, LaunchBackfillMutationVariables>;
export const LaunchSchemaDocument = new TypedDocumentString(`
    query LaunchSchema($selector: PipelineSelector!, $mode: String!) {
  runConfigSchemaOrError(selector: $selector, mode: $mode) {
    __typename
    ... on RunConfigSchema {
      rootDefaultYaml
      rootConfigType {
        key
      }
      allConfigTypes {
        __typename
        key
        description
        isSelector
        typeParamKeys
        ... on RegularConfigType {
          givenName
        }
        ... on EnumConfigType {
          givenName
          values {
            value
          }
        }
        ... on ScalarUnionConfigType {
          scalarTypeKey
          nonScalarTypeKey
        }
        ... on CompositeConfigType {
          fields {
            name
            description
            isRequired
            configTypeKey
            defaultValueAsJson
          }
        }
      }
    }
    ... on PipelineNotFoundError {
      message
    }
    ... on InvalidSubsetError {
      message
    }
    ... on ModeNotFoundError {
      message
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`) as unknown as TypedDocumentString<LaunchSchemaQuery, LaunchSchemaQueryVariables>;
export const ValidateConfigDocument = new TypedDocumentString(`
    query ValidateConfig($pipeline: PipelineSelector!, $config: RunConfigData, $mode: String!) {
  isPipelineConfigValid(pipeline: $pipeline, runConfigData: $config, mode: $mode) {
    __typename
    ... on RunConfigValidationInvalid {
      errors {
        ...ConfigProblem
      }
    }
    ... on PipelineNotFoundError {
      message
    }
    ... on InvalidSubsetError {
      message
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}
fragment ConfigProblem on PipelineConfigValidationError {
  __typename
  message
  path
  reason
}`) as unknown as TypedDocumentString<ValidateConfigQuery, ValidateConfigQueryVariables>;
export const AssetLaunchInfoDocument = new TypedDocumentString(`
    query AssetLaunchInfo($assetKeys: [AssetKeyInput!]!) {
  assetNodes(assetKeys: $assetKeys) {
    id
    assetKey {
      path
    }
    jobNames
    isExecutable
    isMaterializable
    isPartitioned
    hasMaterializePermission
    partitionDefinition {
      name
      type
      description
      dimensionTypes {
        name
        dynamicPartitionsDefinitionName
      }
    }
    partitionKeysByDimension {
      name
      type
      partitionKeys
    }
    repository {
      id
      name
      location {
        id
        name
      }
    }
  }
}
    `) as unknown as TypedDocumentString<AssetLaunchInfoQuery, AssetLaunchInfoQueryVariables>;
export const AssetLaunchExtrasDocument = new TypedDocumentString(`
    query AssetLaunchExtras($assetKeys: [AssetKeyInput!]!) {
  assetNodeAdditionalRequiredKeys(assetKeys: $assetKeys) {
    path
  }
}
    `) as unknown as TypedDocumentString<AssetLaunchExtrasQuery, AssetLaunchExtrasQueryVariables>;
export const AddPartitionDocument = new TypedDocumentString(`
    mutation AddPartition($repository: RepositorySelector!, $definition: String!, $key: String!) {
  addDynamicPartition(
    repositorySelector: $repository
    partitionsDefName: $definition
    partitionKey: $key
  ) {
    __typename
    ... on AddDynamicPartitionSuccess {
      partitionKey
    }
    ... on DuplicateDynamicPartitionError {
      partitionName
    }
    ... on UnauthorizedError {
      message
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`) as unknown as TypedDocumentString<AddPartitionMutation, AddPartitionMutationVariables>;
export const LineageGraphDocument = new TypedDocumentString(`
    query LineageGraph {
  assetNodes {
    id
    assetKey {
      path
    }
    groupName
    kinds
    isExecutable
    isMaterializable
    isPartitioned
    dependencyKeys {
      path
    }
    repository {
      id
      name
      location {
        id
        name
      }
    }
  }
}
    `) as unknown as TypedDocumentString<LineageGraphQuery, LineageGraphQueryVariables>;
export const LineageLayoutDocument = new TypedDocumentString(`
    query LineageLayout($selection: String, $groupBy: AssetGraphLayoutGrouping, $width: Float, $height: Float) {
  assetGraphLayout(
    selection: $selection
    groupBy: $groupBy
    nodeWidth: $width
    nodeHeight: $height
  ) {
    width
    height
    nodes {
      assetKey {
        path
      }
      x
      y
    }
    edges {
      from
      to
      points {
        x
        y
      }
    }
    groups {
      name
      x
      y
      width
      height
    }
  }
}
    `) as unknown as TypedDocumentString<LineageLayoutQuery, LineageLayoutQueryVariables>;
export const OverviewDocument = new TypedDocumentString(`
    query Overview($running: [RunStatus!]!, $failed: [RunStatus!]!, $since: Float!, $until: Float) {
  running: runsOrError(filter: {statuses: $running}, limit: 30) {
    __typename
    ... on Runs {
      results {
        ...RunRow
      }
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
  failed: runsOrError(filter: {statuses: $failed, updatedAfter: $since}, limit: 8) {
    __typename
    ... on Runs {
      results {
        ...RunRow
      }
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
  recent: runsOrError(
    filter: {updatedAfter: $since, createdBefore: $until}
    limit: 500
  ) {
    __typename
    ... on Runs {
      results {
        id
        runId
        status
        jobName
        creationTime
        startTime
        endTime
        assetSelection(limit: 3) {
          path
        }
        tags {
          key
          value
        }
        repositoryOrigin {
          id
          repositoryName
          repositoryLocationName
        }
      }
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}
fragment RunRow on Run {
  id
  runId
  status
  jobName
  creationTime
  startTime
  endTime
  canTerminate
  hasTerminatePermission
  hasReExecutePermission
  assetSelection {
    path
  }
  tags {
    key
    value
  }
  repositoryOrigin {
    id
    repositoryName
    repositoryLocationName
  }
}`) as unknown as TypedDocumentString<OverviewQuery, OverviewQueryVariables>;
export const UpcomingTicksDocument = new TypedDocumentString(`
    query UpcomingTicks($until: Float!) {
  workspaceOrError {
    __typename
    ... on Workspace {
      id
      locationEntries {
        id
        name
        locationOrLoadError {
          __typename
          ... on RepositoryLocation {
            id
            repositories {
              id
              name
              schedules {
                id
                name
                pipelineName
                scheduleState {
                  id
                  status
                }
                futureTicks(limit: 20, until: $until) {
                  results {
                    timestamp
                  }
                }
              }
            }
          }
        }
      }
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`) as unknown as TypedDocumentString<UpcomingTicksQuery, UpcomingTicksQueryVariables>;
export const RunPageDocument = new TypedDocumentString(`
    query RunPage($runId: ID!) {
  runOrError(runId: $runId) {
    __typename
    ... on Run {
      ...RunHead
    }
    ... on RunNotFoundError {
      message
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}
fragment RunHead on Run {
  ...RunRow
  mode
  rootRunId
  parentRunId
  runConfigYaml
  stepKeysToExecute
  solidSelection
  resolvedOpSelection
  assetCheckSelection {
    name
    assetKey {
      path
    }
  }
  hasDeletePermission
  executionPlan {
    artifactsPersisted
    steps {
      key
      kind
      inputs {
        dependsOn {
          key
        }
      }
    }
  }
}
fragment RunRow on Run {
  id
  runId
  status
  jobName
  creationTime
  startTime
  endTime
  canTerminate
  hasTerminatePermission
  hasReExecutePermission
  assetSelection {
    path
  }
  tags {
    key
    value
  }
  repositoryOrigin {
    id
    repositoryName
    repositoryLocationName
  }
}`) as unknown as TypedDocumentString<RunPageQuery, RunPageQueryVariables>;
export const RunStateDocument = new TypedDocumentString(`
    query RunState($runId: ID!) {
  runOrError(runId: $runId) {
    __typename
    ... on Run {
      id
      status
      startTime
      endTime
      canTerminate
    }
  }
}
    `) as unknown as TypedDocumentString<RunStateQuery, RunStateQueryVariables>;
export const RunEventsDocument = new TypedDocumentString(`
    query RunEvents($runId: ID!, $cursor: String) {
  logsForRun(runId: $runId, afterCursor: $cursor) {
    __typename
    ... on EventConnection {
      cursor
      hasMore
      events {
        ...RunEvent
      }
    }
    ... on RunNotFoundError {
      message
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}
fragment MetadataFields on MetadataEntry {
  __typename
  label
  description
  ... on TextMetadataEntry {
    text
  }
  ... on UrlMetadataEntry {
    url
  }
  ... on PathMetadataEntry {
    path
  }
  ... on NotebookMetadataEntry {
    path
  }
  ... on JsonMetadataEntry {
    jsonString
  }
  ... on MarkdownMetadataEntry {
    mdStr
  }
  ... on PythonArtifactMetadataEntry {
    module
    name
  }
  ... on FloatMetadataEntry {
    floatValue
    floatRepr
  }
  ... on IntMetadataEntry {
    intValue
    intRepr
  }
  ... on BoolMetadataEntry {
    boolValue
  }
  ... on TimestampMetadataEntry {
    timestamp
  }
  ... on PipelineRunMetadataEntry {
    runId
  }
  ... on AssetMetadataEntry {
    assetKey {
      path
    }
  }
  ... on JobMetadataEntry {
    jobName
    repositoryName
    locationName
  }
  ... on TableMetadataEntry {
    table {
      records
      schema {
        ...TableSchemaFields
      }
    }
  }
  ... on TableSchemaMetadataEntry {
    schema {
      ...TableSchemaFields
    }
  }
  ... on TableColumnLineageMetadataEntry {
    lineage {
      columnName
      columnDeps {
        assetKey {
          path
        }
        columnName
      }
    }
  }
  ... on CodeReferencesMetadataEntry {
    codeReferences {
      __typename
      ... on LocalFileCodeReference {
        filePath
        lineNumber
        label
      }
      ... on UrlCodeReference {
        url
        label
      }
    }
  }
  ... on PoolMetadataEntry {
    pool
  }
}
fragment TableSchemaFields on TableSchema {
  columns {
    name
    type
    description
    constraints {
      nullable
      unique
      other
    }
  }
  constraints {
    other
  }
}
fragment RunEvent on DagsterRunEvent {
  __typename
  ... on MessageEvent {
    message
    timestamp
    level
    stepKey
    eventType
  }
  ... on MarkerEvent {
    markerStart
    markerEnd
  }
  ... on DisplayableEvent {
    label
    description
    metadataEntries {
      ...MetadataFields
    }
  }
  ... on ErrorEvent {
    error {
      ...PythonErrorFields
    }
  }
  ... on ExecutionStepFailureEvent {
    failureMetadata {
      metadataEntries {
        ...MetadataFields
      }
    }
  }
  ... on LogsCapturedEvent {
    fileKey
    logKey
    stepKeys
    externalUrl
  }
  ... on MaterializationEvent {
    assetKey {
      path
    }
    partition
  }
  ... on ObservationEvent {
    assetKey {
      path
    }
    partition
  }
  ... on AssetMaterializationPlannedEvent {
    assetKey {
      path
    }
  }
  ... on AssetCheckEvaluationEvent {
    evaluation {
      checkName
      success
      severity
      description
      assetKey {
        path
      }
      metadataEntries {
        ...MetadataFields
      }
    }
  }
}`) as unknown as TypedDocumentString<RunEventsQuery, RunEventsQueryVariables>;
export const RunLogDocument = new TypedDocumentString(`
    subscription RunLog($runId: ID!, $cursor: String) {
  pipelineRunLogs(runId: $runId, cursor: $cursor) {
    __typename
    ... on PipelineRunLogsSubscriptionSuccess {
      cursor
      hasMorePastEvents
      messages {
        ...RunEvent
      }
    }
    ... on PipelineRunLogsSubscriptionFailure {
      message
      missingRunId
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}
fragment MetadataFields on MetadataEntry {
  __typename
  label
  description
  ... on TextMetadataEntry {
    text
  }
  ... on UrlMetadataEntry {
    url
  }
  ... on PathMetadataEntry {
    path
  }
  ... on NotebookMetadataEntry {
    path
  }
  ... on JsonMetadataEntry {
    jsonString
  }
  ... on MarkdownMetadataEntry {
    mdStr
  }
  ... on PythonArtifactMetadataEntry {
    module
    name
  }
  ... on FloatMetadataEntry {
    floatValue
    floatRepr
  }
  ... on IntMetadataEntry {
    intValue
    intRepr
  }
  ... on BoolMetadataEntry {
    boolValue
  }
  ... on TimestampMetadataEntry {
    timestamp
  }
  ... on PipelineRunMetadataEntry {
    runId
  }
  ... on AssetMetadataEntry {
    assetKey {
      path
    }
  }
  ... on JobMetadataEntry {
    jobName
    repositoryName
    locationName
  }
  ... on TableMetadataEntry {
    table {
      records
      schema {
        ...TableSchemaFields
      }
    }
  }
  ... on TableSchemaMetadataEntry {
    schema {
      ...TableSchemaFields
    }
  }
  ... on TableColumnLineageMetadataEntry {
    lineage {
      columnName
      columnDeps {
        assetKey {
          path
        }
        columnName
      }
    }
  }
  ... on CodeReferencesMetadataEntry {
    codeReferences {
      __typename
      ... on LocalFileCodeReference {
        filePath
        lineNumber
        label
      }
      ... on UrlCodeReference {
        url
        label
      }
    }
  }
  ... on PoolMetadataEntry {
    pool
  }
}
fragment TableSchemaFields on TableSchema {
  columns {
    name
    type
    description
    constraints {
      nullable
      unique
      other
    }
  }
  constraints {
    other
  }
}
fragment RunEvent on DagsterRunEvent {
  __typename
  ... on MessageEvent {
    message
    timestamp
    level
    stepKey
    eventType
  }
  ... on MarkerEvent {
    markerStart
    markerEnd
  }
  ... on DisplayableEvent {
    label
    description
    metadataEntries {
      ...MetadataFields
    }
  }
  ... on ErrorEvent {
    error {
      ...PythonErrorFields
    }
  }
  ... on ExecutionStepFailureEvent {
    failureMetadata {
      metadataEntries {
        ...MetadataFields
      }
    }
  }
  ... on LogsCapturedEvent {
    fileKey
    logKey
    stepKeys
    externalUrl
  }
  ... on MaterializationEvent {
    assetKey {
      path
    }
    partition
  }
  ... on ObservationEvent {
    assetKey {
      path
    }
    partition
  }
  ... on AssetMaterializationPlannedEvent {
    assetKey {
      path
    }
  }
  ... on AssetCheckEvaluationEvent {
    evaluation {
      checkName
      success
      severity
      description
      assetKey {
        path
      }
      metadataEntries {
        ...MetadataFields
      }
    }
  }
}`) as unknown as TypedDocumentString<RunLogSubscription, RunLogSubscriptionVariables>;
export const CapturedLogsDocument = new TypedDocumentString(`
    subscription CapturedLogs($logKey: [String!]!, $cursor: String) {
  capturedLogs(logKey: $logKey, cursor: $cursor) {
    stdout
    stderr
    cursor
  }
}
    `) as unknown as TypedDocumentString<CapturedLogsSubscription, CapturedLogsSubscriptionVariables>;
export const CapturedLogsMetadataDocument = new TypedDocumentString(`
    query CapturedLogsMetadata($logKey: [String!]!) {
  capturedLogsMetadata(logKey: $logKey) {
    stdoutDownloadUrl
    stdoutLocation
    stderrDownloadUrl
    stderrLocation
  }
}
    `) as unknown as TypedDocumentString<CapturedLogsMetadataQuery, CapturedLogsMetadataQueryVariables>;
export const RunsDocument = new TypedDocumentString(`
    query Runs($filter: RunsFilter, $cursor: String, $limit: Int!) {
  runsOrError(filter: $filter, cursor: $cursor, limit: $limit) {
    __typename
    ... on Runs {
      results {
        ...RunRow
      }
    }
    ... on PythonError {
      ...PythonErrorFields
    }
    ... on InvalidPipelineRunsFilterError {
      message
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}
fragment RunRow on Run {
  id
  runId
  status
  jobName
  creationTime
  startTime
  endTime
  canTerminate
  hasTerminatePermission
  hasReExecutePermission
  assetSelection {
    path
  }
  tags {
    key
    value
  }
  repositoryOrigin {
    id
    repositoryName
    repositoryLocationName
  }
}`) as unknown as TypedDocumentString<RunsQuery, RunsQueryVariables>;
export const RunTagKeysDocument = new TypedDocumentString(`
    query RunTagKeys {
  runTagKeysOrError {
    __typename
    ... on RunTagKeys {
      keys
    }
  }
}
    `) as unknown as TypedDocumentString<RunTagKeysQuery, RunTagKeysQueryVariables>;
export const TerminateRunsDocument = new TypedDocumentString(`
    mutation TerminateRuns($runIds: [String!]!, $policy: TerminateRunPolicy) {
  terminateRuns(runIds: $runIds, terminatePolicy: $policy) {
    __typename
    ... on TerminateRunsResult {
      terminateRunResults {
        __typename
        ... on TerminateRunFailure {
          message
        }
        ... on RunNotFoundError {
          message
        }
        ... on UnauthorizedError {
          message
        }
        ... on PythonError {
          message
        }
      }
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`) as unknown as TypedDocumentString<TerminateRunsMutation, TerminateRunsMutationVariables>;
export const ReexecuteDocument = new TypedDocumentString(`
    mutation Reexecute($params: ReexecutionParams!) {
  launchRunReexecution(reexecutionParams: $params) {
    __typename
    ... on LaunchRunSuccess {
      run {
        id
        runId
      }
    }
    ...LaunchFailure
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}
fragment LaunchFailure on LaunchRunReexecutionResult {
  ... on PipelineNotFoundError {
    message
  }
  ... on InvalidSubsetError {
    message
  }
  ... on UnauthorizedError {
    message
  }
  ... on RunConflict {
    message
  }
  ... on RunConfigValidationInvalid {
    errors {
      ...ConfigProblem
    }
  }
  ... on PythonError {
    ...PythonErrorFields
  }
}
fragment ConfigProblem on PipelineConfigValidationError {
  __typename
  message
  path
  reason
}`) as unknown as TypedDocumentString<ReexecuteMutation, ReexecuteMutationVariables>;
export const ReexecuteStepsDocument = new TypedDocumentString(`
    mutation ReexecuteSteps($params: ExecutionParams!) {
  launchRunReexecution(executionParams: $params) {
    __typename
    ... on LaunchRunSuccess {
      run {
        id
        runId
      }
    }
    ...LaunchFailure
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}
fragment LaunchFailure on LaunchRunReexecutionResult {
  ... on PipelineNotFoundError {
    message
  }
  ... on InvalidSubsetError {
    message
  }
  ... on UnauthorizedError {
    message
  }
  ... on RunConflict {
    message
  }
  ... on RunConfigValidationInvalid {
    errors {
      ...ConfigProblem
    }
  }
  ... on PythonError {
    ...PythonErrorFields
  }
}
fragment ConfigProblem on PipelineConfigValidationError {
  __typename
  message
  path
  reason
}`) as unknown as TypedDocumentString<ReexecuteStepsMutation, ReexecuteStepsMutationVariables>;
export const DeleteRunDocument = new TypedDocumentString(`
    mutation DeleteRun($runId: String!) {
  deleteRun(runId: $runId) {
    __typename
    ... on DeletePipelineRunSuccess {
      runId
    }
    ... on RunNotFoundError {
      message
    }
    ... on UnauthorizedError {
      message
    }
    ... on PythonError {
      ...PythonErrorFields
    }
  }
}
    fragment PythonErrorFields on PythonError {
  message
  className
  stack
  errorChain {
    isExplicitLink
    error {
      message
      className
      stack
    }
  }
}`) as unknown as TypedDocumentString<DeleteRunMutation, DeleteRunMutationVariables>;
