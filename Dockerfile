# The build: every dependency, the generated clients, the compiled app.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run prisma:generate && npm run build

# The operator: provisions and migrates, and is the only one to see the admin URL.
#   docker build --target operator -t bulkhead-operator .
#   docker run --rm -e DATABASE_URL -e DATABASE_SECRET bulkhead-operator db:migrate
FROM build AS operator
USER node
ENTRYPOINT ["npm", "run", "--silent"]
CMD ["db:status"]

FROM build AS production-dependencies
RUN npm prune --omit=dev --omit=optional --ignore-scripts

# The app: knows nothing but its modules' login URLs.
FROM node:22-bookworm-slim AS app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
WORKDIR /app
COPY --from=production-dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/package.json ./
COPY --from=build /app/prisma ./prisma
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/main.js"]
