# The operator's image: one binary on distroless, as a user without rights. `docker build -t peribolos-operator .`
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY crates crates
# Cargo reads the manifests of all members of the workspace, and the program has the App's permissions from its manifest.
COPY tests tests
COPY docs docs
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    cargo build --release --locked -p peribolos-operator \
    && cp target/release/peribolos-operator /peribolos-operator

# Debian 12's glibc, libgcc and CA certificates; no shell.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /peribolos-operator /usr/local/bin/peribolos-operator
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/peribolos-operator"]
