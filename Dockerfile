# syntax=docker/dockerfile:1
# One file for the five images of docker-compose.yml: postgres, server, inference, worker, web.
# Checked by a parser and a linter in the tests; never built where it was written.

FROM node:22-bookworm AS source
WORKDIR /app
ENV XDG_CACHE_HOME=/opt/cache NEXT_TELEMETRY_DISABLED=1
RUN apt-get update \
 && apt-get install --yes --no-install-recommends python3 python3-pip g++ make \
 && rm -rf /var/lib/apt/lists/*
COPY . .
# The set-up of `npm start`: packages, database client, pages, and native TensorFlow below /opt/cache.
RUN node scripts/start.mjs --setup-only

FROM node:22-bookworm-slim AS base
WORKDIR /app
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 TF_CPP_MIN_LOG_LEVEL=2 FEATURESCOPE_DATA=/data
COPY --from=source --chown=node:node /opt/cache /opt/cache
COPY --from=source --chown=node:node /app /app
RUN mkdir /data && chown node:node /data
USER node

FROM base AS server
ENV HOST=0.0.0.0 PORT=3210
EXPOSE 3210
HEALTHCHECK --start-period=60s CMD ["node", "scripts/docker/is-healthy.mjs", "http://127.0.0.1:3210/api/health"]
CMD ["node", "--import", "tsx", "apps/trainer/src/server.ts"]

FROM base AS inference
ENV HOST=0.0.0.0 PORT=3211
EXPOSE 3211
CMD ["node", "--import", "tsx", "apps/trainer/src/inference.ts"]

FROM base AS worker
CMD ["node", "--import", "tsx", "apps/trainer/src/worker.ts"]

FROM base AS web
ENV HOST=0.0.0.0 PORT=3212
EXPOSE 3212
CMD ["node", "apps/web/serve.mjs"]

FROM postgres:18-bookworm AS postgres
ENV POSTGRES_USER=featurescope POSTGRES_DB=featurescope POSTGRES_INITDB_ARGS="--encoding=UTF8 --locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C"
EXPOSE 5432
HEALTHCHECK --interval=5s CMD ["pg_isready", "--username=featurescope", "--dbname=featurescope"]
