"""The guide's main flow with nothing in it, for Prefect 2.13.7 and 3.x: a run for each table, a wait, two clean-ups."""
import asyncio
import sys
from pathlib import Path

import prefect
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.deployments import run_deployment

POOL = "bench-python"


@flow(name="empty-table")
def empty_table(table: int = -1) -> None:
    pass


async def wait_for(ids: list) -> None:
    """As the guide waits: it asks for each run, once a second."""
    async with get_client() as client:
        while ids:
            ids = [each for each in ids if not (await client.read_flow_run(each)).state.is_final()]
            if ids:
                await asyncio.sleep(1)


async def start(tables: list) -> list:
    name = "empty-table/empty-table"
    return [(await run_deployment(name=name, parameters={"table": table}, timeout=0)).id for table in tables]


@flow(name="empty-main")
async def empty_main() -> None:
    await wait_for(await start(list(range(20))))
    await wait_for(await start([-1, -2]))


async def make_pool() -> None:
    async with get_client() as client:
        await client.create_work_pool(WorkPoolCreate(name=POOL, type="process"))


def deploy() -> None:
    asyncio.run(make_pool())
    root = str(Path(__file__).resolve().parent)
    for name, each in {"empty-table": empty_table, "empty-main": empty_main}.items():
        entrypoint = f"empty_tables.py:{each.fn.__name__}"
        if prefect.__version__.startswith("2."):
            from prefect.deployments import Deployment

            Deployment.build_from_flow(
                flow=each, name=name, work_pool_name=POOL, path=root, entrypoint=entrypoint, skip_upload=True, apply=True
            )
        else:
            flow.from_source(source=root, entrypoint=entrypoint).deploy(name=name, work_pool_name=POOL, print_next_steps=False)


if __name__ == "__main__":
    if sys.argv[1:] != ["deploy"]:
        sys.exit(f"usage: {sys.argv[0]} deploy")
    deploy()
