# Sluice in containers. ENGINE=podman uses podman, BASE another base image, WORKERS says how many workers there are,
# BESIDE what packages are installed in the image beside Sluice.
ENGINE ?= docker
IMAGE ?= sluice:latest
BASE ?= docker.io/library/node:24-bookworm-slim
BESIDE ?=
WORKERS ?= 3
COMPOSE = SLUICE_IMAGE=$(IMAGE) WORKERS=$(WORKERS) $(ENGINE) compose -f deploy/compose.yaml

.PHONY: image server worker docker-worker down logs

image: ## the image of server, workers and runs
	PATH="$(CURDIR)/node_modules/.bin:$$PATH" node scripts/image.ts .image
	BUILDAH_FORMAT=docker $(ENGINE) build --build-arg BASE=$(BASE) --build-arg BESIDE="$(BESIDE)" -t $(IMAGE) .image

server: ## the server, with its PostgreSQL
	$(COMPOSE) up -d --wait server

worker: ## workers of SLUICE_WORK_POOL
	$(COMPOSE) up -d --no-recreate worker

docker-worker: ## a worker that starts a container for each run
	$(COMPOSE) --profile docker up -d --no-recreate docker-worker

logs:
	$(COMPOSE) logs -f

down:
	$(COMPOSE) --profile docker down
