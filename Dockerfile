# syntax=docker/dockerfile:1
# By digest, so that the same commit makes the same image; .github/dependabot.yml asks for newer ones. Node 24.18.0.
FROM node:24-bookworm-slim@sha256:6f7b03f7c2c8e2e784dcf9295400527b9b1270fd37b7e9a7285cf83b6951452d AS base
WORKDIR /app
COPY package.json package-lock.json ./

FROM base AS build
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build

FROM base AS dependencies
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM base
ENV NODE_ENV=production
# All addresses of the container: which of the host's lead there is said by what publishes the port.
ENV ERP_EXPORTER_LISTEN_ADDRESS=:9745
# Where the health check asks, whatever port, TLS, password and prefix the flags say. It is no file.
ENV ERP_EXPORTER_HEALTH_SOCKET=@erp-exporter
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY public ./public
COPY config ./config
COPY docs ./docs
COPY alerts/runbook.md ./alerts/runbook.md
USER node
EXPOSE 9745
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["node", "dist/main.js", "health"]
ENTRYPOINT ["node", "dist/main.js"]
CMD ["serve", "--config.file=/etc/erp-exporter/erp-exporter.yml"]
