# syntax=docker/dockerfile:1
# Rondel's image: one binary on Google's distroless base, for amd64 and arm64, without a shell and as nobody.
#
#   docker buildx build --platform linux/amd64,linux/arm64 -t registry.example.com/rondel:0.1.0 --push .
#
# User code is not in it: code servers and runs have images of their own, with Python and Dagster.

# The web UI is the same for every platform: built once, on the machine's own.
FROM --platform=$BUILDPLATFORM node:22-bookworm-slim AS web
WORKDIR /src/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund
COPY web ./
RUN npm run build

# The same Debian as the last stage, for the same C library.
FROM rust:1.94-bookworm AS build
WORKDIR /src
COPY Cargo.toml Cargo.lock rustfmt.toml clippy.toml ./
COPY .cargo .cargo
COPY proto proto
COPY migrations migrations
COPY crates crates
COPY tests tests
COPY --from=web /src/web/dist web/dist
ARG TARGETPLATFORM
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/target,id=target-$TARGETPLATFORM \
    CARGO_TARGET_DIR=/target cargo build --profile dist --locked --bin rondel \
    && mkdir -p /out/bin /out/dagster/dagster_home /out/dagster/logs \
    && cp /target/dist/rondel /out/bin/rondel \
    && ln -s rondel /out/bin/dagster-webserver \
    && ln -s rondel /out/bin/dagster-daemon

FROM gcr.io/distroless/cc-debian12:nonroot
LABEL org.opencontainers.image.title=Rondel \
      org.opencontainers.image.description="A Dagster-compatible orchestration control plane" \
      org.opencontainers.image.source=https://github.com/rondel-dev/rondel \
      org.opencontainers.image.licenses=Apache-2.0
COPY --from=build /out/bin /usr/local/bin
# Captured logs are all that is written besides the database, and only when they are kept locally.
COPY --from=build --chown=10001:10001 /out/dagster /opt/dagster
ENV DAGSTER_HOME=/opt/dagster/dagster_home
USER 10001:10001
WORKDIR /opt/dagster
EXPOSE 3000
ENTRYPOINT ["rondel"]
CMD ["webserver", "-h", "0.0.0.0", "-p", "3000"]
