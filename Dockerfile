# The image is one binary and the certificate authorities it trusts. Nothing
# here needs BuildKit, so that every runner's builder can build it.
#
# A RELEASE NEEDS A DIGEST HERE, golang:TAG@sha256:…, as the registry says it:
#   docker buildx imagetools inspect golang:1.26-alpine
# From then on Dependabot renews it. TestRelease refuses a release without.
FROM golang:1.26-alpine AS build
ARG VERSION=dev
ENV CGO_ENABLED=0
COPY . /src/
# HTTP/1.1 is what all servers here speak; HTTP/2 would be 4 % of the binary.
RUN cd /src && go build -tags nethttpomithttp2 -trimpath -buildvcs=false \
    -ldflags "-s -w -X postman-microcks-importer/internal/app.Version=${VERSION}" \
    -o /out/postman-microcks-importer .

# No USER: the runner's files for outputs and summary belong to its own account,
# and only root may write them. Once they are open, the process gives up root by
# itself, and knows this image by the variable. No WORKDIR: the runner sets it to the
# workspace.
FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/postman-microcks-importer /postman-microcks-importer
ENV POSTMAN_MICROCKS_IMPORTER_IMAGE=1
ENTRYPOINT ["/postman-microcks-importer"]
