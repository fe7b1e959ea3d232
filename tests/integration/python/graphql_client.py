"""Drives a running server with Dagster's own GraphQL client. Usage: graphql_client.py PORT"""

import sys
import time

from dagster import DagsterRunStatus
from dagster_graphql import DagsterGraphQLClient, DagsterGraphQLClientError, ReloadRepositoryLocationStatus

client = DagsterGraphQLClient("127.0.0.1", port_number=int(sys.argv[1]))


def wait(run_id: str, *wanted: DagsterRunStatus) -> DagsterRunStatus:
    for _ in range(1200):
        status = client.get_run_status(run_id)
        if status in wanted:
            return status
        time.sleep(0.05)
    raise AssertionError(f"{run_id} is {status}")


run_id = client.submit_job_execution(
    "roast_batch",
    run_config={"ops": {"weigh": {"config": {"origin": "Kenya", "kilograms": 20}}}},
    tags={"by": "client"},
)
assert wait(run_id, DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE) == DagsterRunStatus.SUCCESS

try:
    client.submit_job_execution("roast_batch", run_config={"ops": {"weigh": {"config": {"kilograms": "many"}}}})
    raise AssertionError("an invalid config was accepted")
except DagsterGraphQLClientError as error:
    assert "kilograms" in str(error), error

try:
    client.submit_job_execution("no_such_job")
    raise AssertionError("an unknown job was accepted")
except DagsterGraphQLClientError:
    pass

location = "definitions.py"
assert client.reload_repository_location(location).status == ReloadRepositoryLocationStatus.SUCCESS
assert client.reload_repository_location("nowhere").status == ReloadRepositoryLocationStatus.FAILURE

# Dagster refuses to stop a run that is STARTING.
run_id = client.submit_job_execution("roast_batch")
wait(run_id, DagsterRunStatus.STARTED)
client.terminate_run(run_id)
wait(run_id, DagsterRunStatus.CANCELED, DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE)
print("client: ok")
