# An image with the application alone: no shell, no packages, not root, read-only.
#
#   docker build -t areariservata .                 the application
#   docker build -t areariservata-demo --target demo .   with the bridge and the demo's data: never in production
ARG GO_IMAGE=golang:1.26.8-bookworm
ARG RUN_IMAGE=scratch

FROM ${GO_IMAGE} AS build
WORKDIR /src
ENV CGO_ENABLED=0 GOFLAGS=-trimpath
# Where Go's modules come from, if not from proxy.golang.org.
ARG GOPROXY
COPY go.mod go.sum ./
RUN go mod download
COPY . .
# What `areariservata version` prints: the sources' history is not in the build.
ARG VERSION COMMIT DATE
# The tag is explained in the Makefile, at `build`.
RUN at=areariservata.example/utenti/internal/observe.linked \
 && go build -tags grpcnotrace -ldflags="-s -w -X ${at}Version=$VERSION -X ${at}Commit=$COMMIT -X ${at}Date=$DATE" \
    -o /root/bin/ ./cmd/areariservata ./cmd/spidbridge

# The images' content. The program contains the time zones; the certificates are for the connection to the provider.
RUN mkdir -p /image/etc/ssl/certs /image-demo/demo \
 && cp /root/bin/areariservata /image/ \
 && cp /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/ \
 && echo 'areariservata:x:65532:65532::/:/sbin/nologin' > /image/etc/passwd \
 && cp /root/bin/spidbridge /image-demo/ \
 && cp internal/demo/catalogue.json internal/demo/*.yaml /image-demo/demo/ \
 && go run ./cmd/demo identities internal/demo/catalogue.json internal/demo/data.yaml internal/demo/thousand.yaml > /image-demo/demo/identities.json

FROM ${RUN_IMAGE} AS run
COPY --from=build /image /
USER 65532:65532
ENV LISTEN=0.0.0.0:8080
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=4s --start-period=20s --retries=3 CMD ["/areariservata", "healthcheck"]
ENTRYPOINT ["/areariservata"]
CMD ["serve"]

FROM run AS demo
COPY --from=build /image-demo /

# The last stage is the default target.
FROM run
