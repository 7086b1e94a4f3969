# The broker in one image: `docker build -t odradek .`; what it does with its environment is in the README.

FROM node:24-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json ./
COPY protocol protocol
COPY src src
RUN npm run bundle && chmod +x dist/odradek.cjs && npm prune --omit=dev \
  && find node_modules -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.map' -o -name '*.md' -o -name '*.ts' \) -delete

FROM node:24-slim
ENV NODE_ENV=production NODE_COMPILE_CACHE=/opt/odradek/compiled
# Where the image of Apache has its data, its mounts and its tools.
RUN mkdir -p /opt/kafka/bin /etc/kafka/docker /etc/confluent/docker \
  && install -d -o node -g node /var/lib/kafka/data /tmp/kraft-combined-logs /mnt/shared/config /etc/kafka/secrets \
    /opt/odradek/compiled
COPY docker/run /etc/kafka/docker/run
COPY --chown=node:node docker/confluent /etc/confluent/docker
COPY docker/bin /opt/kafka/bin
RUN chown node:node /etc/confluent/docker \
  && ln -s /etc/kafka/docker/run /etc/confluent/docker/run && ln -s run /etc/confluent/docker/launch \
  && cd /opt/kafka/bin \
  && for tool in topics console-producer console-consumer consumer-groups configs broker-api-versions; do \
    ln -s kafka-tool "kafka-$tool.sh" && ln -s /opt/kafka/bin/kafka-tool "/usr/local/bin/kafka-$tool"; \
  done \
  && ln -s /opt/odradek/dist/odradek.cjs /usr/local/bin/odradek
COPY LICENSE package.json /opt/odradek/
COPY --from=build /build/node_modules /opt/odradek/node_modules
COPY --from=build /build/dist/odradek.cjs /opt/odradek/dist/odradek.cjs

USER node
# What these two have loaded need not be compiled again: the tools start in less than half the time. The second is to fail.
RUN odradek kafka-tool kafka-topics --help > /dev/null && ! odradek start --set node.id=none 2> /dev/null
WORKDIR /opt/kafka
VOLUME ["/var/lib/kafka/data"]
EXPOSE 9092 9464
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=2s --timeout=5s --start-period=60s --retries=5 CMD ["/opt/kafka/bin/health"]
ENTRYPOINT []
CMD ["/etc/kafka/docker/run"]
