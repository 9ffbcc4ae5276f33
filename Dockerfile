# syntax=docker/dockerfile:1

# What npm reads before it installs.
FROM node:24-bookworm-slim AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages/core/package.json packages/core/
COPY packages/client/package.json packages/client/
COPY apps/server/package.json apps/server/
COPY apps/admin/package.json apps/admin/

# The console's pages: the only part that is built.
FROM manifests AS console
RUN npm ci --workspace @cogniforge/admin --include-workspace-root=false --no-audit --no-fund --loglevel=error
COPY . .
RUN npm run build --workspace @cogniforge/admin

# What the server needs to run, and nothing else: no compiler, no tests' tools, no second Node.
FROM manifests AS dependencies
RUN npm ci --workspace @cogniforge/server --include-workspace-root=false --omit=dev --omit=optional --no-audit --no-fund --loglevel=error

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4100 COGNIFORGE_DATA_DIR=/data
WORKDIR /app
COPY --from=dependencies /app ./
COPY packages/core packages/core
COPY packages/client packages/client
COPY apps/server apps/server
COPY --from=console /app/apps/admin/build apps/admin/build
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 4100
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Answers that run are given time to finish: see stop_grace_period in compose.yaml.
STOPSIGNAL SIGTERM
CMD ["node", "apps/server/src/main.mjs"]
